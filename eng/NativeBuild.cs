namespace Minilm.Build;

/// <summary>CMake: configures, builds and installs into artifacts/native/&lt;rid&gt;, which is replaced when all of it is there.</summary>
internal sealed class NativeBuild(Repository repository, Steps steps, Submodule submodule)
{
    public bool CanMakeSysroot => Programs.Read(Programs.Command("bash", repository.PathOf("eng", "sysroot.sh"), "can-make")) is not null;

    private string Sysroot => repository.ArtifactOf("sysroot", "root");

    public void MakeSysroot()
    {
        if (!Directory.Exists(Sysroot))
        {
            steps.Require("sysroot", "Making a private Debian root in artifacts/sysroot (once, about 180 MB)",
                Programs.Command("bash", repository.PathOf("eng", "sysroot.sh"), "make"));
        }
    }

    public void Require(string provider, IReadOnlyList<string> options)
    {
        if (!Try(provider, options))
        {
            throw steps.Failure("the native libraries could not be built");
        }
    }

    /// <summary>Builds; a failure is left to the caller to show.</summary>
    public bool Try(string provider, IReadOnlyList<string> options)
    {
        string rid = repository.RuntimeIdentifier;
        string build = repository.ArtifactOf("cmake", $"{rid}-{provider}");
        string fresh = repository.ArtifactOf("native", $".{rid}.new");
        string old = repository.ArtifactOf("native", $".{rid}.old");
        List<string> arguments = ["-S", repository.Root, "-B", build, "-DCMAKE_BUILD_TYPE=Release"];
        arguments.AddRange(provider switch
        {
            NativeProvider.Submodule => ["-DMINILM_LLAMA=submodule"],
            NativeProvider.Sysroot => ["-DMINILM_LLAMA=system", $"-DMINILM_SYSROOT={Sysroot}"],
            _ => ["-DMINILM_LLAMA=system", "-DMINILM_SYSROOT="],
        });
        if (provider == NativeProvider.Submodule)
        {
            submodule.NoteOtherCommit();
        }
        // What the seam alone needs is found again each time, and a build folder belongs to one place and one generator.
        if (provider != NativeProvider.Submodule || !IsConfiguredHere(build))
        {
            Delete(build);
            if (!OperatingSystem.IsWindows() && Environment.GetEnvironmentVariable("CMAKE_GENERATOR") is null or "" && Programs.Read(Programs.Command("ninja", "--version")) is not null)
            {
                arguments.AddRange(["-G", "Ninja"]);
            }
        }
        if (Programs.Read(Programs.Command("cmake", "--version")) is null)
        {
            throw new BuildException("CMake 3.25 or later is not installed");
        }

        Delete(fresh);
        Delete(old);
        Directory.CreateDirectory(fresh);
        File.WriteAllText(Path.Combine(fresh, ".stamp"), provider == NativeProvider.Submodule ? submodule.Commit : ""); // before anything is read
        File.WriteAllLines(Path.Combine(fresh, ".options"), options);
        if (!steps.Try($"cmake-{provider}", $"Configuring ({provider})", Programs.Command("cmake", [.. arguments, .. options]))
            || !steps.Try($"build-{provider}", $"Building the native libraries ({provider})",
                Programs.Command("cmake", "--build", build, "--config", "Release", "--parallel", $"{Environment.ProcessorCount}"))
            || !steps.Try($"install-{provider}", $"Installing into artifacts/native/{rid}",
                Programs.Command("cmake", "--install", build, "--config", "Release", "--component", "minilm", "--prefix", fresh)))
        {
            return false;
        }
        foreach (string stamp in Directory.EnumerateFiles(repository.Artifacts, ".made-*"))
        {
            File.Delete(stamp); // of what was made with the libraries of before
        }
        if (Directory.Exists(repository.NativeFolder))
        {
            Directory.Move(repository.NativeFolder, old);
        }
        Directory.Move(fresh, repository.NativeFolder);
        Delete(old);
        return true;
    }

    private bool IsConfiguredHere(string build)
    {
        string cache = Path.Combine(build, "CMakeCache.txt");
        return File.Exists(cache) && File.ReadLines(cache).Contains($"CMAKE_HOME_DIRECTORY:INTERNAL={repository.Root}", StringComparer.Ordinal);
    }

    private static void Delete(string folder)
    {
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
