using System.Reflection;
using System.Runtime.InteropServices;
using System.Text;
using Minilm.Interop;

namespace Minilm.Runtime;

/// <summary>Loads the seam once per process and answers the runtime's questions for the library names of <see cref="LibraryNames"/>.</summary>
internal static class NativeLibraryLoader
{
    /// <summary>The seam version that this assembly was written against (MINILM_SEAM_VERSION).</summary>
    public const uint SeamVersion = 1;

    private static readonly Lock Gate = new();
    private static nint _seam;
    private static string? _path;

    /// <summary>Loads the seam, or confirms that the loaded one is the one that is asked for.</summary>
    /// <returns>The path it was loaded from; a bare name when the system found it.</returns>
    /// <exception cref="NativeLibraryException">Nothing could be loaded, what was found does not fit, or another one is in use.</exception>
    public static string Load(string? explicitPath)
    {
        lock (Gate)
        {
            if (_path is not null)
            {
                if (!string.IsNullOrEmpty(explicitPath)
                    && !NativeLibraryLocator.Candidates(explicitPath, null, "").Contains(_path, StringComparer.Ordinal))
                {
                    throw new NativeLibraryException($"The native library is already loaded from '{_path}'; a process cannot use '{explicitPath}' beside it. Name one path for all models.");
                }
                return _path;
            }

            (nint seam, string path) = LoadFirst(NativeLibraryLocator.Candidates(
                explicitPath, Environment.GetEnvironmentVariable(NativeLibraryLocator.PathVariable), AppContext.BaseDirectory));
            try
            {
                RequireSeamVersion(seam, path);
            }
            catch
            {
                NativeLibrary.Free(seam);
                throw;
            }
            _seam = seam;
            NativeLibrary.SetDllImportResolver(typeof(NativeLibraryLoader).Assembly, Resolve);
            return _path = path;
        }
    }

    /// <summary>Loads the first candidate that loads, or reports each with the loader's own words.</summary>
    internal static (nint Handle, string Path) LoadFirst(IReadOnlyList<string> candidates)
    {
        var tried = new StringBuilder();
        foreach (string candidate in candidates)
        {
            if (Path.IsPathRooted(candidate) && !File.Exists(candidate))
            {
                tried.Append("\n  ").Append(candidate).Append(": no such file");
                continue;
            }
            try
            {
                return (NativeLibrary.Load(candidate), candidate);
            }
            catch (Exception e) when (e is DllNotFoundException or BadImageFormatException)
            {
                tried.Append("\n  ").Append(candidate).Append(": ").Append(e.Message.ReplaceLineEndings(" ").Trim());
            }
        }
        throw new NativeLibraryException(
            $"The native library ({NativeLibraryLocator.FileName(LibraryNames.Seam)}) could not be loaded. Tried:{tried}\n"
            + $"Build it with './build.sh native', or name its folder in {NativeLibraryLocator.PathVariable} or {nameof(LlamaModelOptions)}.{nameof(LlamaModelOptions.NativeLibraryPath)}.");
    }

    /// <summary>Refuses a seam of another version before any other call into it.</summary>
    internal static unsafe void RequireSeamVersion(nint seam, string path)
    {
        if (!NativeLibrary.TryGetExport(seam, nameof(NativeMethods.minilm_seam_version), out nint export))
        {
            throw new NativeLibraryException($"'{path}' is not Minilm's native library: it has no {nameof(NativeMethods.minilm_seam_version)}. Run './build.sh native'.");
        }
        uint found = ((delegate* unmanaged<uint>)export)();
        if (found != SeamVersion)
        {
            throw new NativeLibraryException($"'{path}' has seam version {found}, this assembly needs {SeamVersion}. Update both together, or run './build.sh native' again.");
        }
    }

    /// <summary>Unix looks a symbol up in a library and all that it depends on, so the seam's handle serves for all names and guarantees the very libllama it was linked with.</summary>
    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? searchPath) =>
        name switch
        {
            LibraryNames.Seam => _seam,
            LibraryNames.Llama or LibraryNames.Ggml or LibraryNames.GgmlBase when !OperatingSystem.IsWindows() => _seam,
            LibraryNames.Llama or LibraryNames.Ggml or LibraryNames.GgmlBase => NativeLibrary.Load(
                Path.Combine(Path.GetDirectoryName(_path) ?? "", NativeLibraryLocator.FileName(name))),
            _ => 0,
        };
}
