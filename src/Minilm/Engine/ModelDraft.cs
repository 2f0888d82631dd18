using Minilm.Abstractions;

namespace Minilm.Engine;

/// <summary>
/// Guesses with a smaller model of the same vocabulary. Takes the turn on that model's context for as long as a call
/// runs; where somebody else has it, the call goes on without guesses: two calls that waited for each other's models
/// would wait for ever.
/// </summary>
internal sealed class ModelDraft : IDraft, IDisposable
{
    private readonly ModelSession _session;
    private readonly LlamaSampler _sampler;
    private readonly CancellationTokenRegistration _cancellation;

    private ModelDraft(ModelSession session, Deadline deadline, CancellationToken cancellationToken)
    {
        _session = session;
        session.RunningThread = Environment.CurrentManagedThreadId; // a text callback that predicts on it would wait for itself
        _sampler = new LlamaSampler(session.Vocab).AddGreedy();
        session.Context.SetAdapters();
        session.Context.Arm(deadline.Remaining);
        _cancellation = cancellationToken.UnsafeRegister(static context => ((LlamaContext)context!).Cancel(), session.Context);
    }

    /// <summary>Takes the turn; null when it is not free, or when the model cannot take tokens back.</summary>
    public static ModelDraft? TryBegin(ModelSession session, Deadline deadline, CancellationToken cancellationToken)
    {
        if (!session.CanRollBack || !session.Turn.Wait(0, CancellationToken.None))
        {
            return null;
        }
        try
        {
            return new ModelDraft(session, deadline, cancellationToken);
        }
        catch
        {
            session.RunningThread = 0;
            session.Turn.Release();
            throw;
        }
    }

    public int Draft(ReadOnlySpan<int> seen, Span<int> draft)
    {
        int room = Math.Min(draft.Length, _session.ContextSize - seen.Length + 1);
        if (room <= 0)
        {
            return 0;
        }
        CachedSequence sequence = _session.Cache.Take(seen, reuse: true);
        while (sequence.Count < seen.Length)
        {
            int count = Math.Min(_session.Context.MicroBatchSize, seen.Length - sequence.Count);
            if (!Decode(sequence, seen.Slice(sequence.Count, count), last: sequence.Count + count == seen.Length))
            {
                return 0;
            }
        }
        for (int drafted = 0; drafted < room; drafted++)
        {
            int token = _sampler.SampleUnchecked(_session.Context, -1);
            if (token < 0 || _session.Vocab.IsEndOfGeneration(token))
            {
                return drafted;
            }
            draft[drafted] = token;
            if (drafted + 1 < room && !Decode(sequence, draft.Slice(drafted, 1), last: true))
            {
                return drafted + 1;
            }
        }
        return room;
    }

    public void Dispose()
    {
        _cancellation.Dispose();
        _sampler.Dispose();
        _session.RunningThread = 0;
        _session.Turn.Release();
    }

    private bool Decode(CachedSequence sequence, ReadOnlySpan<int> tokens, bool last)
    {
        if (_session.Context.DecodeUnchecked(tokens, sequence.Count, sequence.Id, last ? Logits.Last : Logits.None) != 0)
        {
            _session.Cache.Trim(sequence, 0); // interrupted or without room: begun anew next time
            return false;
        }
        sequence.Append(tokens);
        return true;
    }
}
