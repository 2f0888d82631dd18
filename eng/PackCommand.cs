namespace Minilm.Build;

/// <summary>'pack': the NuGet packages, with the native libraries of all machines that are in artifacts/native.</summary>
internal sealed class PackCommand(Repository repository, Steps steps)
{
    private static readonly string[] LibraryNames = ["*.so*", "*.dylib", "*.dll"];

    public int Run(string[] arguments)
    {
        if (arguments is not ([] or ["--managed-only"]))
        {
            throw new UsageException($"pack does not know '{arguments.First(argument => argument != "--managed-only")}'");
        }
        string content = repository.ArtifactOf("package-content");
        string packages = repository.ArtifactOf("packages");
        foreach (string folder in new[] { content, packages }.Where(Directory.Exists))
        {
            Directory.Delete(folder, recursive: true);
        }
        Directory.CreateDirectory(content);
        if (arguments is [])
        {
            CollectLibraries(content);
        }

        using IDisposable held = FolderLock.ForBuilding(repository);
        foreach (string project in repository.ProjectsIn("src"))
        {
            string name = Path.GetFileNameWithoutExtension(project);
            steps.Require($"pack-{name}", $"Packing {name}", Programs.Command(repository.Dotnet,
                "pack", project, "--configuration", "Release", "--nologo", "--disable-build-servers", "-tl:off", "--output", packages, $"-p:MinilmPackageContent={content}/"));
        }
        foreach (string package in Directory.EnumerateFiles(packages, "*.nupkg").Order(StringComparer.Ordinal))
        {
            Console.WriteLine(package);
        }
        return 0;
    }

    /// <summary>Copies the libraries that run on other machines, and their licences.</summary>
    private void CollectLibraries(string content)
    {
        List<string> packed = [];
        string natives = repository.ArtifactOf("native");
        foreach (string folder in Directory.Exists(natives) ? Directory.GetDirectories(natives).Order(StringComparer.Ordinal).ToArray() : [])
        {
            string name = Path.GetFileName(folder);
            if (name.StartsWith('.') || NativeProvider.Read(folder) is not NativeProvider provider)
            {
                continue;
            }
            if (!provider.CanTravel)
            {
                Terminal.Say($"Not packed: artifacts/native/{name}, which works on this machine only");
                continue;
            }
            string target = Path.Combine(content, "runtimes", name, "native");
            string licenses = Path.Combine(content, "licenses");
            Directory.CreateDirectory(target);
            Directory.CreateDirectory(licenses);
            foreach (string library in LibraryNames.SelectMany(pattern => Directory.EnumerateFiles(folder, pattern)))
            {
                File.Copy(library, Path.Combine(target, Path.GetFileName(library)), overwrite: true);
            }
            File.Copy(Path.Combine(folder, "llama.cpp-LICENSE.txt"), Path.Combine(licenses, "llama.cpp-LICENSE.txt"), overwrite: true);
            packed.Add(name);
        }
        if (packed.Count == 0)
        {
            throw new BuildException("there are no native libraries that run on other machines, and packages without them cannot load a model. "
                + "'./build.sh native --llama=submodule --portable' makes them; 'pack --managed-only' leaves them out");
        }
        Terminal.Say($"Native libraries in the package: {string.Join(' ', packed)}");
    }
}
