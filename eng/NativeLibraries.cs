using System.Diagnostics;

namespace Minilm.Build;

/// <summary>The native libraries in artifacts/native/&lt;rid&gt;: whether they are current, and what finds them.</summary>
internal sealed class NativeLibraries(Repository repository, Steps steps)
{
    private static readonly string[] Sources = ["CMakeLists.txt", "cmake", "native"];

    private readonly Submodule _submodule = new(repository, steps);

    private string OptionsFile => Path.Combine(repository.NativeFolder, ".options");

    private string StampFile => Path.Combine(repository.NativeFolder, ".stamp");

    /// <summary>Gets what the libraries were built from, or null when there are none.</summary>
    public NativeProvider? Provider => NativeProvider.Read(repository.NativeFolder);

    /// <summary>Builds what is missing or out of date, with the provider and the options that were chosen before.</summary>
    public NativeProvider Require(bool announce)
    {
        if (!IsCurrent())
        {
            using IDisposable held = FolderLock.ForBuilding(repository);
            if (!IsCurrent())
            {
                string[] options = File.Exists(OptionsFile) ? File.ReadAllLines(OptionsFile) : [];
                Build(Provider?.Name ?? "auto", options);
                announce = true;
            }
        }
        NativeProvider provider = Provider!;
        if (announce)
        {
            provider.Announce(repository);
        }
        return provider;
    }

    /// <summary>Builds with a provider, or with the one of the last time.</summary>
    public void Rebuild(string? provider, IReadOnlyList<string> options)
    {
        using IDisposable held = FolderLock.ForBuilding(repository);
        if (provider == "auto")
        {
            _submodule.ForgetUnreachable();
        }
        Build(provider ?? Provider?.Name ?? "auto", options);
        Provider!.Announce(repository);
    }

    /// <summary>Makes a command find the libraries: through the environment, and inside the sysroot when they are of there.</summary>
    public ProcessStartInfo Enter(string program, params IEnumerable<string> arguments)
    {
        ProcessStartInfo command = Provider!.Name == NativeProvider.Sysroot
            ? Programs.Command("bash", [repository.PathOf("eng", "enter.sh"), program, .. arguments])
            : Programs.Command(program, arguments);
        string dotnetRoot = Path.GetDirectoryName(repository.Dotnet)!;
        command.Environment.TryAdd("MINILM_NATIVE_PATH", repository.NativeFolder);
        command.Environment["DOTNET_ROOT"] = dotnetRoot;
        command.Environment["PATH"] = dotnetRoot + Path.PathSeparator + command.Environment["PATH"];
        return command;
    }

    private bool IsCurrent() => File.Exists(StampFile) && !Freshness.IsNewer(StampFile, repository, Sources) && Provider switch
    {
        null => false,
        { Name: NativeProvider.Sysroot } => Directory.Exists(repository.ArtifactOf("sysroot", "root")),
        { Name: NativeProvider.Submodule } => !_submodule.IsThere || _submodule.Commit == File.ReadAllText(StampFile).Trim(),
        _ => true,
    };

    private void Build(string provider, IReadOnlyList<string> options)
    {
        var build = new NativeBuild(repository, steps, _submodule);
        switch (provider)
        {
            case "auto":
                BuildWithFirstOf(build, options);
                break;
            case NativeProvider.Submodule:
                if (!_submodule.IsThere && !_submodule.Fetch())
                {
                    throw steps.Failure("third_party/llama.cpp could not be fetched; the other providers are --llama=system and --llama=sysroot");
                }
                build.Require(provider, options);
                break;
            case NativeProvider.System:
                if (!build.Try(provider, options))
                {
                    throw steps.Failure("the seam could not be built with an installed libllama; the other providers are --llama=submodule and --llama=sysroot");
                }
                break;
            case NativeProvider.Sysroot:
                build.MakeSysroot();
                build.Require(provider, options);
                break;
            default:
                throw new UsageException($"unknown provider '{provider}': expected auto, submodule, system or sysroot");
        }
    }

    private void BuildWithFirstOf(NativeBuild build, IReadOnlyList<string> options)
    {
        if (_submodule.IsThere || (!_submodule.IsUnreachable && _submodule.Fetch()))
        {
            build.Require(NativeProvider.Submodule, options);
        }
        else if (!build.Try(NativeProvider.System, options))
        {
            if (!build.CanMakeSysroot)
            {
                throw steps.Failure("""
                    llama.cpp's repository is out of reach, and no libllama with headers is installed. Give either:
                      git submodule update --init third_party/llama.cpp, then ./build.sh native --llama=submodule
                      an installed libllama (a CMake package 'llama'; CMAKE_PREFIX_PATH if it is elsewhere), then ./build.sh native --llama=system
                    """);
            }
            Terminal.Say("No installed libllama; using a private Debian root");
            build.MakeSysroot();
            build.Require(NativeProvider.Sysroot, options);
        }
    }
}
