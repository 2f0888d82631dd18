using Minilm.Abstractions;
using Minilm.Chat;

namespace Minilm.Engine;

/// <summary>One call from its checks to its result: prompt tokenized, sampler built, turn awaited, loop run.</summary>
internal sealed class PredictCall : IDisposable
{
    private const int DefaultDraftTokens = 8;

    private static readonly CompletionOptions DefaultOptions = new();

    private readonly ModelSession _session;
    private readonly LlamaModelOptions _defaults;
    private readonly CompletionOptions _options;
    private readonly Deadline _deadline;
    private readonly CancellationTokenSource _cancellation;
    private readonly CancellationToken _callerToken;
    private readonly TokenizedPrompt? _tokens;
    private readonly LlamaSampler? _sampler;
    private readonly IReadOnlyList<LlamaAdapterScale> _adapters = [];
    private readonly ModelSession? _draftSession;
    private FinishReason _interruption;
    private TimeSpan _queueTime;

    /// <summary>Prepares a call on a session that the caller has leased; <see cref="Dispose"/> releases it, also when this throws.</summary>
    /// <param name="session">The loaded model.</param>
    /// <param name="defaults">What the host configured.</param>
    /// <param name="time">The clock of the deadline.</param>
    /// <param name="request">What is asked for.</param>
    /// <param name="leaseDraft">Leases the draft model of a name.</param>
    /// <param name="cancellationToken">The caller's.</param>
    /// <exception cref="ArgumentException">The prompt is empty, or an option is out of its range.</exception>
    /// <exception cref="NotSupportedException">The model has no chat template that libllama knows.</exception>
    /// <exception cref="ContextOverflowException">The prompt does not fit into the context window.</exception>
    public PredictCall(ModelSession session, LlamaModelOptions defaults, TimeProvider time, CompletionRequest request, Func<string, ModelSession> leaseDraft, CancellationToken cancellationToken)
    {
        _session = session;
        _defaults = defaults;
        _options = request.Options ?? DefaultOptions;
        _deadline = new Deadline(time, _options.Timeout);
        _callerToken = cancellationToken;
        _cancellation = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, session.Closing);
        try
        {
            OptionsRules.Require(OptionsRules.Validate(_options));
            _adapters = session.Adapters.Find(_options.Adapters);
            _tokens = session.Tokenizer.Tokenize(request);
            if (_tokens.Count > session.ContextSize && _options.Overflow == ContextOverflow.Shift && session.Context.CanShift)
            {
                _tokens.DropMiddle(Math.Min(_options.KeptTokens, session.ContextSize / 2), session.ContextSize);
            }
            if (_tokens.Count > session.ContextSize)
            {
                throw session.Tokenizer.Overflow($"{_tokens.Count}", _tokens.Count);
            }
            if (_tokens.Count == 0)
            {
                throw new ArgumentException("The prompt has no tokens in this model's vocabulary.", nameof(request));
            }
            _draftSession = _options.DraftModel is { } draft ? LeaseDraft(draft, leaseDraft) : null;
            _sampler = SamplerFactory.Create(session.Vocab, _options, SamplingDefaults.Of(defaults, session.RecommendedSampling));
            if (_options.PenalizePrompt)
            {
                _sampler.AcceptHistory(_tokens.Span);
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Waits for the context; false when the deadline passed or the call was cancelled meanwhile.</summary>
    /// <exception cref="InvalidOperationException">This very thread has the turn: it calls from within its text callback.</exception>
    public bool WaitForTurn()
    {
        if (_session.RunningThread == Environment.CurrentManagedThreadId)
        {
            throw new InvalidOperationException("A text callback cannot predict on the model that calls it: it would wait for itself. Predict after the call has returned.");
        }
        try
        {
            return GotTurn(_session.Turn.Wait(_deadline.RemainingMilliseconds, _cancellation.Token));
        }
        catch (OperationCanceledException)
        {
            _interruption = FinishReason.Cancelled;
            return false;
        }
    }

    /// <inheritdoc cref="WaitForTurn"/>
    public async Task<bool> WaitForTurnAsync()
    {
        try
        {
            return GotTurn(await _session.Turn.WaitAsync(_deadline.RemainingMilliseconds, _cancellation.Token).ConfigureAwait(false));
        }
        catch (OperationCanceledException)
        {
            _interruption = FinishReason.Cancelled;
            return false;
        }
    }

    /// <summary>Runs the loop and gives the turn back.</summary>
    /// <exception cref="InferenceException">libllama could not compute.</exception>
    public GenerationResult Run(TextHandler? onText)
    {
        try
        {
            _session.RunningThread = Environment.CurrentManagedThreadId;
            _session.Context.SetAdapters(_adapters);
            ReadOnlySpan<int> prompt = _tokens!.Span;
            using ModelDraft? draft = _draftSession is null ? null : ModelDraft.TryBegin(_draftSession, _deadline, _cancellation.Token);
            int draftTokens = _draftSession is null ? _options.DraftTokens : draft is null ? 0 : _options.DraftTokens > 0 ? _options.DraftTokens : DefaultDraftTokens;
            return _session.Loop.Run(
                new DecodeRequest
                {
                    Prompt = prompt,
                    Sequence = _session.Cache.Take(prompt, _options.CachePrompt),
                    Overflow = _options.Overflow,
                    KeptTokens = _options.KeptTokens,
                    LogProbabilities = _options.LogProbabilities ?? -1,
                    DraftTokens = _session.CanRollBack ? draftTokens : 0,
                    Drafter = draft ?? (IDraft)PromptLookup.Instance,
                    Sampler = _sampler!,
                    MaxTokens = _options.MaxTokens ?? _defaults.MaxTokens ?? LlamaModelOptions.DefaultMaxTokens,
                    StopStrings = _options.StopStrings,
                    Deadline = _deadline,
                    CancellationToken = _cancellation.Token,
                    ContextSize = _session.ContextSize,
                },
                onText);
        }
        finally
        {
            _session.RunningThread = 0;
            _session.Turn.Release();
        }
    }

    /// <summary>Makes the result, or throws where the caller asked for that.</summary>
    /// <param name="run">What the loop gave; null when it never had its turn.</param>
    /// <exception cref="CompletionTimeoutException">The deadline passed.</exception>
    /// <exception cref="OperationCanceledException">The call was cancelled.</exception>
    public Completion Finish(GenerationResult? run)
    {
        GenerationResult result = run ?? new GenerationResult("", _interruption, new DecodeCounters());
        DecodeCounters counters = result.Counters;
        var completion = new Completion(result.Text, result.FinishReason, new CompletionUsage
        {
            PromptTokens = _tokens!.Count,
            CachedTokens = counters.CachedTokens,
            CompletionTokens = counters.CompletionTokens,
            DraftedTokens = counters.DraftedTokens,
            AcceptedTokens = counters.AcceptedTokens,
            QueueTime = _queueTime,
            PromptTime = counters.PromptTime,
            SamplingTime = counters.SamplingTime,
            TimeToFirstToken = counters.TimeToFirstToken,
            TotalTime = _deadline.Elapsed,
        })
        {
            LogProbabilities = counters.LogProbabilitiesOrNull,
        };
        completion = StructuredOutput.WithToolCalls(completion, _options);
        return _options.OnInterruption == InterruptionBehavior.Throw ? Interruptions.ThrowIfInterrupted(completion, _options.Timeout, _callerToken) : completion;
    }

    public void Dispose()
    {
        _sampler?.Dispose();
        _tokens?.Dispose();
        _cancellation.Dispose();
        _draftSession?.Release();
        _session.Release();
    }

    private ModelSession LeaseDraft(string name, Func<string, ModelSession> lease)
    {
        ModelSession session = lease(name);
        string? problem = session == _session ? "is the model that is called; a smaller one guesses faster" : _session.Drafts.FindDifference(session.Vocab);
        if (problem is null)
        {
            return session;
        }
        session.Release();
        throw new ArgumentException($"{nameof(CompletionOptions.DraftModel)} '{name}' {problem}.", nameof(name));
    }

    private bool GotTurn(bool got)
    {
        _queueTime = _deadline.Elapsed;
        _interruption = FinishReason.Timeout;
        return got;
    }
}
