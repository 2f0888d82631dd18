using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace Minilm.Engine;

/// <summary>Turns a completion that pushes text into chunks that a caller pulls.</summary>
internal static class CompletionStream
{
    public static async IAsyncEnumerable<CompletionChunk> Run(ILanguageModel model, CompletionRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
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
            Completion completion = await Result().ConfigureAwait(false);
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
                return await model.CompleteAsync(request with { OnText = Write }, abandoned.Token).ConfigureAwait(false);
            }
            finally
            {
                chunks.Writer.Complete();
            }
        }

        void Write(ReadOnlySpan<char> text)
        {
            request.OnText?.Invoke(text);
            chunks.Writer.TryWrite(text.ToString());
        }

        async Task<Completion> Result()
        {
            try
            {
                return await work.ConfigureAwait(false);
            }
            catch (OperationCanceledException e) when (cancellationToken.IsCancellationRequested)
            {
                throw new OperationCanceledException(e.Message, e, cancellationToken); // the caller's token, not the linked one
            }
        }
    }
}
