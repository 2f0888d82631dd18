using Microsoft.Extensions.Logging;
using Minilm.Dialog.Backends;
using Minilm.Dialog.Backends.Llm;
using Minilm.Dialog.History;

namespace Minilm.Dialog;

/// <summary>Options of a <see cref="DialogManager"/>. All have defaults.</summary>
public sealed record DialogManagerOptions
{
    /// <summary>Gets the host's language models, shared among characters and disposed by the host; null creates a pool that the manager owns.</summary>
    public LanguageModelPool? Models { get; init; }

    /// <summary>Gets the registry of backends that cards may name; null registers the built-in ones.</summary>
    public DialogBackendRegistry? Registry { get; init; }

    /// <summary>Gets the limits of the conversation history; null uses the defaults, raised to the <see cref="IDialogBackend.MaxHistoryLength"/> of the backends.</summary>
    public ConversationHistoryOptions? History { get; init; }

    /// <summary>Gets the seed of random choices; null picks a new one.</summary>
    public int? Seed { get; init; }

    /// <summary>Gets the number of consecutive failures after which a backend is taken out of service.</summary>
    public int FailuresBeforeOutOfService { get; init; } = 3;

    /// <summary>Gets how long a failing backend stays out of service before it is tried again; null uses its <see cref="IDialogBackend.HealthCheckInterval"/>, or one minute.</summary>
    public TimeSpan? HealthCheckInterval { get; init; }

    /// <summary>Gets the logger factory; null disables logging.</summary>
    public ILoggerFactory? LoggerFactory { get; init; }

    /// <summary>Gets the clock; null uses the system clock.</summary>
    public TimeProvider? TimeProvider { get; init; }
}
