using Minilm.Interop;

namespace Minilm.Tests.Interop;

public sealed class NativeLibraryTests
{
    private static readonly string File = NativeLibraryLocator.FileName("minilm");

    [Test]
    public void Candidates_are_beside_the_assembly_and_where_packages_have_theirs()
    {
        string package = NativeSide.InstallFolder;
        IReadOnlyList<string> candidates = NativeLibraryLocator.Candidates(null, null, AppContext.BaseDirectory, string.Join(Path.PathSeparator, package, AppContext.BaseDirectory, "/nowhere"));

        Assert.Multiple(() =>
        {
            Assert.That(candidates[0], Is.EqualTo(Path.Combine(AppContext.BaseDirectory, File)));
            Assert.That(candidates[1], Does.StartWith(Path.Combine(AppContext.BaseDirectory, "runtimes")).And.EndsWith(Path.Combine("native", File)));
            Assert.That(candidates[2], Is.EqualTo(Path.Combine(package, File)));
            Assert.That(candidates[3], Is.EqualTo(File), "and at last wherever the system looks");
            Assert.That(candidates, Has.Count.EqualTo(4));
        });
    }

    [Test]
    public void Candidates_are_the_named_path_alone_when_there_is_one()
    {
        string folder = Path.GetDirectoryName(TestModels.PathOf("x"))!;

        Assert.Multiple(() =>
        {
            Assert.That(NativeLibraryLocator.Candidates(folder, "ignored", "/base"), Is.EqualTo(new[] { Path.Combine(folder, File) }));
            Assert.That(NativeLibraryLocator.Candidates(null, folder, "/base"), Is.EqualTo(new[] { Path.Combine(folder, File) }));
            Assert.That(NativeLibraryLocator.Candidates("/some/lib.so", null, "/base"), Is.EqualTo(new[] { Path.GetFullPath("/some/lib.so") }));
        });
    }

    [Test]
    public void LoadFirst_lists_each_path_with_the_loaders_words_when_none_loads()
    {
        string garbage = TestModels.PathOf("libgarbage.so");
        System.IO.File.WriteAllText(garbage, "this is not a library");
        string missing = TestModels.PathOf("libmissing.so");

        var error = Assert.Throws<NativeLibraryException>(() => NativeLibraryLoader.LoadFirst([missing, garbage]))!;

        Assert.Multiple(() =>
        {
            Assert.That(error.Message, Does.Contain($"{missing}: no such file"));
            Assert.That(error.Message, Does.Contain($"\n  {garbage}: ").And.Match("(?i)invalid ELF|too short|not a mach-o|not a valid|bad ?image"), "the loader's own words");
            Assert.That(error.Message, Does.Contain("./build.sh native").And.Contain(NativeLibraryLocator.PathVariable));
        });
    }

    [Test]
    public void RequireSeamVersion_refuses_a_library_of_another_version_and_one_that_has_none()
    {
        string other = Path.Combine(NativeSide.TestingFolder, NativeLibraryLocator.FileName("other_seam"));

        var older = Assert.Throws<NativeLibraryException>(() => Probe(other))!;
        var stranger = Assert.Throws<NativeLibraryException>(() => Probe(Path.Combine(NativeSide.TestingFolder, NativeLibraryLocator.FileName("stranger"))))!;

        Assert.Multiple(() =>
        {
            Assert.That(older.Message, Does.Contain(other).And.Contain("seam version 4711").And.Contain($"needs {NativeLibraryLoader.SeamVersion}"));
            Assert.That(stranger.Message, Does.Contain("is not Minilm's native library"));
        });

        static void Probe(string path)
        {
            (nint handle, string loaded) = NativeLibraryLoader.LoadFirst([path]);
            try
            {
                NativeLibraryLoader.RequireSeamVersion(handle, loaded);
            }
            finally
            {
                System.Runtime.InteropServices.NativeLibrary.Free(handle);
            }
        }
    }

    [Test]
    public void Initialize_refuses_a_second_library_in_the_same_process()
    {
        LlamaRuntime.Initialize();

        var error = Assert.Throws<NativeLibraryException>(() => LlamaRuntime.Initialize("/somewhere/else"))!;

        Assert.That(error.Message, Does.Contain("already loaded from").And.Contain("/somewhere/else"));
    }

    [Test]
    public void Initialize_accepts_the_library_that_is_in_use()
    {
        NativeVersions versions = LlamaRuntime.Initialize();

        Assert.That(LlamaRuntime.Initialize(Path.GetDirectoryName(versions.LibraryPath)), Is.SameAs(versions));
    }

    [Test]
    public void Versions_name_the_seam_the_library_and_a_device_that_computes()
    {
        NativeVersions versions = LlamaRuntime.Versions;

        Assert.Multiple(() =>
        {
            Assert.That(versions.SeamVersion, Is.EqualTo(NativeLibraryLoader.SeamVersion));
            Assert.That(versions.Llama, Does.Match(@"^\d+\.\d+"));
            Assert.That(versions.Ggml, Does.Match(@"^\d+\.\d+"));
            Assert.That(versions.Compiler, Is.Not.Empty);
            Assert.That(versions.SystemInfo, Does.Contain("CPU"));
            Assert.That(LlamaRuntime.Devices, Has.Some.Property(nameof(NativeDevice.Type)).EqualTo(NativeDeviceType.Cpu));
            Assert.That(LlamaRuntime.Devices, Has.All.Property(nameof(NativeDevice.Name)).Not.Empty);
        });
    }
}
