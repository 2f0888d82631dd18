// minilm.h - the C seam between libllama and managed code.
//
// llama.h passes several parameter structs by value and inserts fields in the middle of them between releases.
// Every such call goes through here, compiled against the llama.h of the very libllama that is linked, so that the
// managed side never depends on those layouts. The structs below are flat and belong to this project: they only grow
// at their end, and the caller states in `size` how much of them it knows.
//
// Strings are UTF-8. Pointers returned as `const char *` are borrowed unless a comment says otherwise.
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

// Raised by one whenever the meaning of an existing function or field changes.
#define MINILM_SEAM_VERSION 1

struct llama_model;
struct llama_vocab;
struct llama_context;
struct llama_sampler;
struct ggml_threadpool;

//
// Versions
//

typedef struct minilm_version_report {
    uint32_t     size;
    uint32_t     seam_version;
    const char * compiled_llama; // the llama package the seam was compiled against, "" if it did not say
    const char * runtime_llama;  // llama_version() of the library that was found
    const char * runtime_ggml;   // ggml_version()
    const char * runtime_commit; // ggml_commit()
    const char * compiler;       // the compiler of the seam
    uint32_t     sizeof_model_params;   // of the llama.h that the seam was compiled against, in bytes
    uint32_t     sizeof_context_params;
    uint32_t     sizeof_minilm_model_params; // of the seam's own structs, in bytes
    uint32_t     sizeof_minilm_context_params;
    uint32_t     sizeof_minilm_batch;
    uint32_t     sizeof_minilm_version_report;
    uint32_t     sizeof_minilm_quantize_params;
    uint32_t     sizeof_minilm_threadpool_params;
} minilm_version_report;

// Safe to call whatever libllama was found: touches no parameter struct.
MINILM_API uint32_t minilm_seam_version(void);
MINILM_API void     minilm_versions(minilm_version_report * report);

// The functions of llama.h and ggml that managed code binds directly, as "name|return type|(parameter types)".
// Returns NULL when the index is out of range.
MINILM_API const char * minilm_bound_function(int32_t index);

//
// Backends
//

// Initializes libllama and loads ggml's plug-in backends: from `plugin_dir` when it holds any, else from where the
// library's builder put them. Returns the number of devices found; 0 means that nothing can compute.
MINILM_API int32_t minilm_backend_init(const char * plugin_dir);

//
// Log
//

// level is a ggml_log_level: 1 debug, 2 info, 3 warning, 4 error. text is one complete line without its line feed.
typedef void (*minilm_log_callback)(int32_t level, const char * text);

// Replaces the log sink of libllama and ggml. Lines below min_level are dropped before the callback.
// callback may be NULL: nothing is forwarded then. Called on any thread.
MINILM_API void minilm_log_set(minilm_log_callback callback, int32_t min_level);

// The errors and warnings that the library logged on this thread since minilm_last_error_clear(), line by line.
// Borrowed until the next call on this thread.
MINILM_API const char * minilm_last_error(void);
MINILM_API void         minilm_last_error_clear(void);

//
// Abort: an atomic cancel flag and a monotonic deadline, asked by libllama once per graph node
//

typedef struct minilm_abort minilm_abort;

enum {
    MINILM_ABORT_NONE      = 0,
    MINILM_ABORT_CANCELLED = 1,
    MINILM_ABORT_TIMEOUT   = 2,
};

MINILM_API minilm_abort * minilm_abort_new(void); // NULL when out of memory
MINILM_API void           minilm_abort_free(minilm_abort * abort);
// Arms it for one request: not cancelled, and a deadline timeout_ns from now (negative: none).
MINILM_API void           minilm_abort_arm(minilm_abort * abort, int64_t timeout_ns);
MINILM_API void           minilm_abort_cancel(minilm_abort * abort);
// One of the values above. A cancelled request stays cancelled when its deadline passes as well.
MINILM_API int32_t        minilm_abort_state(minilm_abort * abort);

//
// Models
//

// Returns false to stop loading. progress is 0 to 1. Called on the loading thread.
typedef bool (*minilm_progress_callback)(float progress, void * user_data);

typedef struct minilm_tensor_override {
    const char * pattern;     // a regular expression (ECMAScript) that is searched for in the name of a tensor
    void *       buffer_type; // ggml_backend_buffer_type_t
} minilm_tensor_override;

typedef struct minilm_model_params {
    uint32_t size;
    int32_t  n_gpu_layers; // negative: all
    int32_t  split_mode;   // llama_split_mode
    int32_t  main_gpu;
    int32_t  load_mode;    // llama_load_mode
    bool     vocab_only;
    bool     check_tensors;
    bool     use_extra_bufts;
    bool     reserved;
    minilm_progress_callback progress_callback; // may be NULL
    void *   progress_callback_user_data;
    void * const * devices;  // [n_devices] ggml_backend_dev_t that take layers
    int32_t  n_devices;      // negative: all there are, 0: none
    int32_t  n_overrides;
    const minilm_tensor_override * overrides; // [n_overrides], the first that matches counts
} minilm_model_params;

MINILM_API void minilm_model_default_params(minilm_model_params * params);
// Returns NULL on failure; minilm_last_error() has the reasons. Clears the errors of this thread first.
MINILM_API struct llama_model * minilm_model_load(const char * path, const minilm_model_params * params);
// The same for a model that begins `offset` bytes into a file. Always NULL where minilm_model_loads_at() is false.
MINILM_API bool                 minilm_model_loads_at(void);
MINILM_API struct llama_model * minilm_model_load_at(const char * path, int64_t offset, const minilm_model_params * params);

//
// Contexts
//

typedef struct minilm_context_params {
    uint32_t size;
    uint32_t n_ctx;           // tokens, 0 = from the model
    uint32_t n_batch;         // tokens submitted to one decode
    uint32_t n_ubatch;        // tokens computed at once
    uint32_t n_seq_max;
    int32_t  n_threads;       // decode
    int32_t  n_threads_batch; // prefill
    int32_t  rope_scaling_type;
    int32_t  pooling_type;
    int32_t  attention_type;
    int32_t  flash_attn_type; // -1 auto, 0 off, 1 on
    int32_t  type_k;          // ggml_type
    int32_t  type_v;
    float    rope_freq_base;  // 0 = from the model
    float    rope_freq_scale;
    bool     embeddings;
    bool     offload_kqv;
    bool     op_offload;
    bool     swa_full;
    bool     kv_unified;
    bool     no_perf;
    bool     reserved[2];
    minilm_abort * abort;     // may be NULL; must outlive the context
} minilm_context_params;

MINILM_API void minilm_context_default_params(minilm_context_params * params);
// Returns NULL on failure; minilm_last_error() has the reasons. Clears the errors of this thread first.
MINILM_API struct llama_context * minilm_context_init(struct llama_model * model, const minilm_context_params * params);

//
// Decoding
//

// One row per token. Arrays are borrowed for the call.
typedef struct minilm_batch {
    uint32_t  size;
    int32_t   n_tokens;
    int32_t * token;    // [n_tokens], or NULL when embd is set
    float *   embd;     // [n_tokens * n_embd], or NULL
    int32_t * pos;      // [n_tokens], or NULL: continue after the last position
    int32_t * n_seq_id; // [n_tokens], or NULL: one each
    int32_t ** seq_id;  // [n_tokens][n_seq_id], or NULL: sequence 0
    int8_t *  logits;   // [n_tokens] non-zero where logits are wanted, or NULL: the last token only
} minilm_batch;

// Return values are those of llama_decode and llama_encode:
//   0 done, 1 no room in the memory, 2 aborted (computed micro-batches stay in memory), negative: error.
// minilm_last_error() has the reasons: both clear the errors of this thread first.
MINILM_API int32_t minilm_decode(struct llama_context * ctx, const minilm_batch * batch);
MINILM_API int32_t minilm_encode(struct llama_context * ctx, const minilm_batch * batch);

//
// Samplers
//

MINILM_API struct llama_sampler * minilm_sampler_chain_init(bool no_perf);

// last_n: how many of the last tokens are penalized, 0 = off. repeat > 0, 1 = off. freq and present: 0 = off.
MINILM_API struct llama_sampler * minilm_sampler_init_penalties(int32_t n_vocab, int32_t last_n, float repeat, float freq, float present);

enum {
    MINILM_SAMPLE_NO_LOGITS  = -1, // nothing was computed at that index
    MINILM_SAMPLE_NO_CHOICE  = -2, // no sampler of the chain selects a token
    MINILM_SAMPLE_EXCLUDED   = -3, // the chain excluded every token
    MINILM_SAMPLE_NOT_FINITE = -4, // the model computed NaN or infinity
    MINILM_SAMPLE_THREW      = -5, // a sampler threw an exception; minilm_last_error() has its words
};

// Samples from the logits at index (as in llama_get_logits_ith) and accepts the token. Returns it, or one of the values
// above where llama_sampler_sample would end the process. scratch holds one llama_token_data per token of the vocabulary.
MINILM_API int32_t minilm_sampler_sample(struct llama_sampler * chain, struct llama_context * ctx, int32_t index, void * scratch);

// Accepts a token that was not sampled. Returns 0 or MINILM_SAMPLE_THREW.
MINILM_API int32_t minilm_sampler_accept(struct llama_sampler * chain, int32_t token);
// Lets one stage of a chain accept tokens, such as those of a prompt that its grammar must not see.
MINILM_API void    minilm_sampler_accept_at(struct llama_sampler * chain, int32_t stage, const int32_t * tokens, int32_t n_tokens);

// n_ctx_train is for the releases of libllama that ask for it. last_n: how many of the last tokens count.
MINILM_API struct llama_sampler * minilm_sampler_init_dry(const struct llama_vocab * vocab, int32_t n_ctx_train, float multiplier, float base,
                                                          int32_t allowed_length, int32_t last_n, const char ** breakers, int32_t n_breakers);
// A grammar that lets everything pass until one of the patterns (regular expressions) or tokens appears.
// Returns NULL on failure; minilm_last_error() has the reasons.
MINILM_API struct llama_sampler * minilm_sampler_init_grammar_lazy(const struct llama_vocab * vocab, const char * grammar, const char * root,
                                                                   const char ** patterns, int32_t n_patterns, const int32_t * tokens, int32_t n_tokens);

//
// Quantization
//

typedef struct minilm_quantize_params {
    uint32_t size;
    int32_t  n_threads;            // 0 or less: all logical processors
    int32_t  ftype;                // llama_ftype
    int32_t  output_tensor_type;   // ggml_type, negative: what ftype says
    int32_t  token_embedding_type; // ggml_type, negative: what ftype says
    bool     allow_requantize;
    bool     quantize_output_tensor;
    bool     pure;
    bool     reserved;
    minilm_progress_callback progress_callback; // may be NULL; what it returns is not looked at: the library cannot stop
    void *   progress_callback_user_data;
} minilm_quantize_params;

MINILM_API void minilm_quantize_default_params(minilm_quantize_params * params);
// Returns 0 on success; minilm_last_error() has the reasons. Clears the errors of this thread first.
MINILM_API uint32_t minilm_quantize(const char * input, const char * output, const minilm_quantize_params * params);

//
// Thread pools: functions of the CPU backend, which may be a plug-in
//

typedef struct minilm_threadpool_params {
    uint32_t size;
    int32_t  n_threads;
    int32_t  priority; // ggml_sched_priority
    uint32_t poll;     // 0 = sleep between graphs, 100 = wait busily
} minilm_threadpool_params;

// False when the CPU backend does not offer thread pools: minilm_threadpool_new() returns NULL then.
MINILM_API bool minilm_threadpool_available(void);
MINILM_API void minilm_threadpool_default_params(minilm_threadpool_params * params);
MINILM_API struct ggml_threadpool * minilm_threadpool_new(const minilm_threadpool_params * params);
MINILM_API void                     minilm_threadpool_free(struct ggml_threadpool * pool);

#ifdef __cplusplus
}
#endif

#endif // MINILM_H
