using Minilm.Interop;

namespace Minilm.Tests.Interop;

/// <summary>The loader, in processes that have not loaded anything yet.</summary>
public sealed class LoaderTests
{
    [Test]
    [Platform(Exclude = "Win", Reason = "The stand-in for libllama is an ELF or Mach-O library.")]
    public async Task A_seam_beside_a_libllama_of_another_version_is_refused_with_the_symbol_and_the_file()
    {
        string folder = Path.Combine(NativeSide.TestingFolder, "versionless");

        (int exitCode, string output, string error) = await ChildProcess.RunAsync(folder, "load");

        Assert.Multiple(() =>
        {
            Assert.That(exitCode, Is.Zero);
            Assert.That(error, Is.Empty);
            Assert.That(output, Does.StartWith("refused: ").And.Contain("llama_version"));
            Assert.That(output, Does.Contain(Path.Combine(folder, NativeLibraryLocator.FileName("minilm"))).And.Contain(NativeLibraryLocator.FileName("llama-stand-in")));
        });
    }

    [Test]
    [Platform("Linux", Reason = "The linker's version script leaves the function out.")]
    public async Task A_seam_of_the_right_version_that_lacks_a_function_is_refused_before_the_first_call()
    {
        string folder = Path.Combine(NativeSide.TestingFolder, "lacking");

        (int exitCode, string output, string error) = await ChildProcess.RunAsync(folder, "load");

        Assert.Multiple(() =>
        {
            Assert.That(exitCode, Is.Zero);
            Assert.That(error, Is.Empty);
            Assert.That(output, Does.StartWith("refused: ").And.Contain($"lacks functions that this assembly calls: {nameof(NativeMethods.minilm_tokenize)} ("));
            Assert.That(output, Does.Contain(Path.Combine(folder, NativeLibraryLocator.FileName("minilm"))));
        });
    }

    [Test]
    public async Task A_library_planted_in_a_parent_folder_is_not_loaded()
    {
        using TemporaryFolder root = new();
        string application = root.PathOf("application/bin/release");
        Directory.CreateDirectory(application);
        string output = AppContext.BaseDirectory;
        string name = typeof(ChildProgram).Assembly.GetName().Name!;
        foreach (string file in Directory.EnumerateFiles(output, "*.dll").Append(Path.Combine(output, $"{name}.runtimeconfig.json")).Where(file => !IsNative(file)))
        {
            File.Copy(file, Path.Combine(application, Path.GetFileName(file)));
        }
        string rid = NativeLibraryLocator.Candidates(null, null, root.Path)[1].Split(Path.DirectorySeparatorChar)[^3];
        string seam = NativeLibraryLocator.FileName("minilm");
        foreach (string parent in new[] { root.Path, root.PathOf("application"), root.PathOf("application/bin") })
        {
            foreach (string place in new[] { Path.Combine(parent, "artifacts", "native", rid), Path.Combine(parent, "runtimes", rid, "native"), parent })
            {
                Directory.CreateDirectory(place);
                File.Copy(LlamaRuntime.Versions.LibraryPath, Path.Combine(place, seam));
            }
        }

        (int exitCode, string said, _) = await ChildProcess.RunAsync(Path.Combine(application, $"{name}.dll"), "", ["load"]);

        Assert.Multiple(() =>
        {
            Assert.That(exitCode, Is.Zero);
            Assert.That(said, Does.StartWith("refused: ").And.Contain($"{Path.Combine(application, seam)}: no such file"));
            Assert.That(said, Does.Contain(Path.Combine(application, "runtimes")).And.Contain(NativeLibraryLocator.PathVariable));
            Assert.That(said, Does.Not.Contain(Path.Combine("artifacts", "native")));
        });
    }

    [Test]
    public async Task The_folder_that_the_environment_names_is_taken()
    {
        (int exitCode, string output, _) = await ChildProcess.RunAsync(Path.GetDirectoryName(LlamaRuntime.Versions.LibraryPath), "load");

        Assert.That((exitCode, output.Trim()), Is.EqualTo((0, $"loaded {LlamaRuntime.Versions.LibraryPath}")));
    }

    private static bool IsNative(string file) => Path.GetFileName(file).StartsWith("ggml", StringComparison.OrdinalIgnoreCase) || Path.GetFileName(file) is "minilm.dll" or "llama.dll" && OperatingSystem.IsWindows();
}
