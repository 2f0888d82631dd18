#include "guard.hpp"
#include "params.hpp"

#include <ggml-backend.h>

namespace {

using pool_new  = ggml_threadpool * (*) (ggml_threadpool_params *);
using pool_free = void (*)(ggml_threadpool *);

template <typename Function>
Function find(const char * name) {
    ggml_backend_dev_t device = ggml_backend_dev_by_type(GGML_BACKEND_DEVICE_TYPE_CPU);
    return device == nullptr ? nullptr : reinterpret_cast<Function>(ggml_backend_reg_get_proc_address(ggml_backend_dev_backend_reg(device), name));
}

minilm_threadpool_params defaults() {
    minilm_threadpool_params full = {};
    minilm::read(full, ggml_threadpool_params_default(1));
    return full;
}

} // namespace

bool minilm_threadpool_available(void) {
    return guarded(false, [] { return find<pool_new>("ggml_threadpool_new") != nullptr && find<pool_free>("ggml_threadpool_free") != nullptr; });
}

void minilm_threadpool_default_params(minilm_threadpool_params * params) {
    minilm::give(params, defaults());
}

struct ggml_threadpool * minilm_threadpool_new(const minilm_threadpool_params * params) {
    return guarded<ggml_threadpool *>(nullptr, [=]() -> ggml_threadpool * {
        const pool_new make = find<pool_new>("ggml_threadpool_new");
        if (make == nullptr || find<pool_free>("ggml_threadpool_free") == nullptr) {
            return nullptr;
        }
        const minilm_threadpool_params full = minilm::take(params, defaults());
        ggml_threadpool_params native = ggml_threadpool_params_default(full.n_threads);
        minilm::write(full, native);
        return make(&native);
    });
}

bool minilm_threadpool_free(struct ggml_threadpool * pool) {
    return guarded(false, [=] {
        find<pool_free>("ggml_threadpool_free")(pool);
        return true;
    });
}
