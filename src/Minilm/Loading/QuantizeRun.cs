using Minilm.Abstractions;

namespace Minilm.Loading;

/// <summary>One call of libllama, which cannot be stopped, on a thread of its own, and the file that it writes.</summary>
internal sealed class QuantizeRun(string input, string output, GgmlFileType type, LlamaQuantizeOptions options, IProgress<float>? progress)
{
    private const int Undecided = 0;
    private const int Kept = 1;
    private const int Discarded = 2;

    private readonly AtomicFile _file = AtomicFile.Begin(output);
    private int _fate; // of the file

    /// <summary>Runs to the end, or until the token is cancelled; the thread goes on then.</summary>
    /// <returns>libllama's warnings.</returns>
    /// <exception cref="ModelLoadException">libllama refused the model, or the listener failed.</exception>
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
            if (Interlocked.CompareExchange(ref _fate, Kept, Undecided) == Undecided)
            {
                _file.Commit(options.Overwrite);
            }
            return warnings;
        }
        finally
        {
            TryDelete();
        }
    }

    private string[] Quantize() => JoinWarnings(LlamaFileQuantizer.Quantize(
        input, _file.TemporaryPath, type, options, options.Threads ?? Machine.PhysicalCores, progress is null ? null : Report));

    /// <summary>libllama spreads one warning over several lines.</summary>
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

    private void Report(float share)
    {
        if (Volatile.Read(ref _fate) != Discarded)
        {
            progress!.Report(share);
        }
    }

    private void TryDelete()
    {
        try
        {
            _file.Dispose();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Windows keeps an open file; the thread deletes it when it has closed it.
        }
    }
}
