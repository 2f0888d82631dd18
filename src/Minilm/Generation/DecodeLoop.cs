namespace Minilm.Generation;

/// <summary>What one run of the decode loop is given. Tokens and options are valid: they were checked at the door.</summary>
internal readonly ref struct DecodeRequest
{
    /// <summary>Gets the prompt, at least one token.</summary>
    public required ReadOnlySpan<int> Prompt { get; init; }

    public required LlamaSampler Sampler { get; init; }

    public required int MaxTokens { get; init; }

    public required IReadOnlyList<string> StopStrings { get; init; }

    public required Deadline Deadline { get; init; }

    public CancellationToken CancellationToken { get; init; }

    /// <summary>Gets the sequence, which holds nothing yet.</summary>
    public int Sequence { get; init; }

    /// <summary>Gets the tokens that the sequence may hold.</summary>
    public required int ContextSize { get; init; }
}

/// <summary>What a run gave.</summary>
internal readonly record struct DecodeResult(string Text, FinishReason FinishReason, int CompletionTokens, TimeSpan? TimeToFirstToken);

/// <summary>
/// The one decode loop: prefill in micro-batches, then sample, test for the end, take the piece, decode. Per token it
/// makes these four native calls and allocates nothing.
/// </summary>
internal sealed class DecodeLoop(LlamaContext context, LlamaVocab vocab)
{
    private const int Aborted = 2;

    private byte[] _piece = new byte[256];

    /// <summary>Runs one request. The sequence holds the prompt and what was generated afterwards, or less when the run was interrupted.</summary>
    /// <exception cref="InferenceException">The library could not compute.</exception>
    public DecodeResult Run(in DecodeRequest request, TextHandler? onText)
    {
        context.Arm(request.Deadline.Remaining);
        using CancellationTokenRegistration cancellation =
            request.CancellationToken.UnsafeRegister(static context => ((LlamaContext)context!).Cancel(), context);

        FinishReason? interrupted = Prefill(request);
        return interrupted is { } reason ? new DecodeResult("", reason, 0, null) : Generate(request, onText);
    }

    private FinishReason? Prefill(in DecodeRequest request)
    {
        for (int position = 0; position < request.Prompt.Length;)
        {
            if (Interruption(request) is { } reason)
            {
                return reason;
            }
            int count = Math.Min(context.MicroBatchSize, request.Prompt.Length - position);
            bool last = position + count == request.Prompt.Length;
            if (!Decode(request.Prompt.Slice(position, count), position, request.Sequence, last))
            {
                return InterruptionOfDecode();
            }
            position += count;
        }
        return null;
    }

    private DecodeResult Generate(in DecodeRequest request, TextHandler? onText)
    {
        using var filter = new StopStringFilter(request.StopStrings);
        using var text = new TextAssembler(onText);
        TimeSpan? first = null;
        int count = 0;
        FinishReason finish;
        while (true)
        {
            int token = request.Sampler.SampleUnchecked(context, -1);
            if (token == LlamaSampler.ExcludedAll || (token >= 0 && vocab.IsEndOfGeneration(token)))
            {
                text.Append(filter.Flush()); // held back for a stop string that cannot come any more
                finish = FinishReason.Stop;
                break;
            }
            if (token < 0)
            {
                throw LlamaSampler.SamplingFailed(token, -1);
            }

            first ??= request.Deadline.Elapsed;
            count++;
            text.Append(filter.Push(Piece(token), out bool stopped));
            if (stopped)
            {
                finish = FinishReason.Stop;
                break;
            }
            int position = request.Prompt.Length + count - 1;
            if (count == request.MaxTokens || position == request.ContextSize)
            {
                finish = FinishReason.Length;
                break;
            }
            if (Interruption(request) is { } reason)
            {
                finish = reason;
                break;
            }
            if (!Decode(new ReadOnlySpan<int>(in token), position, request.Sequence, lastLogits: true))
            {
                finish = InterruptionOfDecode();
                break;
            }
        }
        return new DecodeResult(text.ToString(), finish, count, first);
    }

    /// <summary>Decodes; false when it was aborted, with the memory trimmed back to the position.</summary>
    private bool Decode(ReadOnlySpan<int> tokens, int position, int sequence, bool lastLogits)
    {
        int code = context.DecodeUnchecked(tokens, position, sequence, lastLogits);
        if (code == 0)
        {
            return true;
        }
        if (!context.RemoveTokens(sequence, position))
        {
            context.RemoveTokens(sequence);
        }
        return code == Aborted ? false : throw new InferenceException(
            $"llama_decode failed with code {code} on {tokens.Length} tokens at position {position}: {Interop.NativeMethods.minilm_last_error()}");
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
