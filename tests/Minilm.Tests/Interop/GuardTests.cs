using Minilm.Interop;

namespace Minilm.Tests.Interop;

/// <summary>No C++ exception leaves a function that managed code binds.</summary>
public sealed class GuardTests
{
    [Test]
    public void Every_bound_function_is_guarded_or_says_why_it_needs_no_guard()
    {
        IReadOnlyList<(string Name, bool Guarded, string Why)> guards = NativeSide.Guards;
        string[] bound = [.. NativeLibraryLoader.Functions(typeof(NativeMethods)).Order(StringComparer.Ordinal)];

        Assert.Multiple(() =>
        {
            Assert.That(guards.Select(guard => guard.Name).Order(StringComparer.Ordinal), Is.EqualTo(bound));
            Assert.That(guards, Has.All.Matches<(string Name, bool Guarded, string Why)>(guard => guard.Why.Length > 0));
            Assert.That(guards.Where(guard => !guard.Guarded && guard.Why.Contains("llama_", StringComparison.Ordinal) && !guard.Why.Contains("fills a struct", StringComparison.Ordinal)), Is.Empty);
        });
        TestContext.Out.WriteLine($"{guards.Count(guard => guard.Guarded)} of {guards.Count} functions are guarded.");
        foreach (IGrouping<string, (string Name, bool, string)> group in guards.Where(guard => !guard.Guarded).GroupBy(guard => guard.Why, StringComparer.Ordinal))
        {
            TestContext.Out.WriteLine($"{group.Count()} not: {group.Key}: {string.Join(", ", group.Select(guard => guard.Name))}");
        }
    }

    [Test]
    [Platform(Exclude = "Win", Reason = "The stand-in for libllama is an ELF or Mach-O library.")]
    public async Task A_guarded_function_returns_an_error_with_the_words_of_the_exception()
    {
        string folder = Path.Combine(NativeSide.TestingFolder, "throwing");
        (string Name, string[] Calls)[] guarded = [.. NativeSide.Guards.Where(guard => guard.Guarded && IsReachable(guard.Name)).Select(guard => (guard.Name, guard.Why.Split(' ')))];
        using TemporaryFolder files = new();
        string list = files.Write("guards.txt", string.Join('\n', guarded.Select(guard => $"{guard.Name} {string.Join(' ', guard.Calls)}")));

        (int exitCode, string output, string error) = await ChildProcess.RunAsync(folder, "guards", list);

        string[] lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        string[] threw = [.. lines.Where(line => !line.Contains("|nothing|", StringComparison.Ordinal))];
        Assert.Multiple(() =>
        {
            Assert.That(error, Is.Empty);
            Assert.That(exitCode, Is.Zero, "the process ended by itself");
            Assert.That(threw, Is.EqualTo(guarded.SelectMany(guard => guard.Calls.Select(call => $"{guard.Name}|{call}|failed|{call} threw"))));
            Assert.That(lines.Except(threw, StringComparer.Ordinal).ToArray(), Has.Length.EqualTo(guarded.Length).And.All.EndsWith("|"), "no words when nothing throws");
        });
        TestContext.Out.WriteLine($"{threw.Length} calls of {guarded.Length} functions threw.");
    }

    /// <summary>Where libllama cannot load from the middle of a file, the function calls nothing.</summary>
    private static bool IsReachable(string name)
    {
        LlamaRuntime.Initialize();
        return name != nameof(NativeMethods.minilm_model_load_at) || NativeMethods.minilm_model_loads_at();
    }
}
