// The functions that managed code binds directly, each proven by the compiler: assigning a function to a pointer of
// exactly the stated type fails to compile when llama.h declares it differently. A managed test compares this list with
// the P/Invoke declarations, name by name and type by type.
#include "minilm.h"

#include <ggml-backend.h>
#include <llama.h>

// Opaque objects
typedef struct llama_model               model;
typedef struct llama_context             context;
typedef struct llama_vocab               vocab;
typedef struct llama_sampler             sampler;
typedef struct llama_adapter_lora        adapter;
typedef struct llama_chat_message        chat_message;
typedef struct llama_logit_bias          logit_bias;
typedef struct llama_token_data_array    token_data_array;
typedef llama_memory_t                   memory;
typedef ggml_backend_dev_t               device;
typedef ggml_backend_buffer_type_t       buffer_type;
typedef ggml_threadpool_t                threadpool;
typedef enum llama_vocab_type            vocab_type;
typedef enum llama_token_attr            token_attr;
typedef enum llama_rope_type             rope_type;
typedef enum llama_pooling_type          pooling_type;
typedef enum llama_ftype                 ftype;
typedef enum ggml_backend_dev_type       device_type;

#define BOUND_FUNCTIONS(F) \
    /* backend */ \
    F(llama_max_devices,               size_t,       (void)) \
    F(llama_max_parallel_sequences,    size_t,       (void)) \
    F(llama_supports_mmap,             bool,         (void)) \
    F(llama_supports_mlock,            bool,         (void)) \
    F(llama_supports_gpu_offload,      bool,         (void)) \
    F(llama_supports_rpc,              bool,         (void)) \
    F(llama_print_system_info,         const char *, (void)) \
    F(ggml_backend_dev_count,          size_t,       (void)) \
    F(ggml_backend_dev_get,            device,       (size_t)) \
    F(ggml_backend_dev_name,           const char *, (device)) \
    F(ggml_backend_dev_description,    const char *, (device)) \
    F(ggml_backend_dev_type,           device_type,  (device)) \
    F(ggml_backend_dev_memory,         void,         (device, size_t *, size_t *)) \
    /* model */ \
    F(llama_model_free,                void,         (model *)) \
    F(llama_model_get_vocab,           const vocab *, (const model *)) \
    F(llama_model_rope_type,           rope_type,    (const model *)) \
    F(llama_model_n_ctx_train,         int32_t,      (const model *)) \
    F(llama_model_n_embd,              int32_t,      (const model *)) \
    F(llama_model_n_layer,             int32_t,      (const model *)) \
    F(llama_model_n_head,              int32_t,      (const model *)) \
    F(llama_model_n_head_kv,           int32_t,      (const model *)) \
    F(llama_model_n_swa,               int32_t,      (const model *)) \
    F(llama_model_meta_val_str,        int32_t,      (const model *, const char *, char *, size_t)) \
    F(llama_model_meta_count,          int32_t,      (const model *)) \
    F(llama_model_meta_key_by_index,   int32_t,      (const model *, int32_t, char *, size_t)) \
    F(llama_model_meta_val_str_by_index, int32_t,    (const model *, int32_t, char *, size_t)) \
    F(llama_model_desc,                int32_t,      (const model *, char *, size_t)) \
    F(llama_model_size,                uint64_t,     (const model *)) \
    F(llama_model_n_params,            uint64_t,     (const model *)) \
    F(llama_model_chat_template,       const char *, (const model *, const char *)) \
    F(llama_model_has_encoder,         bool,         (const model *)) \
    F(llama_model_has_decoder,         bool,         (const model *)) \
    F(llama_model_decoder_start_token, llama_token,  (const model *)) \
    F(llama_model_is_recurrent,        bool,         (const model *)) \
    F(llama_model_is_hybrid,           bool,         (const model *)) \
    F(llama_model_n_embd_out,          int32_t,      (const model *)) \
    F(llama_model_n_cls_out,           uint32_t,     (const model *)) \
    /* vocab */ \
    F(llama_vocab_type,                vocab_type,   (const vocab *)) \
    F(llama_vocab_n_tokens,            int32_t,      (const vocab *)) \
    F(llama_vocab_get_text,            const char *, (const vocab *, llama_token)) \
    F(llama_vocab_get_score,           float,        (const vocab *, llama_token)) \
    F(llama_vocab_get_attr,            token_attr,   (const vocab *, llama_token)) \
    F(llama_vocab_is_eog,              bool,         (const vocab *, llama_token)) \
    F(llama_vocab_is_control,          bool,         (const vocab *, llama_token)) \
    F(llama_vocab_bos,                 llama_token,  (const vocab *)) \
    F(llama_vocab_eos,                 llama_token,  (const vocab *)) \
    F(llama_vocab_eot,                 llama_token,  (const vocab *)) \
    F(llama_vocab_sep,                 llama_token,  (const vocab *)) \
    F(llama_vocab_nl,                  llama_token,  (const vocab *)) \
    F(llama_vocab_pad,                 llama_token,  (const vocab *)) \
    F(llama_vocab_get_add_bos,         bool,         (const vocab *)) \
    F(llama_vocab_get_add_eos,         bool,         (const vocab *)) \
    F(llama_vocab_get_add_sep,         bool,         (const vocab *)) \
    F(llama_tokenize,                  int32_t,      (const vocab *, const char *, int32_t, llama_token *, int32_t, bool, bool)) \
    F(llama_token_to_piece,            int32_t,      (const vocab *, llama_token, char *, int32_t, int32_t, bool)) \
    F(llama_detokenize,                int32_t,      (const vocab *, const llama_token *, int32_t, char *, int32_t, bool, bool)) \
    /* context */ \
    F(llama_free,                      void,         (context *)) \
    F(llama_n_ctx,                     uint32_t,     (const context *)) \
    F(llama_n_ctx_seq,                 uint32_t,     (const context *)) \
    F(llama_n_batch,                   uint32_t,     (const context *)) \
    F(llama_n_ubatch,                  uint32_t,     (const context *)) \
    F(llama_n_seq_max,                 uint32_t,     (const context *)) \
    F(llama_get_memory,                memory,       (const context *)) \
    F(llama_pooling_type,              pooling_type, (const context *)) \
    F(llama_set_n_threads,             void,         (context *, int32_t, int32_t)) \
    F(llama_n_threads,                 int32_t,      (context *)) \
    F(llama_n_threads_batch,           int32_t,      (context *)) \
    F(llama_set_embeddings,            void,         (context *, bool)) \
    F(llama_set_causal_attn,           void,         (context *, bool)) \
    F(llama_synchronize,               void,         (context *)) \
    F(llama_get_logits_ith,            float *,      (context *, int32_t)) \
    F(llama_get_embeddings_ith,        float *,      (context *, int32_t)) \
    F(llama_get_embeddings_seq,        float *,      (context *, llama_seq_id)) \
    /* memory */ \
    F(llama_memory_clear,              void,         (memory, bool)) \
    F(llama_memory_seq_rm,             bool,         (memory, llama_seq_id, llama_pos, llama_pos)) \
    F(llama_memory_seq_cp,             void,         (memory, llama_seq_id, llama_seq_id, llama_pos, llama_pos)) \
    F(llama_memory_seq_keep,           void,         (memory, llama_seq_id)) \
    F(llama_memory_seq_add,            void,         (memory, llama_seq_id, llama_pos, llama_pos, llama_pos)) \
    F(llama_memory_seq_pos_min,        llama_pos,    (memory, llama_seq_id)) \
    F(llama_memory_seq_pos_max,        llama_pos,    (memory, llama_seq_id)) \
    F(llama_memory_can_shift,          bool,         (memory)) \
    /* state */ \
    F(llama_state_seq_get_size,        size_t,       (context *, llama_seq_id)) \
    F(llama_state_seq_get_data,        size_t,       (context *, uint8_t *, size_t, llama_seq_id)) \
    F(llama_state_seq_set_data,        size_t,       (context *, const uint8_t *, size_t, llama_seq_id)) \
    /* sampler */ \
    F(llama_sampler_name,              const char *, (const sampler *)) \
    F(llama_sampler_apply,             void,         (sampler *, token_data_array *)) \
    F(llama_sampler_reset,             void,         (sampler *)) \
    F(llama_sampler_free,              void,         (sampler *)) \
    F(llama_sampler_chain_add,         void,         (sampler *, sampler *)) \
    F(llama_sampler_chain_get,         sampler *,    (sampler *, int32_t)) \
    F(llama_sampler_chain_n,           int32_t,      (const sampler *)) \
    F(llama_sampler_init_greedy,       sampler *,    (void)) \
    F(llama_sampler_init_dist,         sampler *,    (uint32_t)) \
    F(llama_sampler_init_top_k,        sampler *,    (int32_t)) \
    F(llama_sampler_init_top_p,        sampler *,    (float, size_t)) \
    F(llama_sampler_init_min_p,        sampler *,    (float, size_t)) \
    F(llama_sampler_init_typical,      sampler *,    (float, size_t)) \
    F(llama_sampler_init_temp,         sampler *,    (float)) \
    F(llama_sampler_init_grammar,      sampler *,    (const vocab *, const char *, const char *)) \
    F(llama_sampler_init_logit_bias,   sampler *,    (int32_t, int32_t, const logit_bias *)) \
    F(llama_sampler_init_temp_ext,     sampler *,    (float, float, float)) \
    F(llama_sampler_init_xtc,          sampler *,    (float, float, size_t, uint32_t)) \
    F(llama_sampler_init_top_n_sigma,  sampler *,    (float)) \
    F(llama_sampler_init_mirostat,     sampler *,    (int32_t, uint32_t, float, float, int32_t)) \
    F(llama_sampler_init_mirostat_v2,  sampler *,    (uint32_t, float, float)) \
    F(llama_sampler_init_adaptive_p,   sampler *,    (float, float, uint32_t)) \
    F(llama_sampler_init_infill,       sampler *,    (const vocab *)) \
    /* adapter */ \
    F(llama_adapter_lora_init,         adapter *,    (model *, const char *)) \
    F(llama_adapter_lora_free,         void,         (adapter *)) \
    F(llama_set_adapters_lora,         int32_t,      (context *, adapter **, size_t, float *)) \
    /* chat */ \
    F(llama_chat_apply_template,       int32_t,      (const char *, const chat_message *, size_t, bool, char *, int32_t)) \
    F(llama_chat_builtin_templates,    int32_t,      (const char **, size_t)) \
    /* devices and threads */ \
    F(ggml_backend_dev_buffer_type,    buffer_type,  (device)) \
    F(ggml_backend_buft_name,          const char *, (buffer_type)) \
    F(llama_attach_threadpool,         void,         (context *, threadpool, threadpool)) \
    F(llama_detach_threadpool,         void,         (context *))

#define PROVE(name, result, parameters) (void) (result (*) parameters) { name };

// Never called: it exists to be compiled.
void minilm_prove_signatures(void);
void minilm_prove_signatures(void) {
    BOUND_FUNCTIONS(PROVE)
}

// Managed mirrors of the structs that these functions take by pointer, and of every enum they take or return.
_Static_assert(sizeof(logit_bias) == 8 && offsetof(logit_bias, bias) == 4, "llama_logit_bias");
_Static_assert(sizeof(chat_message) == 2 * sizeof(void *) && offsetof(chat_message, content) == sizeof(void *), "llama_chat_message");
_Static_assert(sizeof(llama_token_data) == 12 && offsetof(llama_token_data, logit) == 4 && offsetof(llama_token_data, p) == 8, "llama_token_data");
_Static_assert(offsetof(token_data_array, size) == sizeof(void *) && offsetof(token_data_array, selected) == 2 * sizeof(void *) &&
               offsetof(token_data_array, sorted) == 2 * sizeof(void *) + 8, "llama_token_data_array");
_Static_assert(sizeof(vocab_type) == 4 && sizeof(token_attr) == 4 && sizeof(rope_type) == 4 && sizeof(pooling_type) == 4 && sizeof(device_type) == 4, "enums");
_Static_assert(sizeof(llama_token) == 4 && sizeof(llama_pos) == 4 && sizeof(llama_seq_id) == 4, "ids");

#define DESCRIBE(name, result, parameters) #name "|" #result "|" #parameters,

static const char * const bound_functions[] = { BOUND_FUNCTIONS(DESCRIBE) };

const char * minilm_bound_function(int32_t index) {
    if (index < 0 || (size_t) index >= sizeof(bound_functions) / sizeof(bound_functions[0])) {
        return NULL;
    }
    return bound_functions[index];
}
