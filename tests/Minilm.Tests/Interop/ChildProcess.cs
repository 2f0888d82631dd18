using System.Diagnostics;
using Minilm.Interop;

namespace Minilm.Tests.Interop;

/// <summary>Runs <see cref="ChildProgram"/> in a process of its own.</summary>
internal static class ChildProcess
{
    /// <param name="nativeFolder">The value of MINILM_NATIVE_PATH; null is that of this process, empty is none.</param>
    /// <param name="arguments">The command and what it takes.</param>
    public static Task<(int ExitCode, string Output, string Error)> RunAsync(string? nativeFolder, params string[] arguments) =>
        RunAsync(typeof(ChildProgram).Assembly.Location, nativeFolder, arguments);

    /// <param name="assembly">Where the program lies.</param>
    /// <param name="nativeFolder">The value of MINILM_NATIVE_PATH; null is that of this process, empty is none.</param>
    /// <param name="arguments">The command and what it takes.</param>
    public static async Task<(int ExitCode, string Output, string Error)> RunAsync(string assembly, string? nativeFolder, string[] arguments)
    {
        var start = new ProcessStartInfo(DotnetHost(), [assembly, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        start.Environment["DOTNET_DbgEnableMiniDump"] = "0";
        if (nativeFolder is not null)
        {
            start.Environment[NativeLibraryLocator.PathVariable] = nativeFolder;
        }
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync().Within($"the process '{string.Join(' ', arguments)}'");
        return (process.ExitCode, await output, await error);
    }

    private static string DotnetHost() =>
        Environment.ProcessPath is { } host && Path.GetFileNameWithoutExtension(host).Equals("dotnet", StringComparison.OrdinalIgnoreCase) ? host : "dotnet";
}
