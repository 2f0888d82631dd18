// Stands in for libllama and ggml: every symbol that the seam wants, and the one that throwing_in() names throws.
// Without MINILM_WITH_VERSION it lacks llama_version(), as releases before August 2026 do.
#include "throwing.h"

#include "../minilm.h"

#include <ggml-backend.h>
#include <ggml.h>
#include <llama.h>

#include <cstdio>
#include <stdexcept>
#include <string>

static std::string thrower;

void throwing_in(const char * name) {
    thrower = name;
}

void throw_in(const char * name) {
    if (thrower == name) {
        throw std::runtime_error(thrower + " threw");
    }
}

// What those return that do not throw: such values that the seam goes on to its next call.
template <typename Type> static Type quiet() { return Type(); }
template <> int32_t quiet() { return 1; }
static float logit;
template <> float * quiet() { return &logit; }

template <typename Type> static Type * something() {
    static char object;
    return reinterpret_cast<Type *>(&object);
}

extern "C" {

#define DIRECT(result, function, parameters, why) result function parameters { return quiet<result>(); }
#define GUARDED(result, failure, name, function, parameters, arguments) \
    result function parameters {                                        \
        throw_in(#function);                                            \
        return quiet<result>();                                         \
    }
#define GUARDED_VOID(name, function, parameters, arguments) \
    void function parameters { throw_in(#function); }
#define SEAM_GUARDED(result, name, parameters, calls)
#define SEAM(result, name, parameters, why)
#define ggml_backend_dev_count ignored_dev_count // throws in minilm_backend_init
#include "../functions.def"
#undef ggml_backend_dev_count

#ifdef MINILM_WITH_VERSION
const char * llama_version(void) { return "0.0.0"; }
#endif
const char * ggml_version(void) { return "0.0.0"; }
const char * ggml_commit(void) { return "none"; }
void llama_log_set(ggml_log_callback, void *) {}
void ggml_log_set(ggml_log_callback, void *) {}
FILE * ggml_fopen(const char * path, const char * mode) { return fopen(path, mode); }

void llama_backend_init(void) { throw_in("llama_backend_init"); }
size_t ggml_backend_dev_count(void) {
    throw_in("ggml_backend_dev_count");
    return 0;
}
void ggml_backend_load_all(void) { throw_in("ggml_backend_load_all"); }
void ggml_backend_load_all_from_path(const char *) { throw_in("ggml_backend_load_all_from_path"); }
ggml_backend_dev_t ggml_backend_dev_by_type(enum ggml_backend_dev_type) {
    throw_in("ggml_backend_dev_by_type");
    return something<ggml_backend_device>();
}
ggml_backend_reg_t ggml_backend_dev_backend_reg(ggml_backend_dev_t) { return something<ggml_backend_reg>(); }
static struct ggml_threadpool * pool_new(struct ggml_threadpool_params *) {
    throw_in("ggml_threadpool_new");
    return something<struct ggml_threadpool>();
}
static void pool_free(struct ggml_threadpool *) { throw_in("ggml_threadpool_free"); }
void * ggml_backend_reg_get_proc_address(ggml_backend_reg_t, const char * name) {
    throw_in("ggml_backend_reg_get_proc_address");
    return std::string(name) == "ggml_threadpool_new" ? reinterpret_cast<void *>(pool_new) : reinterpret_cast<void *>(pool_free);
}

struct llama_model_params llama_model_default_params(void) { return {}; }
struct llama_context_params llama_context_default_params(void) { return {}; }
struct llama_sampler_chain_params llama_sampler_chain_default_params(void) { return {}; }
struct llama_model_quantize_params llama_model_quantize_default_params(void) { return {}; }
struct ggml_threadpool_params ggml_threadpool_params_default(int) { return {}; }

struct llama_model * llama_model_load_from_file(const char *, struct llama_model_params) {
    throw_in("llama_model_load_from_file");
    return nullptr;
}
struct llama_model * llama_model_load_from_file_ptr(FILE *, struct llama_model_params) {
    throw_in("llama_model_load_from_file_ptr");
    return nullptr;
}
struct llama_context * llama_init_from_model(struct llama_model *, struct llama_context_params) {
    throw_in("llama_init_from_model");
    return nullptr;
}
const struct llama_model * llama_get_model(const struct llama_context *) { return nullptr; }
enum llama_token_attr llama_vocab_get_attr(const struct llama_vocab *, llama_token) {
    throw_in("llama_vocab_get_attr");
    return LLAMA_TOKEN_ATTR_UNDEFINED;
}
int32_t llama_decode(struct llama_context *, struct llama_batch) {
    throw_in("llama_decode");
    return 0;
}
int32_t llama_encode(struct llama_context *, struct llama_batch) {
    throw_in("llama_encode");
    return 0;
}
uint32_t llama_model_quantize(const char *, const char *, const llama_model_quantize_params *) {
    throw_in("llama_model_quantize");
    return 0;
}
struct llama_sampler * llama_sampler_chain_init(struct llama_sampler_chain_params) {
    throw_in("llama_sampler_chain_init");
    return nullptr;
}
struct llama_sampler * llama_sampler_chain_get(struct llama_sampler *, int32_t) { return something<llama_sampler>(); }
const char * llama_sampler_name(const struct llama_sampler *) {
    throw_in("llama_sampler_name");
    return "";
}
void llama_sampler_apply(struct llama_sampler *, llama_token_data_array * candidates) {
    throw_in("llama_sampler_apply");
    candidates->selected = 0;
}

} // extern "C"
