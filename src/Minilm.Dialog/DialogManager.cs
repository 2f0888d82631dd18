using System.Text.Json;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Minilm.Dialog.Backends;
using Minilm.Dialog.Backends.Llm;
using Minilm.Dialog.Cards;
using Minilm.Dialog.History;

namespace Minilm.Dialog;

/// <summary>
/// Answers for one character: asks its default backend first, whose response must reach the card's confidence threshold,
/// then the backends of its fallback chain in order, and uses a fallback line when none answers. Always within the card's
/// <c>responseTimeout</c>. Thread-safe: any number of conversations may run at once.
/// </summary>
public sealed class DialogManager : IDisposable
{
    private static readonly TimeSpan DefaultHealthCheckInterval = TimeSpan.FromMinutes(1);
    private static readonly JsonElement NoSettings = JsonDocument.Parse("{}").RootElement;

    private readonly CharacterCard _card;
    private readonly DialogBackendConfig? _config;
    private readonly List<ChainEntry> _chain;
    private readonly DialogBudget _budget;
    private readonly ConversationHistory _history;
    private readonly LanguageModelPool? _ownModels;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _closing = new();
    private int _fallbacks;
    private int _disposed;

    /// <summary>Creates the backends that a card names. No model is loaded yet.</summary>
    /// <param name="card">The character. Without backends, or with backends disabled, it answers with its own lines.</param>
    /// <param name="options">The options; null uses the defaults.</param>
    /// <exception cref="DialogException">The card names a backend that is not registered.</exception>
    /// <exception cref="CardException">The settings of a backend are not valid.</exception>
    public DialogManager(CharacterCard card, DialogManagerOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(card);
        options ??= new DialogManagerOptions();
        _card = card;
        _config = card.DialogBackend is { Enabled: true } config ? config : null;
        _time = options.TimeProvider ?? TimeProvider.System;
        ILoggerFactory loggers = options.LoggerFactory ?? NullLoggerFactory.Instance;
        _logger = loggers.CreateLogger<DialogManager>();
        _ownModels = options.Models is null ? new LanguageModelPool(loggerFactory: loggers, timeProvider: _time) : null;
        try
        {
            DialogBackendRegistry registry = options.Registry ?? BuiltInBackends.CreateRegistry(options.Models ?? _ownModels!);
            _chain = CreateChain(registry, options, loggers);
        }
        catch
        {
            _ownModels?.Dispose();
            throw;
        }
        foreach (string remark in card.Remarks)
        {
            _logger.LogWarning("Card of {Character}: {Remark}", card.Name, remark);
        }
        _budget = new DialogBudget(_config?.ResponseTimeout ?? 0, _chain.Count, _time);
        _history = new ConversationHistory(options.History ?? DefaultHistory(), _time);
    }

    /// <summary>Gets the character.</summary>
    public CharacterCard Card => _card;

    /// <summary>Gets the health of the backends, in the order in which they are asked.</summary>
    public IReadOnlyList<BackendStatus> Backends => [.. _chain.Select(entry => entry.Health.Status)];

    /// <summary>Gets the history of the conversations.</summary>
    public ConversationHistory History => _history;

    /// <summary>Prepares the backends ahead of the first dialog, for instance by loading the model.</summary>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>A task that completes when every backend is ready or has failed to prepare. Failures show in <see cref="Backends"/>; the next dialog tries again.</returns>
    public async Task PrepareAsync(CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_disposed != 0, this);
        foreach (ChainEntry entry in _chain)
        {
            try
            {
                await entry.Backend.PrepareAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (Exception e) when (!cancellationToken.IsCancellationRequested)
            {
                entry.Health.RecordFailure(e.Message);
                _logger.LogWarning(e, "Backend '{Backend}' of {Character} could not be prepared: {Reason}", entry.Name, _card.Name, e.Message);
            }
        }
    }

    /// <summary>Produces a response. There always is one, whatever happens to the backends.</summary>
    /// <param name="context">The turn to answer.</param>
    /// <param name="onText">Receives the raw text of a language model as it is generated, before it is cleaned and evaluated; null ignores it. May be called on any thread; not called any more once the backend was abandoned.</param>
    /// <param name="cancellationToken">Cancels the dialog.</param>
    /// <returns>The response, with the backend that gave it and what became of the others.</returns>
    /// <exception cref="ArgumentException">The trigger is empty.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    /// <exception cref="ObjectDisposedException">The manager was disposed before or during the call.</exception>
    public async ValueTask<DialogResponse> RespondAsync(DialogContext context, TextHandler? onText = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentException.ThrowIfNullOrEmpty(context.Trigger, nameof(context));
        ObjectDisposedException.ThrowIf(_disposed != 0, this);
        cancellationToken.ThrowIfCancellationRequested();
        long start = _time.GetTimestamp();
        var attempts = new List<DialogAttempt>(_chain.Count);
        IReadOnlyList<DialogExchange> history = _config is { MemoryEnabled: true } ? _history.Get(context.ConversationId) : [];
        for (int i = 0; i < _chain.Count; i++)
        {
            DialogRequest request = new() { Context = context, History = history, OnText = onText, Budget = _budget.For(i, start) };
            (DialogResponse? response, DialogAttempt attempt) = await AskAsync(_chain[i], request, cancellationToken).ConfigureAwait(false);
            attempts.Add(attempt);
            if (response is not null)
            {
                return Finish(context, response with { Backend = _chain[i].Name }, attempts, start);
            }
        }
        return Finish(context, Fallback(context), attempts, start);
    }

    /// <summary>Reports the user's feedback on the last response of a conversation. The backend that gave it learns from it if the card enables learning.</summary>
    /// <param name="conversationId">The conversation.</param>
    /// <param name="feedback">The feedback.</param>
    /// <returns>False when there is no response that the feedback could refer to.</returns>
    /// <exception cref="ObjectDisposedException">The manager was disposed.</exception>
    public bool GiveFeedback(string conversationId, DialogFeedback feedback)
    {
        ArgumentNullException.ThrowIfNull(feedback);
        ObjectDisposedException.ThrowIf(_disposed != 0, this);
        if (_history.GiveFeedback(conversationId, feedback) is not { } exchange)
        {
            return false;
        }
        if (_config is { LearningEnabled: true } && _chain.FirstOrDefault(entry => entry.Name == exchange.Backend) is { } entry)
        {
            entry.Backend.Learn(exchange, feedback);
        }
        return true;
    }

    /// <summary>Cancels running dialogs and disposes the backends, and the models if the manager created them.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }
        _ = _closing.CancelAsync(); // not awaited: callbacks of running dialogs may take any time
        try
        {
            _chain.ForEach(entry => entry.Backend.Dispose());
        }
        finally
        {
            _history.Dispose();
            _ownModels?.Dispose();
        }
    }

    private async ValueTask<(DialogResponse? Response, DialogAttempt Attempt)> AskAsync(ChainEntry entry, DialogRequest request, CancellationToken cancellationToken)
    {
        using CancellationTokenSource? linked = cancellationToken.CanBeCanceled ? CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _closing.Token) : null;
        try
        {
            return await entry.AskAsync(request, _budget.Grace, linked?.Token ?? _closing.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested && _disposed != 0)
        {
            throw new ObjectDisposedException(nameof(DialogManager), $"The dialog with {_card.Name} was ended because its manager was disposed.");
        }
        catch (OperationCanceledException e) when (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException(e.Message, e, cancellationToken); // with the caller's own token
        }
    }

    private List<ChainEntry> CreateChain(DialogBackendRegistry registry, DialogManagerOptions options, ILoggerFactory loggers)
    {
        string[] names = _config is null ? [BuiltInBackends.SimpleRandom] : [.. new[] { _config.DefaultBackend }.Concat(_config.FallbackChain).Distinct(StringComparer.Ordinal)];
        if (Array.Find(names, name => !registry.Contains(name)) is { } unknown)
        {
            throw new DialogException($"backend '{unknown}' not registered (card of {_card.Name}, $.dialogBackend); registered backends: {string.Join(", ", registry.Names)}");
        }
        List<ChainEntry> entries = [];
        try
        {
            foreach (string name in names)
            {
                bool isDefault = entries.Count == 0;
                IDialogBackend backend = registry.Create(name, new DialogBackendSetting
                {
                    Card = _card,
                    Settings = _config is not null && _config.Backends.TryGetValue(name, out JsonElement settings) ? settings : NoSettings,
                    SettingsPath = $"$.dialogBackend.backends.{name}",
                    Seed = options.Seed,
                    LoggerFactory = loggers,
                    TimeProvider = _time,
                });
                TimeSpan interval = options.HealthCheckInterval ?? backend.HealthCheckInterval ?? DefaultHealthCheckInterval;
                var health = new BackendHealth(name, options.FailuresBeforeOutOfService, interval, _time);
                entries.Add(new ChainEntry(name, backend, isDefault ? _config?.ConfidenceThreshold ?? 0 : 0, health, _time));
            }
            return entries;
        }
        catch (Exception e)
        {
            entries.ForEach(entry => entry.Backend.Dispose());
            if (e is CardException error)
            {
                throw _card.Locate(error);
            }
            throw;
        }
    }

    private ConversationHistoryOptions DefaultHistory()
    {
        var defaults = new ConversationHistoryOptions();
        int needed = _chain.Max(entry => entry.Backend.MaxHistoryLength);
        return defaults with { MaxExchanges = Math.Max(needed, defaults.MaxExchanges) };
    }

    private DialogResponse Finish(DialogContext context, DialogResponse response, List<DialogAttempt> attempts, long start)
    {
        DialogResponse result = response with { Attempts = attempts, Elapsed = _time.GetElapsedTime(start) };
        if (result.IsFallback)
        {
            _history.CloseFeedback(context.ConversationId);
        }
        else
        {
            _history.Add(context.ConversationId, new DialogExchange
            {
                Trigger = context.Trigger,
                UserText = context.UserText,
                Reply = result.Text,
                Backend = result.Backend,
                At = _time.GetUtcNow(),
            });
        }
        Log(context, result);
        return result;
    }

    private DialogResponse Fallback(DialogContext context)
    {
        string animation = context.FallbackAnimation ?? _card.AnimationFor(context.Trigger) ?? DialogResponse.DefaultAnimation;
        return new DialogResponse
        {
            Text = FallbackLines.Pick(Interlocked.Increment(ref _fallbacks) - 1, context.FallbackResponses, _card.LinesFor(context.Trigger)),
            Animation = animation,
            Type = DialogResponse.FallbackType,
            Confidence = 0.1,
            Backend = DialogResponse.FallbackBackend,
        };
    }

    private void Log(DialogContext context, DialogResponse response)
    {
        if (_config is { DebugMode: true })
        {
            _logger.LogInformation(
                "{Character}, trigger '{Trigger}': {Backend} answered with confidence {Confidence} after {Milliseconds} ms: '{Text}'. {Attempts}",
                _card.Name,
                context.Trigger,
                response.Backend,
                response.Confidence,
                response.Elapsed.TotalMilliseconds,
                response.Text,
                string.Join("; ", response.Attempts));
        }
        else if (response.Backend == DialogResponse.FallbackBackend)
        {
            _logger.LogWarning("{Character} used a fallback line for trigger '{Trigger}': {Attempts}", _card.Name, context.Trigger, string.Join("; ", response.Attempts));
        }
    }
}
