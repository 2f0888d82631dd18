using System.Runtime.InteropServices;

namespace Minilm.Build;

/// <summary>The folders of this repository, and the .NET that works on it.</summary>
internal sealed class Repository(string root)
{
    public string Root { get; } = root;

    public string Artifacts { get; } = Path.Combine(root, "artifacts");

    /// <summary>Gets .NET's name of this machine, as cmake/rid.cmake spells it.</summary>
    public string RuntimeIdentifier { get; } =
        $"{(OperatingSystem.IsWindows() ? "win" : OperatingSystem.IsMacOS() ? "osx" : "linux")}-{RuntimeInformation.OSArchitecture.ToString().ToLowerInvariant()}";

    /// <summary>Gets the folder of the native libraries that this repository has built.</summary>
    public string NativeFolder => Path.Combine(Artifacts, "native", RuntimeIdentifier);

    /// <summary>Gets the program that runs this one.</summary>
    public string Dotnet { get; } = Environment.ProcessPath!;

    public string PathOf(params string[] parts) => Path.Combine([Root, .. parts]);

    public string ArtifactOf(params string[] parts) => Path.Combine([Artifacts, .. parts]);

    /// <summary>Gets the path of a built assembly.</summary>
    public string AssemblyOf(string project, string? assembly = null) =>
        ArtifactOf("dotnet", "bin", project, "release", $"{assembly ?? project}.dll");

    /// <summary>Gets the projects below a folder, such as "src".</summary>
    public IEnumerable<string> ProjectsIn(string folder) =>
        Directory.EnumerateDirectories(PathOf(folder)).SelectMany(path => Directory.EnumerateFiles(path, "*.csproj")).Order(StringComparer.Ordinal);
}
