using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace Minilm.Generation;

/// <summary>Turns a call that pushes text into chunks that a caller pulls.</summary>
internal static class CompletionStream
{
    public static async IAsyncEnumerable<CompletionChunk> Run(
        Func<TextHandler, CancellationToken, Task<Completion>> predict,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var chunks = Channel.CreateUnbounded<string>(new UnboundedChannelOptions { SingleReader = true, SingleWriter = true });
        using var abandoned = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task<Completion> work = Produce();
        try
        {
            await foreach (string text in chunks.Reader.ReadAllAsync(CancellationToken.None).ConfigureAwait(false))
            {
                yield return new CompletionChunk(text);
            }
            Completion completion = await work.ConfigureAwait(false);
            yield return new CompletionChunk("", completion.FinishReason, completion.Usage);
        }
        finally
        {
            await abandoned.CancelAsync().ConfigureAwait(false);
            await ((Task)work).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        async Task<Completion> Produce()
        {
            try
            {
                return await predict(text => chunks.Writer.TryWrite(text.ToString()), abandoned.Token).ConfigureAwait(false);
            }
            finally
            {
                chunks.Writer.Complete();
            }
        }
    }
}
