namespace Minilm.Interop;

/// <summary>A <c>ggml_backend_device</c>, which lives as long as the process.</summary>
internal readonly unsafe struct GgmlDevice
{
    private readonly ggml_backend_device* _pointer;

    public bool IsNull => _pointer == null;
}

/// <summary>A <c>ggml_backend_buffer_type</c>, a kind of memory, which lives as long as the process.</summary>
internal readonly unsafe struct GgmlBufferType
{
    private readonly ggml_backend_buffer_type* _pointer;

    public bool IsNull => _pointer == null;
}
