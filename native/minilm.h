// minilm.h - the C seam between libllama and managed code.
//
// llama.h passes several parameter structs by value and inserts fields in the middle of them between releases.
// Every such call goes through here, compiled against the llama.h of the very libllama that is linked, so that the
// managed side never depends on those layouts. The structs below are flat and belong to this project: they only grow
// at their end, and the caller states in `size` how much of them it knows.
//
// No C++ exception leaves a function of the seam, and no other function that could throw is bound by managed code.
#ifndef MINILM_H
#define MINILM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#if defined(_WIN32)
#    define MINILM_API __declspec(dllexport)
#else
#    define MINILM_API __attribute__((visibility("default")))
#endif

#ifdef __cplusplus
extern "C" {
#endif

// Raised by one whenever a function is gone, or the meaning of an existing function or field changes.
#define MINILM_SEAM_VERSION 2

struct llama_model;
struct llama_vocab;
struct llama_context;
struct llama_memory_i;
struct llama_sampler;
struct llama_adapter_lora;
struct llama_token_data;
struct llama_token_data_array;
struct llama_logit_bias;
struct llama_chat_message;
struct ggml_backend_device;
struct ggml_backend_buffer_type;
struct ggml_threadpool;
typedef struct minilm_abort minilm_abort;

// What an int32_t function returns after an exception, whose words minilm_last_error() has.
#define MINILM_THREW (-INT32_MAX)

// What llama_decode and llama_encode return; llama.h has no names for it. Negative: error.
enum {
    MINILM_DECODE_DONE    = 0,
    MINILM_DECODE_NO_ROOM = 1, // in the memory
    MINILM_DECODE_ABORTED = 2, // whole micro-batches stay in memory
};

enum {
    MINILM_ABORT_NONE      = 0,
    MINILM_ABORT_CANCELLED = 1,
    MINILM_ABORT_TIMEOUT   = 2,
};

enum {
    MINILM_SAMPLE_NO_LOGITS  = -1, // nothing was computed at that index
    MINILM_SAMPLE_NO_CHOICE  = -2, // no sampler of the chain selects a token
    MINILM_SAMPLE_EXCLUDED   = -3, // the chain excluded every token
    MINILM_SAMPLE_NOT_FINITE = -4, // the model computed NaN or infinity
};

// No exception may leave a callback.
#define CALLBACK(name, result, parameters) typedef result (*name) parameters;
#include "callbacks.def"

#define STRUCT(name, native)        typedef struct name {
#define COPY(type, name)            type name;
#define COPY_AS(type, name, native) type name;
#define HAND(type, name)            type name;
#define END_STRUCT(name)            } name;
#include "fields.def"

#define DIRECT(result, function, parameters, why)
#define GUARDED(result, failure, name, function, parameters, arguments) MINILM_API result name parameters;
#define GUARDED_VOID(name, function, parameters, arguments)             MINILM_API bool name parameters;
#define SEAM_GUARDED(result, name, parameters, calls)                   MINILM_API result name parameters;
#define SEAM(result, name, parameters, why)                             MINILM_API result name parameters;
#include "functions.def"

#ifdef __cplusplus
}
#endif

#endif // MINILM_H
