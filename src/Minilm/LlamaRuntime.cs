using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;
using Minilm.Interop;
using Minilm.Runtime;

namespace Minilm;

/// <summary>The native library of this process: loaded once, on first use.</summary>
public static class LlamaRuntime
{
    private static readonly Lock Gate = new();
    private static volatile NativeVersions? _versions;

    /// <summary>Gets the versions of the native library, loading it if need be.</summary>
    /// <exception cref="NativeLibraryException">The library was not found or does not fit.</exception>
    public static NativeVersions Versions => Initialize();

    /// <summary>Gets the devices that can compute, loading the library if need be.</summary>
    /// <exception cref="NativeLibraryException">The library was not found or does not fit.</exception>
    public static IReadOnlyList<NativeDevice> Devices
    {
        get
        {
            Initialize();
            return ReadDevices();
        }
    }

    internal static bool HasGpu => Devices.Any(device => device.Type is NativeDeviceType.Gpu or NativeDeviceType.IntegratedGpu);

    /// <summary>Loads the native library and its backends. Does nothing when they are loaded.</summary>
    /// <param name="nativeLibraryPath">The folder or the file of the library; null searches: MINILM_NATIVE_DIR, beside the assembly, runtimes/RID/native, where the host says that packages have theirs.</param>
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

    private static unsafe NativeDevice[] ReadDevices()
    {
        var devices = new NativeDevice[(int)NativeMethods.ggml_backend_dev_count()];
        for (int i = 0; i < devices.Length; i++)
        {
            GgmlDevice device = NativeMethods.ggml_backend_dev_get((nuint)i);
            nuint free = 0, total = 0;
            NativeFailure.Require(NativeMethods.minilm_backend_dev_memory(device, &free, &total), "ggml_backend_dev_memory");
            devices[i] = new NativeDevice(
                NativeMethods.ggml_backend_dev_name(device) ?? "",
                NativeMethods.ggml_backend_dev_description(device) ?? "",
                (NativeDeviceType)NativeMethods.ggml_backend_dev_type(device),
                (long)free,
                (long)total);
        }
        return devices;
    }
}

/// <summary>What the native library was compiled against and what was found at run time.</summary>
public sealed record NativeVersions
{
    /// <summary>Gets the path of the seam.</summary>
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

    /// <summary>Gets the library's own line about processor features.</summary>
    public string SystemInfo { get; init; } = "";
}

/// <summary>The kinds of device, as in ggml-backend.h.</summary>
public enum NativeDeviceType
{
    /// <summary>A processor with system memory.</summary>
    Cpu,

    /// <summary>A GPU with its own memory.</summary>
    Gpu,

    /// <summary>A GPU that shares the system's memory.</summary>
    IntegratedGpu,

    /// <summary>An accelerator used together with the processor, such as BLAS.</summary>
    Accelerator,

    /// <summary>Several devices used as one.</summary>
    Meta,
}

/// <summary>A device that can compute.</summary>
/// <param name="Name">The short name.</param>
/// <param name="Description">The product name.</param>
/// <param name="Type">The kind.</param>
/// <param name="FreeMemory">Free memory in bytes.</param>
/// <param name="TotalMemory">Total memory in bytes.</param>
public sealed record NativeDevice(string Name, string Description, NativeDeviceType Type, long FreeMemory, long TotalMemory);
