using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;

namespace Minilm.Interop;

/// <summary>Hands the lines that libllama and ggml log to a logger. libllama has one log per process, so has this.</summary>
internal static class NativeLog
{
    private static ILogger? _logger;

    /// <summary>Sends the lines from a level on to a logger, or nowhere; never to the standard error, where libllama writes by itself.</summary>
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
            Volatile.Read(ref _logger)?.Log(FromNative((NativeLogLevel)level), "{Line}", Marshal.PtrToStringUTF8((nint)text));
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
        LogLevel.Trace or LogLevel.Debug => (int)NativeLogLevel.Debug,
        LogLevel.Information => (int)NativeLogLevel.Information,
        LogLevel.Warning => (int)NativeLogLevel.Warning,
        LogLevel.Error or LogLevel.Critical => (int)NativeLogLevel.Error,
        _ => int.MaxValue,
    };

    private static LogLevel FromNative(NativeLogLevel level) => level switch
    {
        NativeLogLevel.Debug => LogLevel.Debug,
        NativeLogLevel.Warning => LogLevel.Warning,
        NativeLogLevel.Error => LogLevel.Error,
        _ => LogLevel.Information,
    };
}
