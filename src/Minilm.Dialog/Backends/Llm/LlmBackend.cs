using System.Globalization;
using Microsoft.Extensions.Logging;
using Minilm.Dialog.Cards;
using Minilm.Dialog.Prompting;
using Minilm.Dialog.Replies;
using Minilm.Dialog.Text;

namespace Minilm.Dialog.Backends.Llm;

/// <summary>Answers with a language model: the backend <c>llm</c>.</summary>
public sealed class LlmBackend : IDialogBackend
{
    private const double Confidence = 0.8;
    private const double MemoryImportance = 0.7;
    private const double LearningValue = 0.6;
    private const double FallbackConfidence = 0.3;
    private const int MaxPersonalityLines = 3;

    private readonly LlmBackendConfig _config;
    private readonly CharacterCard _card;
    private readonly SharedModel _model;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly SemaphoreSlim _slots;
    private readonly string[] _animations;
    private readonly int? _seed;
    private int _calls;

    /// <summary>Creates the backend of one character.</summary>
    /// <param name="config">The settings.</param>
    /// <param name="model">The model, which may be shared. It is loaded by the first dialog, or by <see cref="PrepareAsync"/>.</param>
    /// <param name="setting">The character, the clock and the logger factory.</param>
    public LlmBackend(LlmBackendConfig config, SharedModel model, DialogBackendSetting setting)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(setting);
        _config = config;
        _model = model;
        _card = setting.Card;
        _seed = setting.Seed;
        _animations = [.. setting.Card.Animations.Keys];
        _time = setting.TimeProvider;
        _logger = setting.LoggerFactory.CreateLogger<LlmBackend>();
        _slots = new SemaphoreSlim(config.ConcurrentRequests);
    }

    /// <summary>Gets the settings.</summary>
    public LlmBackendConfig Config => _config;

    /// <summary>Gets the model.</summary>
    public SharedModel Model => _model;

    /// <inheritdoc/>
    public TimeSpan? HealthCheckInterval => TimeSpan.FromSeconds(_config.HealthCheckInterval);

    /// <inheritdoc/>
    public int MaxHistoryLength => _config.MaxHistoryLength;

    /// <inheritdoc/>
    public bool CanHandle(DialogContext context) => _config.Enabled;

    /// <inheritdoc/>
    public Task PrepareAsync(CancellationToken cancellationToken) => _config.Enabled ? _model.GetAsync(cancellationToken) : Task.CompletedTask;

    /// <inheritdoc/>
    public async ValueTask<DialogResponse> RespondAsync(DialogRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        try
        {
            return await AnswerAsync(request, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (_config.FallbackEnabled && e is not (OperationCanceledException or DialogBackendNotReadyException))
        {
            return Fallback(request.Context, e.Message);
        }
    }

    /// <summary>Does nothing: the model belongs to its pool.</summary>
    public void Dispose()
    {
        // The semaphore is not disposed: whoever waits for a slot would wait forever, and without a wait handle it holds nothing.
    }

    private async Task<DialogResponse> AnswerAsync(DialogRequest request, CancellationToken cancellationToken)
    {
        long start = _time.GetTimestamp();
        ILanguageModel model = await GetModelAsync(request.Budget, cancellationToken).ConfigureAwait(false);
        TimeLimit limit = new TimeLimit("the share of responseTimeout", request.Budget).Or("timeoutMs", _config.TimeoutMs, _time.GetElapsedTime(start));
        if (!await _slots.WaitAsync(limit.Remaining(_time.GetElapsedTime(start)) ?? Timeout.InfiniteTimeSpan, cancellationToken).ConfigureAwait(false))
        {
            throw new DialogException($"{limit.Name} of {limit.Milliseconds} ms passed while {_config.ConcurrentRequests} other dialogs of {_card.Name} were using the model (concurrentRequests)");
        }
        try
        {
            limit = limit.Or("maxGenerationTime", _config.MaxGenerationTime, _time.GetElapsedTime(start));
            TimeSpan? left = limit.Remaining(_time.GetElapsedTime(start));
            (Completion completion, string? prompt) = await CompleteAsync(model, request, left, cancellationToken).ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
            return Describe(request.Context, model, completion, prompt, limit);
        }
        finally
        {
            _slots.Release();
        }
    }

    private async Task<ILanguageModel> GetModelAsync(TimeSpan? budget, CancellationToken cancellationToken)
    {
        Task<ILanguageModel> loading = _model.GetAsync(cancellationToken);
        if (loading.IsCompleted || budget is not { } time)
        {
            return await loading.ConfigureAwait(false);
        }
        try
        {
            return await loading.WaitAsync(time, _time, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException e) when (!loading.IsCompleted)
        {
            throw new DialogBackendNotReadyException($"model '{_model.Path}' is still loading; prepare the manager before the first dialog", e);
        }
    }

    /// <returns>The completion, and the text prompt, which a model without a chat template may repeat.</returns>
    private async Task<(Completion Completion, string? Prompt)> CompleteAsync(ILanguageModel model, DialogRequest request, TimeSpan? left, CancellationToken cancellationToken)
    {
        PromptInput input = Describe(request);
        int window = model.ContextSize;
        int budget = Math.Max(window - _config.MaxTokens, window / 2);
        var options = new CompletionOptions
        {
            MaxTokens = _config.MaxTokens,
            Temperature = _config.Temperature,
            TopP = _config.TopP,
            TopK = _config.TopK,
            RepeatPenalty = _config.RepeatPenalty,
            Seed = _seed is { } seed ? unchecked((uint)(seed + Interlocked.Increment(ref _calls))) : null,
            Timeout = left is { } time && time <= TimeSpan.Zero ? TimeSpan.FromMilliseconds(1) : left,
            OnInterruption = InterruptionBehavior.ReturnPartial,
        };
        if (model.GetModelInfo().HasChatTemplate)
        {
            IReadOnlyList<ChatMessage> messages = PromptBuilder.BuildMessages(input, model.CountTokens, budget);
            LogPrompt(messages);
            return (await model.PredictChatAsync(messages, options, request.OnText, cancellationToken).ConfigureAwait(false), null);
        }
        string prompt = PromptBuilder.BuildText(input, model.CountTokens, budget);
        LogPrompt(prompt);
        return (await model.PredictAsync(prompt, options, request.OnText, cancellationToken).ConfigureAwait(false), prompt);
    }

    private PromptInput Describe(DialogRequest request) => new()
    {
        CharacterName = _card.Name,
        Description = _card.Description,
        SystemPrompt = _config.SystemPrompt,
        PersonalityLines = [.. (_config.MarkovChain?.TrainingData ?? []).Take(MaxPersonalityLines)],
        Traits = request.Context.Traits ?? _card.Traits,
        PersonalityWeight = _config.PersonalityWeight,
        MoodInfluence = _config.MoodInfluence,
        Context = request.Context,
        History = request.History,
        MaxHistoryLength = _config.MaxHistoryLength,
        Now = _time.GetLocalNow(),
    };

    private DialogResponse Describe(DialogContext context, ILanguageModel model, Completion completion, string? prompt, TimeLimit limit)
    {
        CompletionUsage usage = completion.Usage;
        string text = ReplyCleaner.Clean(completion.Text, new ReplyCleaning { CharacterName = _card.Name, UserName = context.UserName, Prompt = prompt });
        if (completion.FinishReason is FinishReason.Timeout or FinishReason.Length)
        {
            text = ReplyCleaner.TrimToSentence(text) ?? (completion.FinishReason == FinishReason.Length ? text : "");
        }
        if (!ReplyQuality.IsReadable(text))
        {
            throw new DialogException(completion.FinishReason switch
            {
                FinishReason.Timeout => $"{limit.Name} of {limit.Milliseconds} ms passed after {usage.CompletionTokens} tokens, before the first sentence ended",
                FinishReason.Cancelled => "the model was freed",
                _ => $"the model produced no usable text (finish reason {completion.FinishReason.ToString().ToLowerInvariant()}, {usage.CompletionTokens} tokens)",
            });
        }
        if (_config.Debug)
        {
            _logger.LogInformation("{Character} says '{Reply}' ({FinishReason})", _card.Name, text, completion.FinishReason);
        }
        return ReplyAnalysis.Describe(text, _animations) with
        {
            Confidence = Confidence,
            MemoryImportance = MemoryImportance,
            LearningValue = LearningValue,
            ModelBackend = model.GetModelInfo().Backend,
            Completion = completion,
        };
    }

    private DialogResponse Fallback(DialogContext context, string reason)
    {
        return new DialogResponse
        {
            Text = FallbackLines.Pick(Interlocked.Increment(ref _calls), context.FallbackResponses, _config.FallbackPhrases, _config.MarkovChain?.FallbackPhrases),
            Type = DialogResponse.FallbackType,
            Confidence = FallbackConfidence,
            FallbackReason = reason,
        };
    }

    private void LogPrompt(string prompt)
    {
        if (_config.Debug)
        {
            _logger.LogInformation("Prompt of {Character}:\n{Prompt}", _card.Name, prompt);
        }
    }

    private void LogPrompt(IReadOnlyList<ChatMessage> messages)
    {
        if (_config.Debug)
        {
            LogPrompt(string.Join('\n', messages.Select(message => $"[{message.Role}] {message.Content}")));
        }
    }

    /// <summary>The time limit that ends a reply first, with its name for messages.</summary>
    /// <param name="Name">The card's key.</param>
    /// <param name="Length">The length; null is unlimited.</param>
    /// <param name="Start">When it starts, counted from the start of the dialog.</param>
    private readonly record struct TimeLimit(string Name, TimeSpan? Length, TimeSpan Start = default)
    {
        public string Milliseconds => Length?.TotalMilliseconds.ToString("0", CultureInfo.InvariantCulture) ?? "unlimited";

        public TimeSpan? Remaining(TimeSpan elapsed) =>
            Length is not { } length ? null : Start + length > elapsed ? Start + length - elapsed : TimeSpan.Zero;

        /// <summary>Takes another limit, which starts now, if that ends first.</summary>
        public TimeLimit Or(string name, int milliseconds, TimeSpan elapsed) =>
            milliseconds > 0 && (Length is null || Remaining(elapsed) > TimeSpan.FromMilliseconds(milliseconds)) ? new TimeLimit(name, TimeSpan.FromMilliseconds(milliseconds), elapsed) : this;
    }
}
