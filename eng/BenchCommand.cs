using System.Diagnostics;

namespace Minilm.Build;

/// <summary>'bench': the benchmarks program, with its defaults found.</summary>
internal sealed class BenchCommand(Repository repository, NativeLibraries natives, ManagedBuild managed)
{
    public int Run(string[] arguments)
    {
        if (arguments is [['-', ..], ..])
        {
            throw new UsageException($"bench does not know '{arguments[0]}'");
        }
        natives.Require(announce: true);
        managed.Build("Minilm.Cli", "src/Minilm.Cli");
        managed.Build("Minilm.Benchmarks", "benchmarks/Minilm.Benchmarks");
        return arguments switch
        {
            ["native", .. string[] rest] => CompareWithLlamaBench(rest),
            ["companion", ..] => Start([.. arguments, "--root", repository.Root]),
            ["deadline" or "depth" or "dialogs", ..] => Start(arguments),
            _ => Start(["--filter", .. arguments is [] ? ["*"] : arguments[..1], "--artifacts", repository.ArtifactOf("benchmarks"), .. arguments.Skip(1)]),
        };
    }

    private int CompareWithLlamaBench(string[] arguments)
    {
        Dictionary<string, string> environment = new(StringComparer.Ordinal) { ["MINILM_CLI"] = repository.AssemblyOf("Minilm.Cli") };
        if (!IsGiven("--llama-bench") && Environment.GetEnvironmentVariable("MINILM_LLAMA_BENCH") is null)
        {
            environment["MINILM_LLAMA_BENCH"] = Programs.Read(natives.Enter("sh", "-c", "command -v llama-bench")) ?? throw new BuildException(
                "llama-bench is not installed: name it with --llama-bench PROGRAM (Debian's package llama.cpp-tools has it; the provider submodule builds libraries only)");
        }
        return Start(["native", .. IsGiven("--model") ? [] : new[] { "--model", DefaultModel() }, .. arguments], environment);

        bool IsGiven(string option) => arguments.Any(argument => argument == option || argument.StartsWith($"{option}=", StringComparison.Ordinal));
    }

    /// <summary>Finds a small model where the tests look too.</summary>
    private string DefaultModel()
    {
        string[] folders = Environment.GetEnvironmentVariable("MINILM_SHARED") is { Length: > 0 } shared
            ? [shared, Path.Combine(shared, "data"), repository.PathOf("..", "shared", "data")]
            : [repository.PathOf("..", "shared", "data")];
        return folders.Select(folder => Path.Combine(folder, "models", "stories260K.gguf")).FirstOrDefault(File.Exists)
            ?? throw new BuildException("there is no models/stories260K.gguf in MINILM_SHARED or ../shared/data: name a model with --model FILE");
    }

    private int Start(string[] arguments, Dictionary<string, string>? environment = null)
    {
        ProcessStartInfo command = natives.Enter(repository.Dotnet, [repository.AssemblyOf("Minilm.Benchmarks"), .. arguments]);
        ManagedBuild.WithoutServers(command); // BenchmarkDotNet builds
        foreach ((string name, string value) in environment ?? [])
        {
            command.Environment[name] = value;
        }
        return Programs.Run(command);
    }
}
