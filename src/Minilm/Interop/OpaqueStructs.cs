namespace Minilm.Interop;

// Structs that only pointers are known of. Each has one handle type, which says whose pointer it is.

internal struct llama_model;

internal struct llama_vocab;

internal struct llama_context;

internal struct llama_memory_i;

internal struct llama_sampler;

internal struct llama_adapter_lora;

internal struct ggml_threadpool;

internal struct ggml_backend_device;

internal struct ggml_backend_buffer_type;

internal struct minilm_abort;
