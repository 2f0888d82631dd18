#include "minilm.h"

#include <ggml-backend.h>
#include <ggml.h>

#include <string.h>

typedef struct ggml_threadpool * (*threadpool_new)(struct ggml_threadpool_params *);
typedef void (*threadpool_free)(struct ggml_threadpool *);

static void * find(const char * name) {
    ggml_backend_dev_t device = ggml_backend_dev_by_type(GGML_BACKEND_DEVICE_TYPE_CPU);
    return device == NULL ? NULL : ggml_backend_reg_get_proc_address(ggml_backend_dev_backend_reg(device), name);
}

bool minilm_threadpool_available(void) {
    return find("ggml_threadpool_new") != NULL && find("ggml_threadpool_free") != NULL;
}

void minilm_threadpool_default_params(minilm_threadpool_params * params) {
    struct ggml_threadpool_params defaults = ggml_threadpool_params_default(1);
    minilm_threadpool_params full = {
        .size      = params->size,
        .n_threads = defaults.n_threads,
        .priority  = (int32_t) defaults.prio,
        .poll      = defaults.poll,
    };
    memcpy(params, &full, params->size < sizeof(full) ? params->size : sizeof(full));
}

struct ggml_threadpool * minilm_threadpool_new(const minilm_threadpool_params * params) {
    if (!minilm_threadpool_available()) {
        return NULL;
    }
    minilm_threadpool_params full = { .size = sizeof(full) };
    minilm_threadpool_default_params(&full);
    memcpy(&full, params, params->size < sizeof(full) ? params->size : sizeof(full));

    struct ggml_threadpool_params native = ggml_threadpool_params_default(full.n_threads);
    native.prio = (enum ggml_sched_priority) full.priority;
    native.poll = full.poll;
    return ((threadpool_new) find("ggml_threadpool_new"))(&native);
}

void minilm_threadpool_free(struct ggml_threadpool * pool) {
    ((threadpool_free) find("ggml_threadpool_free"))(pool);
}
