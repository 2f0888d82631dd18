using Minilm.Gguf;
using Minilm.Interop;

namespace Minilm.Runtime;

/// <summary>One call of the library, which cannot be stopped, on a thread of its own, and the file that it writes.</summary>
internal sealed class QuantizeRun(string input, string output, GgmlFileType type, LlamaQuantizeOptions options, IProgress<float>? progress)
{
    private const int Undecided = 0;
    private const int Kept = 1;
    private const int Discarded = 2;

    private readonly string _unfinished = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(output))!, $".{Path.GetRandomFileName()}.gguf");
    private int _fate; // of the file
    private Exception? _failure; // of the listener

    /// <summary>Runs to the end, or until the token is cancelled; the thread goes on then.</summary>
    /// <returns>The library's warnings.</returns>
    /// <exception cref="ModelLoadException">The library refused the model, or the listener failed.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async Task<IReadOnlyList<string>> RunAsync(CancellationToken cancellationToken)
    {
        Task<IReadOnlyList<string>> work = Task.Factory.StartNew(
            Work, CancellationToken.None, TaskCreationOptions.LongRunning | TaskCreationOptions.RunContinuationsAsynchronously, TaskScheduler.Default);
        try
        {
            return await work.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (Interlocked.CompareExchange(ref _fate, Discarded, Undecided) == Undecided)
        {
            TryDelete(); // its name at once, where an open file can lose it
            _ = work.ContinueWith(static ended => ended.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default); // nobody waits for its failure
            throw;
        }
        catch (OperationCanceledException)
        {
            return await work.ConfigureAwait(false); // too late
        }
    }

    private IReadOnlyList<string> Work()
    {
        try
        {
            string[] warnings = Quantize();
            if (_failure is not null)
            {
                throw new ModelLoadException($"Quantizing '{input}' was given up because a progress listener failed: {_failure.Message}", ModelLoadReason.Interrupted, _failure);
            }
            if (Interlocked.CompareExchange(ref _fate, Kept, Undecided) == Undecided)
            {
                File.Move(_unfinished, output, options.Overwrite);
            }
            return warnings;
        }
        finally
        {
            TryDelete();
        }
    }

    private unsafe string[] Quantize()
    {
        var parameters = new minilm_quantize_params { size = (uint)sizeof(minilm_quantize_params) };
        NativeMethods.minilm_quantize_default_params(&parameters);
        parameters.n_threads = options.Threads > 0 ? options.Threads : Machine.PhysicalCores;
        parameters.ftype = (int)type;
        parameters.allow_requantize = options.AllowRequantize;
        parameters.pure = options.Pure;
        using var callback = new ProgressCallback(Report);
        if (progress is not null)
        {
            parameters.progress_callback = ProgressCallback.Function;
            parameters.progress_callback_user_data = callback.UserData;
        }
        uint result = NativeMethods.minilm_quantize(input, _unfinished, &parameters);
        string words = NativeFailure.Words;
        _failure = callback.Failure;
        return result == 0
            ? JoinWarnings(words)
            : throw NativeFailure.Load($"libllama could not quantize '{input}' to {type}");
    }

    /// <summary>The library spreads one warning over several lines.</summary>
    private static string[] JoinWarnings(string words)
    {
        List<string> warnings = [];
        foreach (string line in words.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (warnings.Count > 0 && (line[0] == '(' || line.StartsWith("->", StringComparison.Ordinal)))
            {
                warnings[^1] += " " + line;
            }
            else
            {
                warnings.Add(line);
            }
        }
        return [.. warnings];
    }

    private bool Report(float share)
    {
        if (Volatile.Read(ref _fate) != Discarded)
        {
            progress!.Report(share);
        }
        return true;
    }

    private void TryDelete()
    {
        try
        {
            File.Delete(_unfinished);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Windows keeps an open file; the thread deletes it when it has closed it.
        }
    }
}
