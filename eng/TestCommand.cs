using System.Diagnostics;
using System.Globalization;
using System.Xml.Linq;

namespace Minilm.Build;

/// <summary>'test': builds the solution, runs each test project where the native libraries are, adds up the results.</summary>
internal sealed class TestCommand(Repository repository, Steps steps, NativeLibraries natives, ManagedBuild managed)
{
    private readonly string _results = repository.ArtifactOf("test-results");

    public int Run(string[] arguments)
    {
        if (arguments is not ([] or [not ['-', ..]]))
        {
            throw new UsageException("test takes one filter, such as 'test FullyQualifiedName~Gguf'");
        }
        Counts all = new(0, 0, 0);
        using (FolderLock.ForTesting(repository))
        {
            natives.Require(announce: true);
            managed.Build("solution", "Minilm.sln");
            if (Directory.Exists(_results))
            {
                Directory.Delete(_results, recursive: true);
            }
            foreach (string project in repository.ProjectsIn("tests").Where(path => path.EndsWith(".Tests.csproj", StringComparison.Ordinal)))
            {
                all += Test(project, arguments.FirstOrDefault());
            }
        }

        foreach (string line in CoverageReport.Lines(_results, repository.ProjectsIn("src").Select(path => Path.GetFileNameWithoutExtension(path))))
        {
            Console.WriteLine(line);
        }
        if (all.Passed + all.Failed == 0)
        {
            Terminal.Say("No test ran");
        }
        Console.WriteLine($"{all.Passed} passed, {all.Failed} failed, {all.Skipped} skipped");
        return all is { Failed: 0, Passed: > 0 } ? 0 : 1;
    }

    private Counts Test(string project, string? filter)
    {
        string name = Path.GetFileNameWithoutExtension(project);
        string folder = Path.Combine(_results, name);
        ProcessStartInfo command = natives.Enter(repository.Dotnet,
            ["test", project, "--no-build", "--nologo", "-tl:off", "--configuration", "Release", "--results-directory", folder,
             "--settings", "tests/coverage.runsettings", "--collect", "XPlat Code Coverage",
             "--logger", $"trx;LogFileName={name}.trx", "--logger", "console;verbosity=normal",
             "--blame-hang-timeout", "5m", "--blame-hang-dump-type", "none",
             .. filter is null ? Array.Empty<string>() : ["--filter", filter]]);
        ManagedBuild.WithoutServers(command);
        bool succeeded = steps.Try($"test-{name}", $"Testing {name}", command);
        Counts counts = Counts.Read(Path.Combine(folder, $"{name}.trx"));
        if (!succeeded)
        {
            steps.ShowFailure(60);
            if (counts.Failed == 0)
            {
                Terminal.Say($"{name} did not end well, though no test failed: counted as one failure");
                counts += new Counts(0, 1, 0);
            }
        }
        return counts;
    }

    private sealed record Counts(int Passed, int Failed, int Skipped)
    {
        public static Counts operator +(Counts a, Counts b) => new(a.Passed + b.Passed, a.Failed + b.Failed, a.Skipped + b.Skipped);

        /// <summary>Reads a result file; no tests when there is none.</summary>
        public static Counts Read(string file)
        {
            XElement? counters = File.Exists(file) ? XDocument.Load(file).Descendants().FirstOrDefault(element => element.Name.LocalName == "Counters") : null;
            int Of(string name) => int.Parse(counters?.Attribute(name)?.Value ?? "0", CultureInfo.InvariantCulture);
            return new Counts(Of("passed"), Of("executed") - Of("passed"), Of("total") - Of("executed"));
        }
    }
}
