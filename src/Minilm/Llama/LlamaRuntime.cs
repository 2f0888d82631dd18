using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;
using Minilm.Interop;

namespace Minilm;

/// <summary>The native library of this process: loaded once, on first use.</summary>
public static class LlamaRuntime
{
    private static readonly Lock Gate = new();
    private static volatile NativeVersions? _versions;

    /// <summary>Gets the versions of the native library, loading it if need be.</summary>
    /// <exception cref="NativeLibraryException">The library was not found or does not fit.</exception>
    public static NativeVersions Versions => Initialize();

    /// <summary>Gets the devices that can compute, loading the native library if need be.</summary>
    /// <exception cref="NativeLibraryException">The library was not found or does not fit.</exception>
    public static IReadOnlyList<NativeDevice> Devices
    {
        get
        {
            Initialize();
            return LlamaDevices.ReadAll();
        }
    }

    internal static bool HasGpu => Devices.Any(device => device.Type is NativeDeviceType.Gpu or NativeDeviceType.IntegratedGpu);

    /// <summary>Loads the native library and its backends. Does nothing when they are loaded.</summary>
    /// <param name="nativeLibraryPath">The folder or the file of the native library; null searches: MINILM_NATIVE_PATH, beside the assembly, runtimes/RID/native, the system.</param>
    /// <returns>The versions.</returns>
    /// <exception cref="NativeLibraryException">Nothing could be loaded (the message lists each path and the loader's words), what was found does not fit, or another path is in use.</exception>
    public static NativeVersions Initialize(string? nativeLibraryPath = null)
    {
        if (_versions is { } known && string.IsNullOrEmpty(nativeLibraryPath))
        {
            return known;
        }
        lock (Gate)
        {
            string path = NativeLibraryLoader.Load(nativeLibraryPath);
            return _versions ??= Start(path);
        }
    }

    /// <summary>Sends what libllama and ggml log to a logger. There is one such log per process; by default it goes nowhere.</summary>
    /// <param name="logger">The logger; null stops.</param>
    /// <param name="minimum">Lines below are dropped in native code.</param>
    /// <exception cref="NativeLibraryException">The library was not found or does not fit.</exception>
    public static void LogTo(ILogger? logger, LogLevel minimum = LogLevel.Warning)
    {
        Initialize();
        NativeLog.Forward(logger, minimum);
    }

    private static NativeVersions Start(string path)
    {
        NativeVersions versions = ReadVersions(path);
        if (versions.CompiledLlama.Length > 0 && versions.CompiledLlama != versions.Llama)
        {
            throw new NativeLibraryException(
                $"'{path}' was compiled against llama.cpp {versions.CompiledLlama}, but {versions.Llama} was found at run time; their structs differ. Run './build.sh native' again.");
        }
        if (NativeMethods.minilm_backend_init(Path.GetDirectoryName(path) is { Length: > 0 } folder ? folder : null) == 0)
        {
            throw new NativeLibraryException($"The native library '{path}' found no backend that can compute{(NativeFailure.Words is { Length: > 0 } words ? $" ({words})" : "")}: ggml's CPU backend (libggml-cpu*) is missing beside it. Install it, or run './build.sh native'.");
        }
        return versions with { SystemInfo = NativeMethods.minilm_print_system_info() ?? "" };
    }

    private static unsafe NativeVersions ReadVersions(string path)
    {
        var report = new minilm_version_report { size = (uint)sizeof(minilm_version_report) };
        NativeMethods.minilm_versions(&report);
        return new NativeVersions
        {
            LibraryPath = path,
            SeamVersion = (int)report.seam_version,
            CompiledLlama = Text(report.compiled_llama),
            Llama = Text(report.runtime_llama),
            Ggml = Text(report.runtime_ggml),
            Commit = Text(report.runtime_commit),
            Compiler = Text(report.compiler),
        };

        static string Text(byte* text) => Marshal.PtrToStringUTF8((nint)text) ?? "";
    }
}
