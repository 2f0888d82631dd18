using System.Runtime.InteropServices;

namespace Minilm.Interop;

// native/fields.def, field by field. The seam reads no more than the stated size.

[StructLayout(LayoutKind.Sequential)]
internal unsafe struct minilm_version_report
{
    public uint size;
    public uint seam_version;
    public byte* compiled_llama;
    public byte* runtime_llama;
    public byte* runtime_ggml;
    public byte* runtime_commit;
    public byte* compiler;
}

[StructLayout(LayoutKind.Sequential)]
internal unsafe struct minilm_tensor_override
{
    public byte* pattern;
    public GgmlBufferType buffer_type;
}

[StructLayout(LayoutKind.Sequential)]
internal unsafe struct minilm_model_params
{
    public uint size;
    public int n_gpu_layers;
    public int split_mode;
    public int main_gpu;
    public int load_mode;
    public CBool vocab_only;
    public CBool check_tensors;
    public CBool use_extra_bufts;
    public CBool reserved;
    public delegate* unmanaged<float, void*, CBool> progress_callback;
    public void* progress_callback_user_data;
    public GgmlDevice* devices;
    public int n_devices;
    public int n_overrides;
    public minilm_tensor_override* overrides;
}

[StructLayout(LayoutKind.Sequential)]
internal unsafe struct minilm_context_params
{
    public uint size;
    public uint n_ctx;
    public uint n_batch;
    public uint n_ubatch;
    public uint n_seq_max;
    public int n_threads;
    public int n_threads_batch;
    public int rope_scaling_type;
    public int pooling_type;
    public int attention_type;
    public int flash_attn_type;
    public int type_k;
    public int type_v;
    public float rope_freq_base;
    public float rope_freq_scale;
    public CBool embeddings;
    public CBool offload_kqv;
    public CBool op_offload;
    public CBool swa_full;
    public CBool kv_unified;
    public CBool no_perf;
    public CBool reserved_0;
    public CBool reserved_1;
    public minilm_abort* abort;
}

[StructLayout(LayoutKind.Sequential)]
internal unsafe struct minilm_batch
{
    public uint size;
    public int n_tokens;
    public int* token;
    public float* embd;
    public int* pos;
    public int* n_seq_id;
    public int** seq_id;
    public sbyte* logits;
}

[StructLayout(LayoutKind.Sequential)]
internal unsafe struct minilm_quantize_params
{
    public uint size;
    public int n_threads;
    public int ftype;
    public int output_tensor_type;
    public int token_embedding_type;
    public CBool allow_requantize;
    public CBool quantize_output_tensor;
    public CBool pure;
    public CBool reserved;
    public delegate* unmanaged<float, void*, CBool> progress_callback;
    public void* progress_callback_user_data;
}

[StructLayout(LayoutKind.Sequential)]
internal struct minilm_threadpool_params
{
    public uint size;
    public int n_threads;
    public int priority;
    public uint poll;
}

// native/mirrors.def: structs of llama.h that are taken by pointer.

[StructLayout(LayoutKind.Sequential)]
internal struct llama_logit_bias
{
    public int token;
    public float bias;
}

[StructLayout(LayoutKind.Sequential)]
internal struct llama_token_data
{
    public int id;
    public float logit;
    public float p;
}

[StructLayout(LayoutKind.Sequential)]
internal unsafe struct llama_token_data_array
{
    public llama_token_data* data;
    public nuint size;
    public long selected;
    public CBool sorted;
}

[StructLayout(LayoutKind.Sequential)]
internal unsafe struct llama_chat_message
{
    public byte* role;
    public byte* content;
}
