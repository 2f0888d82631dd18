namespace Minilm;

/// <summary>What the native library was compiled against and what was found at run time.</summary>
public sealed record NativeVersions
{
    /// <summary>Gets the path of the seam; a bare name when the system's search found it.</summary>
    public required string LibraryPath { get; init; }

    /// <summary>Gets the version of the seam between managed code and llama.cpp.</summary>
    public int SeamVersion { get; init; }

    /// <summary>Gets the llama.cpp version that the seam was compiled against; empty when it did not say.</summary>
    public string CompiledLlama { get; init; } = "";

    /// <summary>Gets the llama.cpp version found at run time.</summary>
    public string Llama { get; init; } = "";

    /// <summary>Gets the ggml version found at run time.</summary>
    public string Ggml { get; init; } = "";

    /// <summary>Gets the commit that ggml was built from, as its builder stated it.</summary>
    public string Commit { get; init; } = "";

    /// <summary>Gets the compiler of the seam.</summary>
    public string Compiler { get; init; } = "";

    /// <summary>Gets ggml's own line about processor features.</summary>
    public string SystemInfo { get; init; } = "";
}
