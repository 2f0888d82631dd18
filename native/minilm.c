#if !defined(_WIN32)
#    define _POSIX_C_SOURCE   200809L // fseeko
#    define _FILE_OFFSET_BITS 64
#endif

#include "guard.h"
#include "minilm.h"

#include <llama.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#if !defined(_WIN32)
#    include <sys/types.h>
#endif

#ifndef MINILM_COMPILED_LLAMA
#    define MINILM_COMPILED_LLAMA ""
#endif

#if defined(__clang__)
#    define MINILM_COMPILER "clang " __clang_version__
#elif defined(__GNUC__)
#    define MINILM_COMPILER "gcc " __VERSION__
#else
#    define MINILM_COMPILER "unknown"
#endif

// A caller built against an older seam knows a shorter struct: only the bytes that it stated are read or written.
static size_t known_size(uint32_t stated, size_t full) {
    return stated < full ? stated : full;
}

uint32_t minilm_seam_version(void) {
    return MINILM_SEAM_VERSION;
}

void minilm_versions(minilm_version_report * report) {
    minilm_version_report full = {
        .size                  = report->size,
        .seam_version          = MINILM_SEAM_VERSION,
        .compiled_llama        = MINILM_COMPILED_LLAMA,
        .runtime_llama         = llama_version(),
        .runtime_ggml          = ggml_version(),
        .runtime_commit        = ggml_commit(),
        .compiler              = MINILM_COMPILER,
        .sizeof_model_params   = (uint32_t) sizeof(struct llama_model_params),
        .sizeof_context_params = (uint32_t) sizeof(struct llama_context_params),
        .sizeof_minilm_model_params   = (uint32_t) sizeof(minilm_model_params),
        .sizeof_minilm_context_params = (uint32_t) sizeof(minilm_context_params),
        .sizeof_minilm_batch          = (uint32_t) sizeof(minilm_batch),
        .sizeof_minilm_version_report = (uint32_t) sizeof(minilm_version_report),
        .sizeof_minilm_quantize_params   = (uint32_t) sizeof(minilm_quantize_params),
        .sizeof_minilm_threadpool_params = (uint32_t) sizeof(minilm_threadpool_params),
    };
    memcpy(report, &full, known_size(report->size, sizeof(full)));
}

int32_t minilm_backend_init(const char * plugin_dir) {
    llama_backend_init();
    if (ggml_backend_dev_count() == 0 && plugin_dir != NULL) {
        ggml_backend_load_all_from_path(plugin_dir);
    }
#ifdef MINILM_BACKEND_DIR
    if (ggml_backend_dev_count() == 0) {
        ggml_backend_load_all_from_path(MINILM_BACKEND_DIR);
    }
#endif
    if (ggml_backend_dev_count() == 0) {
        ggml_backend_load_all();
    }
    return (int32_t) ggml_backend_dev_count();
}

//
// Models
//

void minilm_model_default_params(minilm_model_params * params) {
    struct llama_model_params defaults = llama_model_default_params();
    minilm_model_params full = {
        .size            = params->size,
        .n_gpu_layers    = defaults.n_gpu_layers,
        .split_mode      = (int32_t) defaults.split_mode,
        .main_gpu        = defaults.main_gpu,
        .load_mode       = (int32_t) defaults.load_mode,
        .vocab_only      = defaults.vocab_only,
        .check_tensors   = defaults.check_tensors,
        .use_extra_bufts = defaults.use_extra_bufts,
        .n_devices       = -1,
    };
    memcpy(params, &full, known_size(params->size, sizeof(full)));
}

// What llama.h wants terminated by NULL, for the time of one load.
typedef struct load_lists {
    ggml_backend_dev_t *                       devices;
    struct llama_model_tensor_buft_override * overrides;
} load_lists;

static bool copy_lists(load_lists * lists, const minilm_model_params * params) {
    if (params->n_devices >= 0) {
        lists->devices = calloc((size_t) params->n_devices + 1, sizeof(*lists->devices));
        if (lists->devices == NULL) {
            return false;
        }
        for (int32_t i = 0; i < params->n_devices; i++) {
            lists->devices[i] = params->devices[i];
        }
    }
    if (params->n_overrides > 0) {
        lists->overrides = calloc((size_t) params->n_overrides + 1, sizeof(*lists->overrides));
        if (lists->overrides == NULL) {
            return false;
        }
        for (int32_t i = 0; i < params->n_overrides; i++) {
            lists->overrides[i].pattern = params->overrides[i].pattern;
            lists->overrides[i].buft    = params->overrides[i].buffer_type;
        }
    }
    return true;
}

static struct llama_model * load(const char * path, FILE * file, const minilm_model_params * params) {
    minilm_model_params full = { .size = sizeof(full) };
    minilm_model_default_params(&full);
    memcpy(&full, params, known_size(params->size, sizeof(full)));

    struct llama_model_params native = llama_model_default_params();
    native.n_gpu_layers    = full.n_gpu_layers;
    native.split_mode      = (enum llama_split_mode) full.split_mode;
    native.main_gpu        = full.main_gpu;
    native.load_mode       = (enum llama_load_mode) full.load_mode;
    native.vocab_only      = full.vocab_only;
    native.check_tensors   = full.check_tensors;
    native.use_extra_bufts = full.use_extra_bufts;
    native.progress_callback           = full.progress_callback;
    native.progress_callback_user_data = full.progress_callback_user_data;

    load_lists           lists = { NULL, NULL };
    struct llama_model * model = NULL;
    if (copy_lists(&lists, &full)) {
        native.devices               = lists.devices;
        native.tensor_buft_overrides = lists.overrides;
        model = file != NULL ? llama_model_load_from_file_ptr(file, native) : llama_model_load_from_file(path, native);
    }
    free(lists.devices);
    free(lists.overrides);
    return model;
}

struct llama_model * minilm_model_load(const char * path, const minilm_model_params * params) {
    minilm_last_error_clear();
    return load(path, NULL, params);
}

#if defined(_WIN32)
#    define seek_to(file, offset) _fseeki64(file, offset, SEEK_SET)
#else
_Static_assert(sizeof(off_t) == 8, "files of more than 2 GiB");
#    define seek_to(file, offset) fseeko(file, (off_t) (offset), SEEK_SET)
#endif

bool minilm_model_loads_at(void) {
#ifdef MINILM_LLAMA_LOADS_FROM_POSITION
    return true;
#else
    return false;
#endif
}

struct llama_model * minilm_model_load_at(const char * path, int64_t offset, const minilm_model_params * params) {
    minilm_last_error_clear();
    if (!minilm_model_loads_at()) {
        return NULL;
    }
    FILE * file = ggml_fopen(path, "rb"); // takes UTF-8 on Windows as well
    if (file == NULL) {
        return NULL;
    }
    struct llama_model * model = seek_to(file, offset) == 0 ? load(NULL, file, params) : NULL;
    fclose(file);
    return model;
}

//
// Contexts
//

void minilm_context_default_params(minilm_context_params * params) {
    struct llama_context_params defaults = llama_context_default_params();
    minilm_context_params full = {
        .size              = params->size,
        .n_ctx             = defaults.n_ctx,
        .n_batch           = defaults.n_batch,
        .n_ubatch          = defaults.n_ubatch,
        .n_seq_max         = defaults.n_seq_max,
        .n_threads         = defaults.n_threads,
        .n_threads_batch   = defaults.n_threads_batch,
        .rope_scaling_type = (int32_t) defaults.rope_scaling_type,
        .pooling_type      = (int32_t) defaults.pooling_type,
        .attention_type    = (int32_t) defaults.attention_type,
        .flash_attn_type   = (int32_t) defaults.flash_attn_type,
        .type_k            = (int32_t) defaults.type_k,
        .type_v            = (int32_t) defaults.type_v,
        .rope_freq_base    = defaults.rope_freq_base,
        .rope_freq_scale   = defaults.rope_freq_scale,
        .embeddings        = defaults.embeddings,
        .offload_kqv       = defaults.offload_kqv,
        .op_offload        = defaults.op_offload,
        .swa_full          = defaults.swa_full,
        .kv_unified        = defaults.kv_unified,
        .no_perf           = defaults.no_perf,
    };
    memcpy(params, &full, known_size(params->size, sizeof(full)));
}

static bool should_abort(void * abort) {
    return minilm_abort_state(abort) != MINILM_ABORT_NONE;
}

struct llama_context * minilm_context_init(struct llama_model * model, const minilm_context_params * params) {
    minilm_last_error_clear();

    minilm_context_params full = { .size = sizeof(full) };
    minilm_context_default_params(&full);
    memcpy(&full, params, known_size(params->size, sizeof(full)));

    struct llama_context_params native = llama_context_default_params();
    native.n_ctx             = full.n_ctx;
    native.n_batch           = full.n_batch;
    native.n_ubatch          = full.n_ubatch;
    native.n_seq_max         = full.n_seq_max;
    native.n_threads         = full.n_threads;
    native.n_threads_batch   = full.n_threads_batch;
    native.rope_scaling_type = (enum llama_rope_scaling_type) full.rope_scaling_type;
    native.pooling_type      = (enum llama_pooling_type) full.pooling_type;
    native.attention_type    = (enum llama_attention_type) full.attention_type;
    native.flash_attn_type   = (enum llama_flash_attn_type) full.flash_attn_type;
    native.type_k            = (enum ggml_type) full.type_k;
    native.type_v            = (enum ggml_type) full.type_v;
    native.rope_freq_base    = full.rope_freq_base;
    native.rope_freq_scale   = full.rope_freq_scale;
    native.embeddings        = full.embeddings;
    native.offload_kqv       = full.offload_kqv;
    native.op_offload        = full.op_offload;
    native.swa_full          = full.swa_full;
    native.kv_unified        = full.kv_unified;
    native.no_perf           = full.no_perf;
    if (full.abort != NULL) {
        native.abort_callback      = should_abort;
        native.abort_callback_data = full.abort;
    }
    return llama_init_from_model(model, native);
}

//
// Decoding
//

static struct llama_batch to_native_batch(const minilm_batch * batch) {
    minilm_batch full = { .size = sizeof(full) };
    memcpy(&full, batch, known_size(batch->size, sizeof(full)));
    return (struct llama_batch) {
        .n_tokens = full.n_tokens,
        .token    = full.token,
        .embd     = full.embd,
        .pos      = full.pos,
        .n_seq_id = full.n_seq_id,
        .seq_id   = full.seq_id,
        .logits   = full.logits,
    };
}

int32_t minilm_decode(struct llama_context * ctx, const minilm_batch * batch) {
    minilm_last_error_clear();
    return llama_decode(ctx, to_native_batch(batch));
}

int32_t minilm_encode(struct llama_context * ctx, const minilm_batch * batch) {
    minilm_last_error_clear();
    return llama_encode(ctx, to_native_batch(batch));
}

//
// Samplers
//

struct llama_sampler * minilm_sampler_chain_init(bool no_perf) {
    struct llama_sampler_chain_params params = llama_sampler_chain_default_params();
    params.no_perf = no_perf;
    return llama_sampler_chain_init(params);
}

int32_t minilm_sampler_sample(struct llama_sampler * chain, struct llama_context * ctx, int32_t index, void * scratch) {
    const float * logits = llama_get_logits_ith(ctx, index);
    if (logits == NULL) {
        return MINILM_SAMPLE_NO_LOGITS;
    }

    llama_token_data * candidates = scratch;
    const int32_t n_vocab = llama_vocab_n_tokens(llama_model_get_vocab(llama_get_model(ctx)));
    bool finite = true;
    for (int32_t i = 0; i < n_vocab; i++) {
        candidates[i] = (llama_token_data) { .id = i, .logit = logits[i], .p = 0.0f };
        finite &= logits[i] < INFINITY; // false for NaN as well; minus infinity is an excluded token
    }
    if (!finite) {
        return MINILM_SAMPLE_NOT_FINITE;
    }

    llama_token_data_array array = { .data = candidates, .size = (size_t) n_vocab, .selected = -1, .sorted = false };
    if (!minilm_guarded_apply(chain, &array)) {
        return MINILM_SAMPLE_THREW;
    }
    if (array.selected < 0 || (size_t) array.selected >= array.size) {
        return MINILM_SAMPLE_NO_CHOICE;
    }
    const llama_token_data chosen = array.data[array.selected];
    if (!(chosen.logit > -INFINITY)) {
        return MINILM_SAMPLE_EXCLUDED;
    }
    return minilm_guarded_accept(chain, chosen.id) ? chosen.id : MINILM_SAMPLE_THREW;
}

int32_t minilm_sampler_accept(struct llama_sampler * chain, int32_t token) {
    return minilm_guarded_accept(chain, token) ? 0 : MINILM_SAMPLE_THREW;
}

void minilm_sampler_accept_at(struct llama_sampler * chain, int32_t stage, const int32_t * tokens, int32_t n_tokens) {
    struct llama_sampler * sampler = llama_sampler_chain_get(chain, stage);
    for (int32_t i = 0; sampler != NULL && i < n_tokens; i++) {
        llama_sampler_accept(sampler, tokens[i]);
    }
}

// Some releases of llama.h take the size of the vocabulary first, others do not: the compiler picks the right call.
typedef struct llama_sampler * (*penalties_with_vocab)(int32_t, int32_t, float, float, float);
typedef struct llama_sampler * (*penalties_without_vocab)(int32_t, float, float, float);

static struct llama_sampler * init_with_vocab(void (*init)(void), int32_t n_vocab, int32_t last_n, float repeat, float freq, float present) {
    return ((penalties_with_vocab) init)(n_vocab, last_n, repeat, freq, present);
}

static struct llama_sampler * init_without_vocab(void (*init)(void), int32_t n_vocab, int32_t last_n, float repeat, float freq, float present) {
    (void) n_vocab;
    return ((penalties_without_vocab) init)(last_n, repeat, freq, present);
}

struct llama_sampler * minilm_sampler_init_penalties(int32_t n_vocab, int32_t last_n, float repeat, float freq, float present) {
    return _Generic(&llama_sampler_init_penalties,
        penalties_with_vocab:    init_with_vocab,
        penalties_without_vocab: init_without_vocab)((void (*)(void)) llama_sampler_init_penalties, n_vocab, last_n, repeat, freq, present);
}

typedef struct llama_sampler * (*dry_with_context)(const struct llama_vocab *, int32_t, float, float, int32_t, int32_t, const char **, size_t);
typedef struct llama_sampler * (*dry_without_context)(const struct llama_vocab *, float, float, int32_t, int32_t, const char **, size_t);

static struct llama_sampler * init_with_context(void (*init)(void), const struct llama_vocab * vocab, int32_t n_ctx_train, float multiplier, float base,
                                                int32_t allowed_length, int32_t last_n, const char ** breakers, size_t n_breakers) {
    return ((dry_with_context) init)(vocab, n_ctx_train, multiplier, base, allowed_length, last_n, breakers, n_breakers);
}

static struct llama_sampler * init_without_context(void (*init)(void), const struct llama_vocab * vocab, int32_t n_ctx_train, float multiplier, float base,
                                                   int32_t allowed_length, int32_t last_n, const char ** breakers, size_t n_breakers) {
    (void) n_ctx_train;
    return ((dry_without_context) init)(vocab, multiplier, base, allowed_length, last_n, breakers, n_breakers);
}

struct llama_sampler * minilm_sampler_init_dry(const struct llama_vocab * vocab, int32_t n_ctx_train, float multiplier, float base,
                                               int32_t allowed_length, int32_t last_n, const char ** breakers, int32_t n_breakers) {
    return _Generic(&llama_sampler_init_dry,
        dry_with_context:    init_with_context,
        dry_without_context: init_without_context)((void (*)(void)) llama_sampler_init_dry, vocab, n_ctx_train, multiplier, base, allowed_length, last_n, breakers, (size_t) n_breakers);
}
