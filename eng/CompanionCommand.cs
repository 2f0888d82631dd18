using System.Diagnostics;

namespace Minilm.Build;

/// <summary>'companion': the default model's grammar, training, file and evaluation (models/companion/README.md).</summary>
internal sealed class CompanionCommand(Repository repository, NativeLibraries natives, ManagedBuild managed)
{
    public int Run(string[] arguments)
    {
        natives.Require(announce: false);
        managed.Build("Minilm.Companion", "models/companion/Minilm.Companion.csproj");
        return arguments is ["train", .. string[] rest] ? Train(rest) : Tool(arguments);
    }

    private int Tool(params string[] arguments)
    {
        ProcessStartInfo command = natives.Enter(repository.Dotnet, [repository.AssemblyOf("Minilm.Companion", "minilm-companion"), .. arguments]);
        command.WorkingDirectory = repository.Root;
        return Programs.Run(command);
    }

    /// <summary>Everything from the grammar to the evaluated file.</summary>
    private int Train(string[] arguments)
    {
        string size = SizeOf(arguments);
        (string dialogs, string held) = size switch
        {
            "full" => ("290000", "3000"),
            "smoke" => ("12000", "300"),
            _ => throw new UsageException($"there is no size '{size}': full or smoke"),
        };
        string python = FindPython() ?? throw new BuildException(
            "no Python here has PyTorch and SentencePiece: apt-get install python3-torch python3-sentencepiece python3-numpy python3-matplotlib libopenblas0-openmp");
        if (arguments.Any(argument => argument is "-h" or "--help"))
        {
            return Python(python, "--help");
        }
        string folder = repository.ArtifactOf("companion", size);
        string model = Path.Combine(folder, "minilm-companion.gguf");
        Func<int>[] parts =
        [
            () => Tool("generate", folder, "--count", dialogs),
            () => Python(python, [folder, .. arguments]),
            () => Tool("export", folder, model),
            () => Tool("evaluate", model, "--dialogs", held, "--training", dialogs),
        ];
        foreach (Func<int> part in parts)
        {
            if (part() is int exitCode and not 0)
            {
                return exitCode;
            }
        }
        Terminal.Say($"The model is {model}; to ship it: cp '{model}' assets/models/");
        return 0;
    }

    private static string SizeOf(string[] arguments)
    {
        const string Option = "--size";
        int index = Array.IndexOf(arguments, Option);
        return index >= 0 && index + 1 < arguments.Length
            ? arguments[index + 1]
            : arguments.FirstOrDefault(argument => argument.StartsWith($"{Option}=", StringComparison.Ordinal))?[(Option.Length + 1)..] ?? "full";
    }

    private int Python(string python, params string[] arguments)
    {
        ProcessStartInfo command = Programs.Command(python, [repository.PathOf("models", "companion", "train.py"), .. arguments]);
        command.WorkingDirectory = repository.Root;
        return Programs.Run(command);
    }

    /// <summary>The Python of Debian's packages may not be the first one in PATH.</summary>
    private static string? FindPython() =>
        new[] { Environment.GetEnvironmentVariable("MINILM_PYTHON"), "python3", "/usr/bin/python3" }
            .FirstOrDefault(python => !string.IsNullOrEmpty(python) && Programs.Read(Programs.Command(python, "-c", "import torch, sentencepiece, numpy")) is not null);
}
