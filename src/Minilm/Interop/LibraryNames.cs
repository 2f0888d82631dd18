using System.Runtime.CompilerServices;

[assembly: DisableRuntimeMarshalling]

namespace Minilm.Interop;

/// <summary>The libraries by the names that <see cref="NativeLibraryLoader"/> resolves.</summary>
internal static class LibraryNames
{
    public const string Seam = "minilm";
    public const string Llama = "llama";
    public const string Ggml = "ggml";
    public const string GgmlBase = "ggml-base";
}
