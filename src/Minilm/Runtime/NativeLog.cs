using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;
using Minilm.Interop;

namespace Minilm.Runtime;

/// <summary>Hands the lines that libllama and ggml log to a logger. The library has one log per process, so has this.</summary>
internal static class NativeLog
{
    private static ILogger? _logger;

    public static unsafe void Forward(ILogger? logger, LogLevel minimum)
    {
        Volatile.Write(ref _logger, logger);
        NativeMethods.minilm_log_set(logger is null ? null : &OnLine, ToNative(minimum));
    }

    [UnmanagedCallersOnly]
    private static unsafe void OnLine(int level, byte* text)
    {
        try
        {
            Volatile.Read(ref _logger)?.Log(FromNative(level), "{Line}", Marshal.PtrToStringUTF8((nint)text));
        }
#pragma warning disable CA1031 // an exception must not unwind through native frames
        catch
#pragma warning restore CA1031
        {
            // A logger that fails has nowhere to report it.
        }
    }

    private static int ToNative(LogLevel level) => level switch
    {
        LogLevel.Trace or LogLevel.Debug => 1,
        LogLevel.Information => 2,
        LogLevel.Warning => 3,
        LogLevel.Error or LogLevel.Critical => 4,
        _ => int.MaxValue,
    };

    private static LogLevel FromNative(int level) => level switch
    {
        1 => LogLevel.Debug,
        3 => LogLevel.Warning,
        4 => LogLevel.Error,
        _ => LogLevel.Information,
    };
}
