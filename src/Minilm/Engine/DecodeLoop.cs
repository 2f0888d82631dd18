using System.Diagnostics;

namespace Minilm.Engine;

/// <summary>
/// The one decode loop: prefill in micro-batches, then sample, test for the end, take the piece, decode. Per token it
/// makes these four native calls and allocates nothing. With speculation a decode carries guessed tokens along, and the
/// samples that confirm them cost no decode of their own.
/// </summary>
internal sealed class DecodeLoop(LlamaContext context, LlamaVocab vocab, SequenceCache cache)
{
    private byte[] _piece = new byte[256];

    /// <summary>Runs one request. The sequence holds the prompt and what was generated afterwards, or less when the run was interrupted.</summary>
    /// <exception cref="InferenceException">libllama could not compute.</exception>
    /// <exception cref="ContextOverflowException">The context is full, and the request wants an error then.</exception>
    public GenerationResult Run(in DecodeRequest request, TextHandler? onText)
    {
        context.Arm(request.Deadline.Remaining);
        using CancellationTokenRegistration cancellation =
            request.CancellationToken.UnsafeRegister(static context => ((LlamaContext)context!).Cancel(), context);

        var counters = new DecodeCounters { CachedTokens = request.Sequence.Count };
        long start = Stopwatch.GetTimestamp();
        FinishReason? interrupted = Prefill(request);
        counters.PromptTime = Stopwatch.GetElapsedTime(start);
        return interrupted is { } reason
            ? new GenerationResult("", reason, counters)
            : Generate(request, onText, counters);
    }

    private FinishReason? Prefill(in DecodeRequest request)
    {
        while (request.Sequence.Count < request.Prompt.Length)
        {
            if (Interruption(request) is { } reason)
            {
                return reason;
            }
            int position = request.Sequence.Count;
            int count = Math.Min(context.MicroBatchSize, request.Prompt.Length - position);
            bool last = position + count == request.Prompt.Length;
            if (!Decode(request.Prompt.Slice(position, count), request.Sequence, last ? Logits.Last : Logits.None))
            {
                return InterruptionOfDecode();
            }
        }
        return null;
    }

    private GenerationResult Generate(in DecodeRequest request, TextHandler? onText, DecodeCounters counters)
    {
        using var filter = new StopStringFilter(request.StopStrings);
        using var text = new TextAssembler(onText);
        Span<int> batch = stackalloc int[1 + DecodeRequest.MostDraftTokens];
        int drafted = 0; // tokens behind the first of the batch, which are guesses
        int row = -1; // where the logits of the next sample are: −1 is the last row
        int verified = 0; // guesses that turned out right
        int daring = request.DraftTokens; // how many tokens the next guess may have: what wrong ones cost is a decode of them
        FinishReason finish;
        while (true)
        {
            long start = Stopwatch.GetTimestamp();
            int token = request.Sampler.SampleUnchecked(context, row);
            counters.SamplingTime += Stopwatch.GetElapsedTime(start);
            if (token == LlamaSampler.ExcludedAll || (token >= 0 && vocab.IsEndOfGeneration(token)))
            {
                text.Append(filter.Flush()); // held back for a stop string that cannot come any more
                finish = FinishReason.Stop;
                break;
            }
            if (token < 0)
            {
                throw LlamaSampler.SamplingFailed(token, row);
            }

            counters.TimeToFirstToken ??= request.Deadline.Elapsed;
            counters.CompletionTokens++;
            if (request.LogProbabilities >= 0)
            {
                counters.LogProbabilities.Add(TokenProbabilities.Describe(context.GetLogits(row), token, request.LogProbabilities, vocab));
            }
            text.Append(filter.Push(Piece(token), out bool stopped));
            if (stopped)
            {
                finish = FinishReason.Stop;
                break;
            }
            if (counters.CompletionTokens == request.MaxTokens)
            {
                finish = FinishReason.Length;
                break;
            }
            if (verified < drafted && batch[1 + verified] == token)
            {
                row = ++verified; // its logits are there already
                counters.AcceptedTokens++;
                continue;
            }
            if (drafted > 0)
            {
                daring = verified == drafted ? Math.Min(2 * (daring + 1), request.DraftTokens) : Math.Min(verified + 1, daring);
                Rollback(request.Sequence, drafted - verified);
                drafted = verified = 0; // taken back: the end of the loop must not do it again
            }
            if (Interruption(request) is { } reason)
            {
                finish = reason;
                break;
            }
            if (request.Sequence.Count == request.ContextSize && !MakeRoom(request))
            {
                finish = FinishReason.Length;
                break;
            }
            batch[0] = token;
            drafted = request.DraftTokens == 0 ? 0 : Draft(request, batch, daring, counters.CompletionTokens);
            counters.DraftedTokens += drafted;
            verified = 0;
            row = drafted > 0 ? 0 : -1;
            if (!Decode(batch[..(1 + drafted)], request.Sequence, drafted > 0 ? Logits.All : Logits.Last))
            {
                drafted = 0;
                finish = InterruptionOfDecode();
                break;
            }
        }
        Rollback(request.Sequence, drafted - verified); // what was guessed and not said is no part of the conversation
        return new GenerationResult(text.ToString(), finish, counters);
    }

    private static int Draft(in DecodeRequest request, Span<int> batch, int daring, int completed)
    {
        int room = Math.Min(daring, Math.Min(request.MaxTokens - completed - 1, request.ContextSize - request.Sequence.Count - 1));
        if (room <= 0)
        {
            return 0;
        }
        CachedSequence sequence = request.Sequence;
        sequence.Append(batch[..1]);
        int drafted = request.Drafter.Draft(sequence.Tokens, batch.Slice(1, room));
        sequence.Truncate(sequence.Count - 1);
        return drafted;
    }

    private void Rollback(CachedSequence sequence, int count)
    {
        if (count == 0)
        {
            return;
        }
        sequence.Truncate(sequence.Count - count);
        context.RemoveTokens(sequence.Id, sequence.Count);
    }

    /// <summary>Does what the request wants when the context is full; false ends the generation.</summary>
    private bool MakeRoom(in DecodeRequest request)
    {
        switch (request.Overflow)
        {
            case ContextOverflow.Error:
                throw new ContextOverflowException($"The context window of {request.ContextSize} tokens is full after {request.Prompt.Length} tokens of the prompt and {request.Sequence.Count - request.Prompt.Length} of the completion.", request.Sequence.Count, request.ContextSize);
            case ContextOverflow.Shift when context.CanShift:
                int kept = Math.Min(request.KeptTokens, request.ContextSize / 2);
                int dropped = Math.Max((request.Sequence.Count - kept) / 2, 1);
                while (cache.Evict(keep: request.Sequence))
                {
                    // a shift would move the cells that others share
                }
                context.ShiftTokens(request.Sequence.Id, kept, dropped);
                request.Sequence.Remove(kept, dropped);
                return true;
            default:
                return false;
        }
    }

    /// <summary>Decodes behind what the sequence holds; false when it was aborted, with the memory as it was before.</summary>
    private bool Decode(ReadOnlySpan<int> tokens, CachedSequence sequence, Logits logits)
    {
        int position = sequence.Count;
        int code = context.DecodeUnchecked(tokens, position, sequence.Id, logits);
        while (code == LlamaContext.NoRoom && cache.Evict(keep: sequence))
        {
            code = context.DecodeUnchecked(tokens, position, sequence.Id, logits);
        }
        if (code == 0)
        {
            sequence.Append(tokens);
            return true;
        }
        InferenceException? failure = code == LlamaContext.Aborted ? null : LlamaContext.DecodeFailed(code, tokens.Length); // with libllama's words, before the next call forgets them
        if (!context.RemoveTokens(sequence.Id, position))
        {
            context.RemoveTokens(sequence.Id);
            sequence.Truncate(0);
        }
        return failure is null ? false : throw failure;
    }

    private ReadOnlySpan<byte> Piece(int token)
    {
        int length = vocab.GetPiece(token, _piece, special: false);
        if (length < 0)
        {
            _piece = new byte[-length];
            length = vocab.GetPiece(token, _piece, special: false);
        }
        return _piece.AsSpan(0, length);
    }

    private static FinishReason? Interruption(in DecodeRequest request) =>
        request.CancellationToken.IsCancellationRequested ? FinishReason.Cancelled
        : request.Deadline.HasPassed ? FinishReason.Timeout
        : null;

    private FinishReason InterruptionOfDecode() =>
        context.State == LlamaContext.AbortState.Timeout ? FinishReason.Timeout : FinishReason.Cancelled;
}
