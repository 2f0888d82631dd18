using BenchmarkDotNet.Attributes;
using Minilm.Dialog;
using Minilm.Dialog.Backends;
using Minilm.Dialog.Backends.Markov;
using Minilm.Dialog.Cards;
using Minilm.Dialog.History;

namespace Minilm.Benchmarks;

/// <summary>The backends that need no model: a chain of 40 lines, and the card's own lines.</summary>
[MemoryDiagnoser]
public class MarkovBenchmarks
{
    private static readonly string[] Places = ["by the window", "in the garden", "near the old mill", "under the lamp", "behind the bakery"];
    private static readonly string[] Moods = ["quiet", "bright", "strange", "warm"];
    private static readonly string[] Subjects = ["The morning", "A little song"];

    private MarkovConfig _config = null!;
    private CharacterCard _card = null!;
    private MarkovBackend _markov = null!;
    private SimpleRandomBackend _simpleRandom = null!;
    private DialogRequest _request = null!;
    private DialogRequest _requestWithHistory = null!;

    [GlobalSetup]
    public void Build()
    {
        string[] lines =
        [
            .. from subject in Subjects
               from mood in Moods
               from place in Places
               select $"{subject} feels {mood} and I waited for you {place} today.",
        ];
        _config = new MarkovConfig { TrainingData = lines };
        _card = new CharacterCard { Name = "Tilda", Dialogs = [new CardDialog { Trigger = DialogTriggers.Click, Responses = lines[..10] }] };
        _markov = BuildChain();
        _simpleRandom = TakeLines();
        _request = new DialogRequest { Context = new DialogContext { Trigger = DialogTriggers.Click } };
        _requestWithHistory = _request with
        {
            History = [.. lines.Take(10).Select(line => new DialogExchange { Trigger = DialogTriggers.Click, Reply = line, Backend = BuiltInBackends.Markov, At = DateTimeOffset.UnixEpoch })],
        };
    }

    [GlobalCleanup]
    public void Free()
    {
        _markov.Dispose();
        _simpleRandom.Dispose();
    }

    [Benchmark(Description = "build a chain of 40 lines")]
    public MarkovBackend BuildChain() => new(_config, _card, seed: 1);

    [Benchmark(Description = "take a card's 10 lines")]
    public SimpleRandomBackend TakeLines() => new(_card, seed: 1);

    [Benchmark(Description = "a line from the chain")]
    public ValueTask<DialogResponse> Markov() => _markov.RespondAsync(_request, CancellationToken.None);

    [Benchmark(Description = "a line unlike the last three")]
    public ValueTask<DialogResponse> MarkovWithHistory() => _markov.RespondAsync(_requestWithHistory, CancellationToken.None);

    [Benchmark(Description = "one of the card's lines")]
    public ValueTask<DialogResponse> SimpleRandom() => _simpleRandom.RespondAsync(_request, CancellationToken.None);
}
