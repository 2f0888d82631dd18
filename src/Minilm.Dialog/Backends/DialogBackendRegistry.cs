using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Minilm.Dialog.Cards;

namespace Minilm.Dialog.Backends;

/// <summary>Creates backends by name: the built-in ones and a host's own.</summary>
public sealed class DialogBackendRegistry
{
    private readonly ConcurrentDictionary<string, Func<DialogBackendSetting, IDialogBackend>> _factories = new(StringComparer.Ordinal);

    /// <summary>Gets the registered names, sorted.</summary>
    public IReadOnlyList<string> Names => [.. _factories.Keys.Order(StringComparer.Ordinal)];

    /// <summary>Registers a backend, replacing the one of that name if there is one.</summary>
    /// <param name="name">The name that cards use.</param>
    /// <param name="factory">Creates a backend for one character. An exception that it throws rejects the card.</param>
    /// <returns>This registry.</returns>
    public DialogBackendRegistry Register(string name, Func<DialogBackendSetting, IDialogBackend> factory)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(factory);
        _factories[name] = factory;
        return this;
    }

    /// <summary>Tells whether a backend of that name is registered.</summary>
    /// <param name="name">The name.</param>
    /// <returns>True when it is.</returns>
    public bool Contains(string name) => _factories.ContainsKey(name);

    /// <summary>Creates a backend.</summary>
    /// <param name="name">The name.</param>
    /// <param name="setting">What it is created from.</param>
    /// <returns>The backend, to be disposed by the caller.</returns>
    /// <exception cref="DialogException">No backend of that name is registered.</exception>
    public IDialogBackend Create(string name, DialogBackendSetting setting) =>
        _factories.TryGetValue(name, out Func<DialogBackendSetting, IDialogBackend>? factory)
            ? factory(setting)
            : throw new DialogException($"backend '{name}' not registered; registered backends: {string.Join(", ", Names)}");
}

/// <summary>What a backend is created from.</summary>
public sealed record DialogBackendSetting
{
    /// <summary>Gets the character.</summary>
    public required CharacterCard Card { get; init; }

    /// <summary>Gets the backend's settings in the card; an empty object when there are none.</summary>
    public required JsonElement Settings { get; init; }

    /// <summary>Gets the JSON path of <see cref="Settings"/>, for messages.</summary>
    public required string SettingsPath { get; init; }

    /// <summary>Gets the seed of random choices; null picks a new one.</summary>
    public int? Seed { get; init; }

    /// <summary>Gets the logger factory.</summary>
    public required ILoggerFactory LoggerFactory { get; init; }

    /// <summary>Gets the clock.</summary>
    public required TimeProvider TimeProvider { get; init; }
}
