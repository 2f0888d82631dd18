// Versions and backends.
#include "guard.hpp"
#include "params.hpp"

#include <ggml-backend.h>

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

uint32_t minilm_seam_version(void) {
    return MINILM_SEAM_VERSION;
}

void minilm_versions(minilm_version_report * report) {
    minilm_version_report full = {};
    full.seam_version   = MINILM_SEAM_VERSION;
    full.compiled_llama = MINILM_COMPILED_LLAMA;
    full.runtime_llama  = llama_version();
    full.runtime_ggml   = ggml_version();
    full.runtime_commit = ggml_commit();
    full.compiler       = MINILM_COMPILER;
    minilm::give(report, full);
}

int32_t minilm_backend_init(const char * plugin_dir) {
    return guarded<int32_t>(0, [=] {
        llama_backend_init();
        if (ggml_backend_dev_count() == 0 && plugin_dir != nullptr) {
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
        return ggml_backend_dev_count();
    });
}
