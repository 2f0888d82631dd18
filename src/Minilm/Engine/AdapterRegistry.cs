namespace Minilm.Engine;

/// <summary>The LoRA adapters of loaded weights by name.</summary>
internal sealed class AdapterRegistry
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, LlamaAdapter> _adapters = new(StringComparer.Ordinal);

    /// <summary>Loads an adapter and keeps it under a name, until it is disposed.</summary>
    /// <param name="path">Its file, whose name it gets where none is given.</param>
    /// <param name="name">The name; null takes one that is free.</param>
    /// <param name="load">Loads it under the name.</param>
    /// <exception cref="ArgumentException">There is one of the name.</exception>
    public LlamaAdapter Add(string path, string? name, Func<string, LlamaAdapter> load)
    {
        lock (_gate)
        {
            string chosen = string.IsNullOrEmpty(name) ? FreeName(Path.GetFileNameWithoutExtension(path)) : name;
            if (IsTaken(chosen))
            {
                throw new ArgumentException($"The model has an adapter '{chosen}' already, of '{_adapters[chosen].Path}'. Give this one another name, or dispose that one.", nameof(name));
            }
            return _adapters[chosen] = load(chosen);
        }
    }

    /// <summary>Finds what a call names.</summary>
    /// <exception cref="ArgumentException">There is no adapter of a name; the message has the names that there are.</exception>
    /// <exception cref="ObjectDisposedException">An adapter was disposed.</exception>
    public IReadOnlyList<LlamaAdapterScale> Find(IReadOnlyList<AdapterScale> scales)
    {
        if (scales.Count == 0)
        {
            return [];
        }
        lock (_gate)
        {
            var found = new LlamaAdapterScale[scales.Count];
            for (int i = 0; i < found.Length; i++)
            {
                if (!_adapters.TryGetValue(scales[i].Name, out LlamaAdapter? adapter))
                {
                    string known = _adapters.Count == 0 ? "none is loaded" : $"loaded are {string.Join(", ", _adapters.Keys)}";
                    throw new ArgumentException($"{nameof(CompletionOptions.Adapters)} names '{scales[i].Name}', but {known}. Load it with LoadAdapter after each Initialize.", nameof(scales));
                }
                ObjectDisposedException.ThrowIf(adapter.IsDisposed, adapter);
                found[i] = new LlamaAdapterScale(adapter, scales[i].Scale);
            }
            return found;
        }
    }

    private bool IsTaken(string name) => _adapters.TryGetValue(name, out LlamaAdapter? known) && !known.IsDisposed;

    private string FreeName(string name)
    {
        string free = name;
        for (int i = 2; IsTaken(free); i++)
        {
            free = $"{name}-{i}";
        }
        return free;
    }
}
