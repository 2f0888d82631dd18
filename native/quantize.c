#include "log.h"

#include <llama.h>

#include <stdio.h>
#include <string.h>

void minilm_quantize_default_params(minilm_quantize_params * params) {
    struct llama_model_quantize_params defaults = llama_model_quantize_default_params();
    minilm_quantize_params full = {
        .size                   = params->size,
        .n_threads              = defaults.nthread,
        .ftype                  = (int32_t) defaults.ftype,
        .output_tensor_type     = -1,
        .token_embedding_type   = -1,
        .allow_requantize       = defaults.allow_requantize,
        .quantize_output_tensor = defaults.quantize_output_tensor,
        .pure                   = defaults.pure,
    };
    memcpy(params, &full, params->size < sizeof(full) ? params->size : sizeof(full));
}

// The library has no progress callback, but logs a line "[ 3/ 21] name ..." for each tensor.
static void on_line(const char * line, void * user_data) {
    const minilm_quantize_params * params = user_data;
    int done = 0, total = 0;
    if (sscanf(line, "[%d/%d]", &done, &total) == 2 && total > 0 && done >= 0 && done <= total) {
        params->progress_callback((float) done / (float) total, params->progress_callback_user_data);
    }
}

uint32_t minilm_quantize(const char * input, const char * output, const minilm_quantize_params * params) {
    minilm_last_error_clear();

    minilm_quantize_params full = { .size = sizeof(full) };
    minilm_quantize_default_params(&full);
    memcpy(&full, params, params->size < sizeof(full) ? params->size : sizeof(full));

    struct llama_model_quantize_params native = llama_model_quantize_default_params();
    native.nthread                = full.n_threads;
    native.ftype                  = (enum llama_ftype) full.ftype;
    native.allow_requantize       = full.allow_requantize;
    native.quantize_output_tensor = full.quantize_output_tensor;
    native.pure                   = full.pure;
    if (full.output_tensor_type >= 0) {
        native.output_tensor_type = (enum ggml_type) full.output_tensor_type;
    }
    if (full.token_embedding_type >= 0) {
        native.token_embedding_type = (enum ggml_type) full.token_embedding_type;
    }

    if (full.progress_callback != NULL) {
        minilm_observe_lines(on_line, &full);
    }
    uint32_t result = llama_model_quantize(input, output, &native);
    minilm_last_error(); // ends a line that the library left open, while its observer is there
    minilm_observe_lines(NULL, NULL);
    return result;
}
