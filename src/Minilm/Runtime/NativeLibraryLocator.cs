using System.Runtime.InteropServices;

namespace Minilm.Runtime;

/// <summary>Lists the places where the seam may be, in the order in which they are tried.</summary>
internal static class NativeLibraryLocator
{
    /// <summary>The environment variable that names the library's folder or file.</summary>
    public const string PathVariable = "MINILM_NATIVE_PATH";

    /// <summary>Gets the file name of a library on this system.</summary>
    public static string FileName(string name) =>
        OperatingSystem.IsWindows() ? $"{name}.dll" : OperatingSystem.IsMacOS() ? $"lib{name}.dylib" : $"lib{name}.so";

    /// <summary>Lists paths, or a bare file name for the system's own search. A path that is asked for is the only one tried.</summary>
    /// <param name="explicitPath">The option; null or empty when not set.</param>
    /// <param name="environmentPath">The value of <see cref="PathVariable"/>.</param>
    /// <param name="baseDirectory">The folder of the assembly.</param>
    public static IReadOnlyList<string> Candidates(string? explicitPath, string? environmentPath, string baseDirectory)
    {
        string file = FileName(Interop.LibraryNames.Seam);
        string? asked = !string.IsNullOrEmpty(explicitPath) ? explicitPath : environmentPath;
        if (!string.IsNullOrEmpty(asked))
        {
            string path = Path.GetFullPath(asked);
            return [Directory.Exists(path) ? Path.Combine(path, file) : path];
        }

        string rid = PortableRuntimeIdentifier();
        List<string> candidates =
        [
            Path.Combine(baseDirectory, file),
            Path.Combine(baseDirectory, "runtimes", rid, "native", file),
        ];
        for (DirectoryInfo? folder = new(baseDirectory); folder is not null; folder = folder.Parent)
        {
            string built = Path.Combine(folder.FullName, "artifacts", "native", rid);
            if (Directory.Exists(built))
            {
                candidates.Add(Path.Combine(built, file));
                break;
            }
        }
        candidates.Add(file);
        return candidates;
    }

    private static string PortableRuntimeIdentifier()
    {
        string system = OperatingSystem.IsWindows() ? "win" : OperatingSystem.IsMacOS() ? "osx" : "linux";
        return $"{system}-{RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant()}";
    }
}
