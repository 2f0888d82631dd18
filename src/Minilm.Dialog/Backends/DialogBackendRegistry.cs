using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Minilm.Dialog.Cards;

namespace Minilm.Dialog.Backends;

/// <summary>Knows how backends are made, by name: those that are built in, and a host's own.</summary>
public sealed class DialogBackendRegistry
{
    private readonly ConcurrentDictionary<string, Func<DialogBackendSetting, IDialogBackend>> _factories = new(StringComparer.Ordinal);

    /// <summary>Gets the names, sorted.</summary>
    public IReadOnlyList<string> Names => [.. _factories.Keys.Order(StringComparer.Ordinal)];

    /// <summary>Adds a backend, or replaces the one of that name.</summary>
    /// <param name="name">The name that cards use.</param>
    /// <param name="factory">Makes a backend for one character. What it throws refuses the card.</param>
    /// <returns>This registry.</returns>
    public DialogBackendRegistry Register(string name, Func<DialogBackendSetting, IDialogBackend> factory)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(factory);
        _factories[name] = factory;
        return this;
    }

    /// <summary>Tells whether there is a backend of that name.</summary>
    /// <param name="name">The name.</param>
    /// <returns>True when there is.</returns>
    public bool Contains(string name) => _factories.ContainsKey(name);

    /// <summary>Makes a backend.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="setting">What it is made from.</param>
    /// <returns>A backend to be disposed.</returns>
    /// <exception cref="DialogException">There is none of that name.</exception>
    public IDialogBackend Create(string name, DialogBackendSetting setting) =>
        _factories.TryGetValue(name, out Func<DialogBackendSetting, IDialogBackend>? factory)
            ? factory(setting)
            : throw new DialogException($"backend '{name}' not registered; there are: {string.Join(", ", Names)}");
}

/// <summary>What a backend is made from.</summary>
public sealed record DialogBackendSetting
{
    /// <summary>Gets the character.</summary>
    public required CharacterCard Card { get; init; }

    /// <summary>Gets the backend's object in the card; an empty object when there is none.</summary>
    public required JsonElement Settings { get; init; }

    /// <summary>Gets the JSON path of <see cref="Settings"/>, for messages.</summary>
    public required string SettingsPath { get; init; }

    /// <summary>Gets the seed of random choices; null takes a new one.</summary>
    public int? Seed { get; init; }

    /// <summary>Gets where to log.</summary>
    public required ILoggerFactory LoggerFactory { get; init; }

    /// <summary>Gets the clock.</summary>
    public required TimeProvider TimeProvider { get; init; }
}
