using System.Runtime.InteropServices;

namespace Minilm.Interop;

/// <summary>Lists the places where the seam may be, in the order in which they are tried.</summary>
internal static class NativeLibraryLocator
{
    /// <summary>The environment variable that names the native library's folder or file.</summary>
    public const string PathVariable = "MINILM_NATIVE_PATH";

    /// <summary>Gets the file name of a library on this system.</summary>
    public static string FileName(string name) =>
        OperatingSystem.IsWindows() ? $"{name}.dll" : OperatingSystem.IsMacOS() ? $"lib{name}.dylib" : $"lib{name}.so";

    /// <summary>Lists paths, and at last a bare file name for the system's own search. A path that is asked for is the only one tried.</summary>
    /// <param name="explicitPath">The option; null or empty when not set.</param>
    /// <param name="environmentPath">The value of <see cref="PathVariable"/>.</param>
    /// <param name="baseDirectory">The folder of the assembly.</param>
    /// <param name="packageFolders">Where the host says that packages have their native libraries (NATIVE_DLL_SEARCH_DIRECTORIES); null when it does not.</param>
    public static IReadOnlyList<string> Candidates(string? explicitPath, string? environmentPath, string baseDirectory, string? packageFolders = null)
    {
        string file = FileName(LibraryNames.Seam);
        string? asked = !string.IsNullOrEmpty(explicitPath) ? explicitPath : environmentPath;
        if (!string.IsNullOrEmpty(asked))
        {
            string path = Path.GetFullPath(asked);
            return [Directory.Exists(path) ? Path.Combine(path, file) : path];
        }
        List<string> candidates =
        [
            Path.Combine(baseDirectory, file),
            Path.Combine(baseDirectory, "runtimes", PortableRuntimeIdentifier(), "native", file),
        ];
        foreach (string folder in packageFolders?.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries) ?? [])
        {
            string path = Path.Combine(folder, file);
            if (!candidates.Contains(path, StringComparer.Ordinal) && File.Exists(path))
            {
                candidates.Add(path);
            }
        }
        candidates.Add(file); // wherever the system looks
        return candidates;
    }

    /// <summary>Says which files of libllama and ggml lie beside a seam, for messages.</summary>
    public static string DescribeNeighbours(string path)
    {
        string? folder = Path.GetDirectoryName(path);
        string[] found = folder is { Length: > 0 } && Directory.Exists(folder)
            ? [.. Directory.EnumerateFiles(folder).Select(Path.GetFileName).OfType<string>().Where(IsLlama).Order(StringComparer.Ordinal)]
            : [];
        return found.Length == 0
            ? "no libllama lies beside it, so the system's search decides which one is loaded"
            : $"beside it: {string.Join(", ", found)}";
    }

    private static bool IsLlama(string file) =>
        file.Contains("llama", StringComparison.OrdinalIgnoreCase) || file.Contains("ggml", StringComparison.OrdinalIgnoreCase);

    private static string PortableRuntimeIdentifier()
    {
        string system = OperatingSystem.IsWindows() ? "win" : OperatingSystem.IsMacOS() ? "osx" : "linux";
        return $"{system}-{RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant()}";
    }
}
