using System.Text.Json;
using System.Text;
using Minilm.Abstractions;
using Minilm.Dialog.Cards;
using Minilm.Dialog.Characters;
using Minilm.Dialog.Integration;

namespace Minilm.Tests.Dialog.Integration;

public sealed class CardFileIntegratorTests
{
    private const string Card = """{"name":"Fen","dialogs":[]}""";

    private TemporaryFolder _folder = null!;

    [SetUp]
    public void Create() => _folder = new TemporaryFolder();

    [TearDown]
    public void Delete() => _folder.Dispose();

    [Test]
    public void Integrate_changes_a_file_and_keeps_its_old_bytes_beside_it()
    {
        string path = _folder.Write("fen.txt", Card);

        IntegrationResult result = Single(path);

        Assert.Multiple(() =>
        {
            Assert.That(result.Verdict, Is.EqualTo(IntegrationVerdict.Integrated));
            Assert.That(result.BackupPath, Is.EqualTo(path + ".bak"));
            Assert.That(File.ReadAllText(result.BackupPath!), Is.EqualTo(Card));
            Assert.That(File.ReadAllBytes(path), Is.EqualTo(result.Plan!.Result.ToArray()));
            Assert.That(_folder.Files(), Is.EqualTo(new[] { "fen.txt", "fen.txt.bak" }));
        });
    }

    [Test]
    public void Integrate_never_overwrites_a_backup_and_makes_none_twice()
    {
        string path = _folder.Write("a.json", Card);
        Single(path);
        File.WriteAllText(path, Card + " ");
        IntegrationResult second = Single(path);
        File.WriteAllText(path, Card);
        IntegrationResult third = Single(path);
        File.WriteAllText(path, Card + "\n");
        IntegrationResult fourth = Single(path);

        Assert.Multiple(() =>
        {
            Assert.That(new[] { second, third, fourth }.Select(result => Path.GetFileName(result.BackupPath)), Is.EqualTo(new[] { "a.json.bak.2", "a.json.bak", "a.json.bak.3" }));
            Assert.That(File.ReadAllText(path + ".bak"), Is.EqualTo(Card));
            Assert.That(File.ReadAllText(path + ".bak.2"), Is.EqualTo(Card + " "));
            Assert.That(_folder.Files(), Is.EqualTo(new[] { "a.json", "a.json.bak", "a.json.bak.2", "a.json.bak.3" }));
        });
    }

    [Test]
    public void Integrate_does_not_write_what_does_not_change()
    {
        string path = _folder.Write("a.json", Card);
        Single(path, new CardFileIntegratorOptions { Backup = false });
        DateTime written = new(2001, 2, 3, 4, 5, 6, DateTimeKind.Utc);
        File.SetLastWriteTimeUtc(path, written);

        IntegrationResult second = Single(path);

        Assert.Multiple(() =>
        {
            Assert.That((second.Verdict, second.BackupPath), Is.EqualTo((IntegrationVerdict.AlreadyIntegrated, (string?)null)));
            Assert.That(File.GetLastWriteTimeUtc(path), Is.EqualTo(written));
            Assert.That(_folder.Files(), Is.EqualTo(new[] { "a.json" }));
        });
    }

    [Test]
    public void Integrate_writes_nothing_in_a_dry_run()
    {
        string path = _folder.Write("a.json", Card);

        IntegrationResult result = Single(path, new CardFileIntegratorOptions { DryRun = true });

        Assert.Multiple(() =>
        {
            Assert.That((result.Verdict, result.BackupPath), Is.EqualTo((IntegrationVerdict.Integrated, (string?)null)));
            Assert.That(result.Plan!.Edits, Is.Not.Empty);
            Assert.That(File.ReadAllText(path), Is.EqualTo(Card));
            Assert.That(_folder.Files(), Is.EqualTo(new[] { "a.json" }));
        });
    }

    [TestCase("characters/")]
    [TestCase("assets/characters/")]
    [TestCase("")]
    public void Integrate_finds_the_cards_of_a_folder_in_order(string characters)
    {
        string[] cards = ["B.JSON", "a/z.json", "a/a_character.json", "c.json.json"];
        foreach (string name in (string[])[.. cards, ".hidden.json", ".git/x.json", "a/x.json.bak", "a/.z.json.x.tmp", "readme.md"])
        {
            _folder.Write(characters + name, Card);
        }
        if (characters.Length > 0)
        {
            _folder.Write("other/d.json", Card);
        }

        Assert.That(Names(CardMatch.All), Is.EqualTo(new[] { "B.JSON", "a/a_character.json", "a/z.json", "c.json.json" }));
        Assert.That(Names(CardMatch.Suffix), Is.EqualTo(new[] { "a/a_character.json" }));

        string[] Names(CardMatch match) =>
            [.. Integrate(_folder.Path, new CardFileIntegratorOptions { Match = match }).Select(result => Path.GetRelativePath(_folder.PathOf(characters), result.Path).Replace('\\', '/'))];
    }

    [Test]
    public void Integrate_goes_on_after_a_failure()
    {
        _folder.Write("1.json", "{");
        _folder.Write("2.json", Card);
        _folder.Write("3.json", "[]");
        File.SetAttributes(_folder.Write("4.json", Card), FileAttributes.ReadOnly);
        using (FileStream huge = File.Create(_folder.PathOf("5.json")))
        {
            huge.SetLength((64 << 20) + 1);
        }

        List<IntegrationResult> results = Integrate(_folder.Path);
        bool root = !OperatingSystem.IsWindows() && Environment.IsPrivilegedProcess; // may write what is read-only to others

        Assert.Multiple(() =>
        {
            Assert.That(results.Select(result => result.Verdict), Is.EqualTo(new[] { IntegrationVerdict.Failed, IntegrationVerdict.Integrated, IntegrationVerdict.NotACard, root ? IntegrationVerdict.Integrated : IntegrationVerdict.Failed, IntegrationVerdict.Failed }));
            Assert.That(root || results[3].Reason!.Contains("read-only", StringComparison.Ordinal), Is.True, results[3].Reason);
            Assert.That(new FileInfo(_folder.PathOf("4.json")).IsReadOnly, Is.True, "the mode stays");
            Assert.That(results[4].Reason, Does.Contain("67108865 bytes"));
            Assert.That(_folder.Files(), Is.EqualTo((string[])["1.json", "2.json", "2.json.bak", "3.json", "4.json", .. root ? ["4.json.bak"] : Array.Empty<string>(), "5.json"]));
        });
        File.SetAttributes(_folder.PathOf("4.json"), FileAttributes.Normal);
    }

    [Test]
    public void Integrate_fails_where_the_backup_or_the_card_cannot_be_written()
    {
        // A name that is as long as names may be leaves no room for the temporary file's.
        string path = _folder.Write(new string('a', 250) + ".json", Card);

        IntegrationResult result = Single(path, new CardFileIntegratorOptions { Backup = false });

        Assert.Multiple(() =>
        {
            Assert.That(result.Verdict, Is.EqualTo(IntegrationVerdict.Failed));
            Assert.That(File.ReadAllText(path), Is.EqualTo(Card));
            Assert.That(_folder.Files(), Has.Length.EqualTo(1));
        });
    }

    [Test]
    public void Replace_refuses_a_file_that_somebody_changed()
    {
        string path = _folder.Write("a.json", "theirs");

        Assert.Multiple(() =>
        {
            Assert.That(() => AtomicFile.Replace(path, "ours"u8, "new"u8), Throws.TypeOf<IOException>().With.Message.Contains("somebody else"));
            Assert.That(File.ReadAllText(path), Is.EqualTo("theirs"));
            Assert.That(_folder.Files(), Is.EqualTo(new[] { "a.json" }));
        });
    }

    [Test]
    public void Backup_passes_over_names_that_are_taken_by_anything()
    {
        string path = _folder.Write("a.json", Card);
        Directory.CreateDirectory(path + ".bak");
        _folder.Write("a.json.bak.2", "");

        Assert.That(AtomicFile.Backup(path, Encoding.UTF8.GetBytes(Card)), Is.EqualTo(path + ".bak.3"));
    }

    [Test]
    [Platform("Linux,MacOsX")]
    public void Integrate_keeps_the_mode_also_in_the_backup()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }
        string path = _folder.Write("a.json", Card);
        const UnixFileMode mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupWrite | UnixFileMode.OtherExecute;
        File.SetUnixFileMode(path, mode);

        IntegrationResult result = Single(path);

        Assert.That((File.GetUnixFileMode(path), File.GetUnixFileMode(result.BackupPath!)), Is.EqualTo((mode, mode)));
    }

    [Test]
    [Platform("Linux,MacOsX")]
    public void Integrate_follows_links_to_files_and_folders_and_never_in_circles()
    {
        string real = _folder.Write("elsewhere/real.json", Card);
        _folder.Write("cards/own/b.json", Card);
        File.CreateSymbolicLink(_folder.PathOf("cards/a.json"), "../elsewhere/real.json");
        File.CreateSymbolicLink(_folder.PathOf("cards/broken.json"), "nowhere.json");
        Directory.CreateSymbolicLink(_folder.PathOf("cards/own/up"), "..");
        Directory.CreateSymbolicLink(_folder.PathOf("cards/z"), _folder.PathOf("elsewhere"));

        List<IntegrationResult> results = Integrate(_folder.PathOf("cards"));

        Assert.Multiple(() =>
        {
            Assert.That(results.Select(result => (Path.GetRelativePath(_folder.PathOf("cards"), result.Path), result.Verdict)), Is.EqualTo(new[]
            {
                ("a.json", IntegrationVerdict.Integrated),
                ("broken.json", IntegrationVerdict.Failed),
                ("own/b.json", IntegrationVerdict.Integrated),
                ("z/real.json", IntegrationVerdict.AlreadyIntegrated),
            }));
            Assert.That(new FileInfo(_folder.PathOf("cards/a.json")).LinkTarget, Is.EqualTo("../elsewhere/real.json"));
            Assert.That(File.ReadAllText(real), Does.Contain("dialogBackend"));
            Assert.That(results[0].BackupPath, Is.EqualTo(real + ".bak"));
        });
    }

    [Test]
    [Platform("Linux,MacOsX")]
    public void Integrate_follows_a_link_from_the_folder_where_it_really_is()
    {
        const string other = """{"name":"Other","dialogs":[]}""";
        string meant = _folder.Write("elsewhere/meant.json", Card);
        _folder.Write("cards/meant.json", other);
        Directory.CreateDirectory(_folder.PathOf("elsewhere/deep"));
        File.CreateSymbolicLink(_folder.PathOf("elsewhere/deep/link.json"), "../meant.json");
        Directory.CreateSymbolicLink(_folder.PathOf("cards/folder"), "../elsewhere/deep");

        IntegrationResult result = Single(_folder.PathOf("cards/folder/link.json"));

        Assert.Multiple(() =>
        {
            Assert.That(result.Verdict, Is.EqualTo(IntegrationVerdict.Integrated));
            Assert.That(File.ReadAllText(meant), Does.Contain("dialogBackend"));
            Assert.That(File.ReadAllText(_folder.PathOf("cards/meant.json")), Is.EqualTo(other));
        });
    }

    [Test]
    [Platform("Linux,MacOsX")]
    public void Integrate_follows_a_link_that_is_given_by_its_bare_name()
    {
        string real = _folder.Write("real.json", Card);
        File.CreateSymbolicLink(_folder.PathOf("link.json"), "real.json");
        string before = Directory.GetCurrentDirectory();
        Directory.SetCurrentDirectory(_folder.Path);
        try
        {
            Assert.That(Single("link.json").Verdict, Is.EqualTo(IntegrationVerdict.Integrated));
        }
        finally
        {
            Directory.SetCurrentDirectory(before);
        }
        Assert.That(File.ReadAllText(real), Does.Contain("dialogBackend"));
    }

    [Test]
    [Platform("Linux,MacOsX")]
    public void Integrate_fails_on_a_link_to_itself_and_says_so()
    {
        File.CreateSymbolicLink(_folder.PathOf("a.json"), "b.json");
        File.CreateSymbolicLink(_folder.PathOf("b.json"), "a.json");

        Assert.That(Integrate(_folder.Path).Select(result => (result.Verdict, result.Reason.Contains("in circles", StringComparison.Ordinal))), Is.All.EqualTo((IntegrationVerdict.Failed, true)));
    }

    [Test]
    public void Integrate_refuses_what_is_too_large_to_be_read_as_a_card()
    {
        _folder.Write("a.json", Card + new string(' ', CardSource.MaxBytes - Card.Length + 1));
        _folder.Write("b.json", Card + new string(' ', CardSource.MaxBytes - Card.Length));

        List<IntegrationResult> results = Integrate(_folder.Path);

        Assert.Multiple(() =>
        {
            Assert.That(results.Select(result => result.Verdict), Is.All.EqualTo(IntegrationVerdict.Failed));
            Assert.That(results[0].Reason, Is.EqualTo("it has 4194305 bytes; cards have at most 4194304"));
            Assert.That(results[1].Reason, Does.StartWith("it would have").And.EndsWith("cards have at most 4194304"));
            Assert.That(_folder.Files(), Is.EqualTo(new[] { "a.json", "b.json" }));
        });
    }

    [Test]
    public void Integrate_writes_the_model_path_relative_to_each_card()
    {
        _folder.Write("cards/a.json", Card);
        _folder.Write("cards/deep/b.json", Card);
        string model = Path.GetRelativePath(Directory.GetCurrentDirectory(), _folder.PathOf("models/m.gguf"));

        List<IntegrationResult> results = Integrate(_folder.Path, new CardFileIntegratorOptions { ModelFile = model });

        Assert.That(results.Select(result => ModelPathOf(result.Path)), Is.EqualTo(new[] { "../models/m.gguf", "../../models/m.gguf" }));

        static string ModelPathOf(string card)
        {
            using JsonDocument document = JsonDocument.Parse(File.ReadAllText(card));
            return document.RootElement.GetProperty("dialogBackend").GetProperty("backends").GetProperty("llm").GetProperty("modelPath").GetString()!;
        }
    }

    [Test]
    public void Integrate_stops_between_two_files_when_it_is_cancelled()
    {
        _folder.Write("a.json", Card);
        _folder.Write("b.json", Card);
        using CancellationTokenSource source = new();
        List<IntegrationResult> results = [];

        Assert.That(
            () =>
            {
                foreach (IntegrationResult result in new CardFileIntegrator().Integrate(_folder.Path, source.Token))
                {
                    results.Add(result);
                    source.Cancel();
                }
            },
            Throws.InstanceOf<OperationCanceledException>());
        Assert.That(results, Has.Count.EqualTo(1));
        Assert.That(File.ReadAllText(_folder.PathOf("b.json")), Is.EqualTo(Card));
    }

    [Test]
    public void Integrate_refuses_paths_that_are_not_there() => Assert.Multiple(() =>
    {
        Assert.That(() => new CardFileIntegrator().Integrate(_folder.PathOf("nothing")), Throws.TypeOf<FileNotFoundException>().With.Message.Contains("nothing"));
        Assert.That(() => new CardFileIntegrator().Integrate(""), Throws.ArgumentException);
        Assert.That(() => new CardFileIntegrator(new CardFileIntegratorOptions { ModelFile = "" }), Throws.ArgumentException);
    });

    private static IntegrationResult Single(string path, CardFileIntegratorOptions? options = null) => Integrate(path, options).Single();

    private static List<IntegrationResult> Integrate(string path, CardFileIntegratorOptions? options = null) => [.. new CardFileIntegrator(options).Integrate(path)];
}
