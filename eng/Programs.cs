using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Minilm.Build;

/// <summary>Other programs: on the streams of this one, or with their output read.</summary>
internal static class Programs
{
    /// <summary>How long output is waited for when a program has ended but something that it started keeps the stream open.</summary>
    private static readonly TimeSpan LastOutput = TimeSpan.FromSeconds(5);

    public static ProcessStartInfo Command(string program, params IEnumerable<string> arguments) => new(program, arguments);

    /// <summary>Runs a program on this one's streams. It hears Ctrl-C itself.</summary>
    /// <returns>Its exit code.</returns>
    public static int Run(ProcessStartInfo command)
    {
        using Process process = Start(command);
        using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, signal => signal.Cancel = true);
        using PosixSignalRegistration quit = PosixSignalRegistration.Create(PosixSignal.SIGQUIT, signal => signal.Cancel = true);
        using PosixSignalRegistration end = PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal =>
        {
            signal.Cancel = true;
            process.Kill(entireProcessTree: true);
        });
        process.WaitForExit();
        return process.ExitCode;
    }

    /// <summary>Runs a program without input, and hands on the lines that it writes.</summary>
    /// <param name="command">The program.</param>
    /// <param name="timeout">After which the program is ended; null for never.</param>
    /// <param name="write">Called with lines by two threads, one for each stream.</param>
    /// <returns>Its exit code, or null when it took too long.</returns>
    public static int? Run(ProcessStartInfo command, TimeSpan? timeout, Action<string> write)
    {
        command.RedirectStandardInput = command.RedirectStandardOutput = command.RedirectStandardError = true;
        using Process process = Start(command);
        process.StandardInput.Close();
        Task copied = Task.WhenAll(
            Task.Run(() => Copy(process.StandardOutput, write)),
            Task.Run(() => Copy(process.StandardError, write)));
        bool ended = process.WaitForExit(timeout ?? Timeout.InfiniteTimeSpan);
        if (!ended)
        {
            process.Kill(entireProcessTree: true);
            process.WaitForExit();
        }
        copied.Wait(LastOutput);
        return ended ? process.ExitCode : null;
    }

    /// <summary>Reads the first line that a program writes, or null when it fails or is not there.</summary>
    public static string? Read(ProcessStartInfo command)
    {
        command.RedirectStandardOutput = command.RedirectStandardError = true;
        try
        {
            using Process process = Start(command);
            process.ErrorDataReceived += (_, _) => { };
            process.BeginErrorReadLine();
            string text = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0 ? text.Split('\n')[0].Trim() : null;
        }
        catch (BuildException)
        {
            return null;
        }
    }

    private static Process Start(ProcessStartInfo command)
    {
        try
        {
            return Process.Start(command)!;
        }
        catch (Win32Exception e)
        {
            throw new BuildException($"'{command.FileName}' could not be started: {e.Message}");
        }
    }

    private static void Copy(StreamReader from, Action<string> write)
    {
        while (from.ReadLine() is string line)
        {
            write(line);
        }
    }
}
