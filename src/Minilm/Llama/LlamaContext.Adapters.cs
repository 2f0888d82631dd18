namespace Minilm;

/// <content>The LoRA adapters that it computes with.</content>
public sealed unsafe partial class LlamaContext
{
    /// <summary>Gets a number that differs when other adapters or scales are set; 0 is none. What was decoded under one number is not what would be decoded under another.</summary>
    internal ulong AdapterFingerprint { get; private set; }

    /// <summary>Replaces the LoRA adapters that the next decode computes with. What is in memory already stays as it was computed: see <see cref="ClearMemory"/>.</summary>
    /// <param name="adapters">The adapters and their scales, which add up; none removes all.</param>
    /// <exception cref="ArgumentException">An adapter is of another model or there twice, there are more than 1024, or a scale is not finite.</exception>
    /// <exception cref="InferenceException">libllama could not.</exception>
    /// <exception cref="ObjectDisposedException">The context or an adapter was disposed.</exception>
    public void SetAdapters(params IReadOnlyList<LlamaAdapterScale> adapters)
    {
        ArgumentNullException.ThrowIfNull(adapters);
        ObjectDisposedException.ThrowIf(Handle.IsClosed, this);
        if (adapters.Count > 1024)
        {
            throw new ArgumentException($"There are {adapters.Count} adapters; up to 1024 can be set.", nameof(adapters));
        }
        LlamaAdapterScale.Require(adapters, Handle.Model);
        ulong fingerprint = LlamaAdapterScale.Fingerprint(adapters);
        if (fingerprint == 0 && AdapterFingerprint == 0)
        {
            return;
        }
        LlamaAdapterScale[] active = [.. adapters.Where(adapter => adapter.Scale != 0)];
        int result = Handle.SetAdapters([.. active.Select(adapter => adapter.Adapter.Handle)], [.. active.Select(adapter => adapter.Scale)]);
        if (result != 0)
        {
            throw new InferenceException($"llama_set_adapters_lora failed with code {result}.");
        }
        AdapterFingerprint = fingerprint;
    }
}
