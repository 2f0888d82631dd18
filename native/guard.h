// guard.h - calls that C++ code of libllama may leave by an exception. None comes out of these.
#ifndef MINILM_GUARD_H
#define MINILM_GUARD_H

#include <llama.h>

#ifdef __cplusplus
extern "C" {
#endif

// Both return false after an exception; minilm_last_error() has its words.
bool minilm_guarded_apply(struct llama_sampler * chain, llama_token_data_array * candidates);
bool minilm_guarded_accept(struct llama_sampler * chain, llama_token token);

// Adds a line to minilm_last_error() of this thread.
void minilm_remember_error(const char * text);

#ifdef __cplusplus
}
#endif

#endif // MINILM_GUARD_H
