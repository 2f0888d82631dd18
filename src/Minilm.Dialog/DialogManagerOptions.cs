using Microsoft.Extensions.Logging;
using Minilm.Dialog.Backends;
using Minilm.Dialog.Backends.Llm;
using Minilm.Dialog.History;

namespace Minilm.Dialog;

/// <summary>Configures a <see cref="DialogManager"/>. Everything has a default.</summary>
public sealed record DialogManagerOptions
{
    /// <summary>Gets the language models of the host, shared with other characters and disposed by the host; null makes models of the manager's own.</summary>
    public LanguageModelPool? Models { get; init; }

    /// <summary>Gets the backends that cards may name; null knows those that are built in.</summary>
    public DialogBackendRegistry? Registry { get; init; }

    /// <summary>Gets how much is remembered; null takes the defaults, or what the card's <c>maxHistoryLength</c> asks for if that is more.</summary>
    public ConversationHistoryOptions? History { get; init; }

    /// <summary>Gets the seed of random choices; null takes a new one.</summary>
    public int? Seed { get; init; }

    /// <summary>Gets how often in a row a backend may fail before it is not asked for a while.</summary>
    public int FailuresBeforeOutOfService { get; init; } = 3;

    /// <summary>Gets for how long it is not asked; null takes the card's <c>healthCheckInterval</c>, or a minute.</summary>
    public TimeSpan? HealthCheckInterval { get; init; }

    /// <summary>Gets where to log; null is nowhere.</summary>
    public ILoggerFactory? LoggerFactory { get; init; }

    /// <summary>Gets the clock; null is the system's.</summary>
    public TimeProvider? TimeProvider { get; init; }
}
