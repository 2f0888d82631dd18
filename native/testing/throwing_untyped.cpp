// Those that releases of llama.h declare differently: no header is included, and no argument is looked at.
#include "throwing.h"

extern "C" void * llama_sampler_init_penalties() {
    throw_in("llama_sampler_init_penalties");
    return nullptr;
}

extern "C" void * llama_sampler_init_dry() {
    throw_in("llama_sampler_init_dry");
    return nullptr;
}
