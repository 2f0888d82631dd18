namespace Minilm.Build;

/// <summary>Where libllama came from, as CMake wrote it into provider.txt.</summary>
internal sealed record NativeProvider(string Name, string Llama, string Ggml, bool IsPortable)
{
    /// <summary>third_party/llama.cpp.</summary>
    public const string Submodule = "submodule";

    /// <summary>An installed package.</summary>
    public const string System = "system";

    /// <summary>A private Debian root, which the programs run in.</summary>
    public const string Sysroot = "sysroot";

    /// <summary>Gets whether the libraries run on other machines too.</summary>
    public bool CanTravel => Name == Submodule && IsPortable;

    public static NativeProvider? Read(string folder)
    {
        string file = Path.Combine(folder, "provider.txt");
        if (!File.Exists(file))
        {
            return null;
        }
        Dictionary<string, string> values = File.ReadLines(file).Select(line => line.Split('=', 2)).Where(pair => pair.Length == 2)
            .ToDictionary(pair => pair[0], pair => pair[1].Trim(), StringComparer.Ordinal);
        return new NativeProvider(
            values.GetValueOrDefault("provider", ""),
            values.GetValueOrDefault("llama", ""),
            values.GetValueOrDefault("ggml", ""),
            values.GetValueOrDefault("portable") == "ON");
    }

    /// <summary>Says what the run uses, in one line.</summary>
    public void Announce(Repository repository)
    {
        string where = Name switch
        {
            Submodule => "from third_party/llama.cpp",
            Sysroot => $"of Debian {ReleaseOf(repository.ArtifactOf("sysroot", "root"))}, in artifacts/sysroot",
            _ => "installed on this system",
        };
        Terminal.Say($"libllama {OrUnknown(Llama)}, ggml {OrUnknown(Ggml)}: {Name}, {where} ({repository.RuntimeIdentifier})");
    }

    private static string OrUnknown(string version) => version.Length > 0 ? version : "of unknown version";

    private static string ReleaseOf(string sysroot)
    {
        string file = Path.Combine(sysroot, "usr", "lib", "os-release");
        const string Key = "VERSION_CODENAME=";
        return File.Exists(file) ? File.ReadLines(file).FirstOrDefault(line => line.StartsWith(Key, StringComparison.Ordinal))?[Key.Length..] ?? "" : "";
    }
}
