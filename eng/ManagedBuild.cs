using System.Diagnostics;

namespace Minilm.Build;

/// <summary>dotnet build, on the host: it decides itself what is out of date.</summary>
internal sealed class ManagedBuild(Repository repository, Steps steps)
{
    /// <summary>Builds a project or a solution, one build at a time.</summary>
    public void Build(string name, string path)
    {
        using IDisposable held = FolderLock.ForBuilding(repository);
        steps.Require($"build-{name}", $"Building {name}", Dotnet("build", path, "--configuration", "Release", "-tl:off", "--nologo", "--disable-build-servers"));
    }

    /// <summary>Gives a call of the SDK that leaves no build server behind.</summary>
    private ProcessStartInfo Dotnet(params string[] arguments)
    {
        ProcessStartInfo command = Programs.Command(repository.Dotnet, arguments);
        WithoutServers(command);
        return command;
    }

    /// <summary>What a build starts must not outlive it.</summary>
    public static void WithoutServers(ProcessStartInfo command)
    {
        command.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        command.Environment["UseSharedCompilation"] = "false";
        command.Environment["DOTNET_CLI_USE_MSBUILD_SERVER"] = "0";
    }
}
