#include "guard.hpp"
#include "params.hpp"

#include <cstdio>

namespace {

minilm_quantize_params defaults() {
    minilm_quantize_params full = {};
    minilm::read(full, llama_model_quantize_default_params());
    full.output_tensor_type   = -1;
    full.token_embedding_type = -1;
    return full;
}

// The library has no progress callback, but logs a line "[ 3/ 21] name ..." for each tensor.
void on_line(const char * line, void * user_data) {
    const minilm_quantize_params * params = static_cast<const minilm_quantize_params *>(user_data);
    int done = 0, total = 0;
    if (std::sscanf(line, "[%d/%d]", &done, &total) == 2 && total > 0 && done >= 0 && done <= total) {
        params->progress_callback((float) done / (float) total, params->progress_callback_user_data);
    }
}

} // namespace

void minilm_quantize_default_params(minilm_quantize_params * params) {
    minilm::give(params, defaults());
}

uint32_t minilm_quantize(const char * input, const char * output, const minilm_quantize_params * params) {
    minilm_quantize_params full = minilm::take(params, defaults());
    if (full.progress_callback != nullptr) {
        minilm_observe_lines(on_line, &full);
    }
    const uint32_t result = guarded<uint32_t>(1, [&] {
        llama_model_quantize_params native = llama_model_quantize_default_params();
        minilm::write(full, native);
        if (full.output_tensor_type >= 0) {
            native.output_tensor_type = static_cast<ggml_type>(full.output_tensor_type);
        }
        if (full.token_embedding_type >= 0) {
            native.token_embedding_type = static_cast<ggml_type>(full.token_embedding_type);
        }
        return llama_model_quantize(input, output, &native);
    });
    minilm_last_error(); // ends a line that the library left open, while its observer is there
    minilm_observe_lines(nullptr, nullptr);
    return result;
}
