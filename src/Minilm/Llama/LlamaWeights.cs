using System.Runtime.InteropServices;
using System.Text;
using Minilm.Interop;
using Minilm.Interop.Handles;

namespace Minilm;

/// <summary>The weights of a model: one <c>llama_model</c>. What is made on them keeps them loaded.</summary>
internal sealed class LlamaWeights : IDisposable
{
    private LlamaWeights(SafeLlamaModelHandle handle)
    {
        Handle = handle;
        Vocab = new LlamaVocab(handle, ownsModel: false);
    }

    /// <summary>Gets a value indicating whether libllama can load a model from the middle of a file.</summary>
    public static bool CanLoadAtOffset => NativeMethods.minilm_model_loads_at();

    public LlamaVocab Vocab { get; }

    /// <summary>Gets libllama's one-line description.</summary>
    public string Description => Describe(Handle);

    public long ParameterCount => (long)NativeMethods.llama_model_n_params(Handle);

    public int TrainedContextSize => NativeMethods.llama_model_n_ctx_train(Handle);

    /// <summary>Gets a value indicating whether the memory is a state that cannot be taken back token by token.</summary>
    public bool IsRecurrent => NativeMethods.llama_model_is_recurrent(Handle) || NativeMethods.llama_model_is_hybrid(Handle);

    /// <summary>Gets a value indicating whether it has a decoder and no encoder.</summary>
    public bool IsDecoderOnly => NativeMethods.llama_model_has_decoder(Handle) && !NativeMethods.llama_model_has_encoder(Handle);

    /// <summary>Gets the elements of an embedding.</summary>
    public int EmbeddingLength => NativeMethods.llama_model_n_embd_out(Handle);

    /// <summary>Gets the scores of the classification head.</summary>
    public int ClassCount => (int)NativeMethods.llama_model_n_cls_out(Handle);

    /// <summary>Gets the token that the model wants between a query and a document, if there is one.</summary>
    public int? Separator => NativeMethods.llama_vocab_get_add_sep(Handle.Vocab) && NativeMethods.llama_vocab_sep(Handle.Vocab) is >= 0 and int separator ? separator : null;

    /// <summary>Gets the text around a query and a document that the model states, if it does.</summary>
    public string? RerankTemplate => NativeMethods.minilm_model_chat_template(Handle, "rerank");

    internal SafeLlamaModelHandle Handle { get; }

    /// <summary>Loads a file that was checked.</summary>
    /// <param name="options">Where it is and how it is loaded.</param>
    /// <param name="devices">The devices that take layers, by their place in <see cref="LlamaRuntime.Devices"/>; null leaves the choice to libllama.</param>
    /// <param name="onProgress">Receives the share that is loaded, from 0 to 1, and says whether to go on. What it throws stops the load, and is the cause of the exception.</param>
    /// <exception cref="ModelLoadException">libllama could not load it (the message has its words), or the load was stopped.</exception>
    public static unsafe LlamaWeights Load(LlamaModelOptions options, IReadOnlyList<int>? devices, Func<float, bool>? onProgress)
    {
        minilm_model_params parameters = DefaultParameters();
        parameters.n_gpu_layers = options.GpuLayers ?? 0;
        parameters.check_tensors = options.CheckTensors;
        if (options.EffectiveLoadMode is not ModelLoadMode.Auto and ModelLoadMode mode)
        {
            parameters.load_mode = (int)mode;
        }
        if (options.GpuLayers > 0)
        {
            parameters.split_mode = (int)options.SplitMode;
            parameters.main_gpu = options.MainGpu;
        }
        var overrides = new minilm_tensor_override[options.TensorOverrides.Count];
        try
        {
            for (int i = 0; i < overrides.Length; i++)
            {
                overrides[i].buffer_type = LlamaDevices.FindBufferType(options.TensorOverrides[i].BufferType);
                overrides[i].pattern = (byte*)Marshal.StringToCoTaskMemUTF8(options.TensorOverrides[i].Pattern);
            }
            GgmlDevice[] chosen = [.. (devices ?? []).Select(LlamaDevices.Get)];
            fixed (GgmlDevice* first = chosen)
            fixed (minilm_tensor_override* firstOverride = overrides)
            {
                parameters.devices = first;
                parameters.n_devices = devices is null ? -1 : chosen.Length;
                parameters.overrides = firstOverride;
                parameters.n_overrides = overrides.Length;
                return Load(options.ModelPath, options.ModelOffset, parameters, onProgress);
            }
        }
        finally
        {
            foreach (minilm_tensor_override entry in overrides)
            {
                Marshal.FreeCoTaskMem((nint)entry.pattern);
            }
        }
    }

    /// <summary>Loads the vocabulary of a file that was checked, without its weights.</summary>
    /// <exception cref="ModelLoadException">libllama could not load it; the message has its words.</exception>
    public static LlamaWeights LoadVocabulary(string path)
    {
        minilm_model_params parameters = DefaultParameters();
        parameters.vocab_only = true;
        return Load(path, offset: 0, parameters, onProgress: null);
    }

    /// <summary>Releases the weights when nothing uses them any more.</summary>
    public void Dispose() => Handle.Dispose();

    private static unsafe minilm_model_params DefaultParameters()
    {
        var parameters = new minilm_model_params { size = (uint)sizeof(minilm_model_params) };
        NativeMethods.minilm_model_default_params(&parameters);
        parameters.n_gpu_layers = 0;
        return parameters;
    }

    private static unsafe LlamaWeights Load(string path, long offset, minilm_model_params parameters, Func<float, bool>? onProgress)
    {
        using var callback = new ProgressCallback(onProgress ?? (static _ => true));
        if (onProgress is not null)
        {
            parameters.progress_callback = ProgressCallback.Function;
            parameters.progress_callback_user_data = callback.UserData;
        }
        SafeLlamaModelHandle handle = SafeLlamaModelHandle.Load(path, parameters, offset);
        if (!handle.IsInvalid)
        {
            return new LlamaWeights(handle);
        }
        ModelLoadException failure = callback.Failure is { } cause
            ? new ModelLoadException($"Loading stopped because a progress listener failed: {cause.Message}", ModelLoadReason.Interrupted, cause)
            : NativeFailure.Load($"libllama could not load '{path}'");
        handle.Dispose();
        throw failure;
    }

    private static unsafe string Describe(SafeLlamaModelHandle model)
    {
        Span<byte> buffer = stackalloc byte[256];
        fixed (byte* pointer = buffer)
        {
            int length = NativeFailure.Require(NativeMethods.minilm_model_desc(model, pointer, (nuint)buffer.Length), "llama_model_desc");
            return Encoding.UTF8.GetString(buffer[..Math.Clamp(length, 0, buffer.Length - 1)]);
        }
    }
}
