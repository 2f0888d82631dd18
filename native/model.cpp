// Models and vocabularies.
#if !defined(_WIN32)
#    define _POSIX_C_SOURCE   200809L // fseeko
#    define _FILE_OFFSET_BITS 64
#endif

#include "guard.hpp"
#include "params.hpp"

#include <cstdio>
#include <memory>
#include <vector>
#if !defined(_WIN32)
#    include <sys/types.h>
#endif

#if defined(_WIN32)
#    define seek_to(file, offset) _fseeki64(file, offset, SEEK_SET)
#else
static_assert(sizeof(off_t) == 8, "files of more than 2 GiB");
#    define seek_to(file, offset) fseeko(file, (off_t) (offset), SEEK_SET)
#endif

namespace {

minilm_model_params defaults() {
    minilm_model_params full = {};
    minilm::read(full, llama_model_default_params());
    full.n_devices = -1;
    return full;
}

// From the file, which is closed by the caller, or from the path.
llama_model * load(const char * path, FILE * file, const minilm_model_params * params) {
    const minilm_model_params full = minilm::take(params, defaults());

    llama_model_params native = llama_model_default_params();
    minilm::write(full, native);

    std::vector<ggml_backend_dev_t> devices;
    if (full.n_devices >= 0) {
        devices.assign(full.devices, full.devices + full.n_devices);
        devices.push_back(nullptr);
        native.devices = devices.data();
    }
    std::vector<llama_model_tensor_buft_override> overrides;
    for (int32_t i = 0; i < full.n_overrides; i++) {
        overrides.push_back({ full.overrides[i].pattern, full.overrides[i].buffer_type });
    }
    if (!overrides.empty()) {
        overrides.push_back({ nullptr, nullptr });
        native.tensor_buft_overrides = overrides.data();
    }
    return file != nullptr ? llama_model_load_from_file_ptr(file, native) : llama_model_load_from_file(path, native);
}

} // namespace

void minilm_model_default_params(minilm_model_params * params) {
    minilm::give(params, defaults());
}

struct llama_model * minilm_model_load(const char * path, const minilm_model_params * params) {
    return guarded<llama_model *>(nullptr, [=] { return load(path, nullptr, params); });
}

bool minilm_model_loads_at(void) {
#ifdef MINILM_LLAMA_LOADS_FROM_POSITION
    return true;
#else
    return false;
#endif
}

struct llama_model * minilm_model_load_at(const char * path, int64_t offset, const minilm_model_params * params) {
    return guarded<llama_model *>(nullptr, [=]() -> llama_model * {
        if (!minilm_model_loads_at()) {
            return nullptr;
        }
        const std::unique_ptr<FILE, int (*)(FILE *)> file(ggml_fopen(path, "rb"), std::fclose); // takes UTF-8 on Windows as well
        if (file == nullptr || seek_to(file.get(), offset) != 0) {
            return nullptr;
        }
        return load(nullptr, file.get(), params);
    });
}

int32_t minilm_vocab_get_attr(const struct llama_vocab * vocab, int32_t token) {
    return guarded<int32_t>(MINILM_THREW, [=] { return llama_vocab_get_attr(vocab, token); });
}
