// Contexts and decoding.
#include "guard.hpp"
#include "params.hpp"

namespace {

minilm_context_params defaults() {
    minilm_context_params full = {};
    minilm::read(full, llama_context_default_params());
    return full;
}

llama_batch to_native(const minilm_batch * batch) {
    llama_batch native = {};
    minilm::write(minilm::take(batch, minilm_batch()), native);
    return native;
}

bool should_abort(void * abort) {
    return minilm_abort_state(static_cast<minilm_abort *>(abort)) != MINILM_ABORT_NONE;
}

} // namespace

void minilm_context_default_params(minilm_context_params * params) {
    minilm::give(params, defaults());
}

struct llama_context * minilm_context_init(struct llama_model * model, const minilm_context_params * params) {
    return guarded<llama_context *>(nullptr, [=] {
        const minilm_context_params full = minilm::take(params, defaults());
        llama_context_params native = llama_context_default_params();
        minilm::write(full, native);
        if (full.abort != nullptr) {
            native.abort_callback      = should_abort;
            native.abort_callback_data = full.abort;
        }
        return llama_init_from_model(model, native);
    });
}

int32_t minilm_decode(struct llama_context * ctx, const minilm_batch * batch) {
    return guarded<int32_t>(MINILM_THREW, [=] { return llama_decode(ctx, to_native(batch)); });
}

int32_t minilm_encode(struct llama_context * ctx, const minilm_batch * batch) {
    return guarded<int32_t>(MINILM_THREW, [=] { return llama_encode(ctx, to_native(batch)); });
}
