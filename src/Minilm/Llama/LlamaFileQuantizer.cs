using Minilm.Interop;

namespace Minilm;

/// <summary>Writes a file with fewer bits per weight: <c>llama_model_quantize</c>, which cannot be stopped.</summary>
internal static class LlamaFileQuantizer
{
    /// <summary>Quantizes a file that was checked.</summary>
    /// <param name="input">The file; of a split model the first part.</param>
    /// <param name="output">The file to write.</param>
    /// <param name="type">The mixture of tensor types.</param>
    /// <param name="options">What differs from the defaults.</param>
    /// <param name="threads">The number of threads.</param>
    /// <param name="onProgress">Receives the share of tensors that are done, from 0 to 1, on this thread. What it throws fails the run, and is the cause of the exception.</param>
    /// <returns>What libllama warned of, in lines.</returns>
    /// <exception cref="ModelLoadException">libllama could not (the message has its words), or the listener failed.</exception>
    public static unsafe string Quantize(string input, string output, GgmlFileType type, LlamaQuantizeOptions options, int threads, Action<float>? onProgress)
    {
        var parameters = new minilm_quantize_params { size = (uint)sizeof(minilm_quantize_params) };
        NativeMethods.minilm_quantize_default_params(&parameters);
        parameters.n_threads = threads;
        parameters.ftype = (int)type;
        parameters.allow_requantize = options.AllowRequantize;
        parameters.pure = options.Pure;
        using var callback = new ProgressCallback(share =>
        {
            onProgress?.Invoke(share);
            return true;
        });
        if (onProgress is not null)
        {
            parameters.progress_callback = ProgressCallback.Function;
            parameters.progress_callback_user_data = callback.UserData;
        }
        if (NativeMethods.minilm_quantize(input, output, &parameters) != 0)
        {
            throw NativeFailure.Load($"libllama could not quantize '{input}' to {type}");
        }
        string warnings = NativeFailure.Words;
        return callback.Failure is { } cause
            ? throw new ModelLoadException($"Quantizing '{input}' was given up because a progress listener failed: {cause.Message}", ModelLoadReason.Interrupted, cause)
            : warnings;
    }
}
