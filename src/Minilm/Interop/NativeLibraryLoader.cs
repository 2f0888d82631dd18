using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Extensions.Logging;

namespace Minilm.Interop;

/// <summary>Loads the seam once per process and answers the runtime's questions for the library names of <see cref="LibraryNames"/>.</summary>
internal static class NativeLibraryLoader
{
    /// <summary>The seam version that this assembly was written against (MINILM_SEAM_VERSION).</summary>
    public const uint SeamVersion = 2;

    private const int MostNamed = 5;

    private static readonly Lock Gate = new();
    private static nint _seam;
    private static string? _path;

    /// <summary>Loads the seam, or confirms that the loaded one is the one that is asked for. Nothing it logs reaches the standard error from then on.</summary>
    /// <returns>The path it was loaded from.</returns>
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
                explicitPath,
                Environment.GetEnvironmentVariable(NativeLibraryLocator.PathVariable),
                AppContext.BaseDirectory,
                AppContext.GetData("NATIVE_DLL_SEARCH_DIRECTORIES") as string));
            try
            {
                RequireSeamVersion(seam, path);
                RequireExports(seam, path);
            }
            catch
            {
                NativeLibrary.Free(seam);
                throw;
            }
            _seam = seam;
            NativeLibrary.SetDllImportResolver(typeof(NativeLibraryLoader).Assembly, (name, _, _) => Resolve(_seam, _path ?? path, name));
            NativeLog.Forward(null, LogLevel.None);
            return _path = path;
        }
    }

    /// <summary>Loads the first candidate that loads, or reports each with the loader's own words.</summary>
    internal static (nint Handle, string Path) LoadFirst(IReadOnlyList<string> candidates)
    {
        var tried = new StringBuilder();
        foreach (string candidate in candidates)
        {
            if (!File.Exists(candidate))
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
                tried.Append("\n  ").Append(candidate).Append(": ").Append(e.Message.ReplaceLineEndings(" ").Trim())
                    .Append(" (").Append(NativeLibraryLocator.DescribeNeighbours(candidate)).Append(')');
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

    /// <summary>Refuses a seam that lacks a function, or whose libllama does, before any call of it.</summary>
    internal static void RequireExports(nint seam, string path)
    {
        string[] missing = [.. Functions(typeof(NativeMethods)).Where(name => !IsExported(seam, path, name))];
        if (missing.Length > 0)
        {
            string more = missing.Length > MostNamed ? $" and {missing.Length - MostNamed} more" : "";
            throw new NativeLibraryException(
                $"'{path}' lacks functions that this assembly calls: {string.Join(", ", missing.Take(MostNamed))}{more} ({NativeLibraryLocator.DescribeNeighbours(path)}). "
                + "It was built from other sources, or found a libllama of another version. Update both together, or run './build.sh native' again.");
        }
    }

    /// <summary>Lists the functions that are bound: their methods carry the C names.</summary>
    internal static IEnumerable<string> Functions([DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicMethods)] Type type) =>
        type.GetMethods(BindingFlags.Static | BindingFlags.Public | BindingFlags.DeclaredOnly).Select(method => method.Name);

    private static bool IsExported(nint seam, string path, string function)
    {
        if (NativeLibrary.TryGetExport(seam, function, out _))
        {
            return true;
        }
        string[] others = OperatingSystem.IsWindows() ? [LibraryNames.Llama, LibraryNames.Ggml, LibraryNames.GgmlBase] : [];
        return others.Any(name => NativeLibrary.TryGetExport(Resolve(seam, path, name), function, out _));
    }

    /// <summary>Unix looks a symbol up in a library and all that it depends on, so the seam's handle serves for all names and guarantees the very libllama it was linked with.</summary>
    private static nint Resolve(nint seam, string path, string name) =>
        name switch
        {
            LibraryNames.Seam => seam,
            LibraryNames.Llama or LibraryNames.Ggml or LibraryNames.GgmlBase when !OperatingSystem.IsWindows() => seam,
            LibraryNames.Llama or LibraryNames.Ggml or LibraryNames.GgmlBase => NativeLibrary.Load(
                Path.Combine(Path.GetDirectoryName(path) ?? "", NativeLibraryLocator.FileName(name))),
            _ => 0,
        };
}
