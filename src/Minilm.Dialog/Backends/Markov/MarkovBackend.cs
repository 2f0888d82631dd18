using System.Globalization;
using Minilm.Dialog.Cards;
using Minilm.Dialog.History;
using Minilm.Dialog.Text;

namespace Minilm.Dialog.Backends.Markov;

/// <summary>The backend <c>markov_chain</c>: generates lines from training lines with a Markov chain, in microseconds and without a model.</summary>
/// <remarks>
/// <para>
/// The confidence is <c>(0.5 e + 0.15 w + 0.2 c + 0.15 n) · lines / (lines + 3)</c>, where <c>e</c> is 1 when the text
/// ends like a training line, 0.75 when like a sentence, 0 when it was cut; <c>w</c> is the share of
/// <see cref="MarkovConfig.MinWords"/> that it has, at most 1; <c>c</c> is the share of words that follow a whole
/// context of the training data, without repeating a pair of words; <c>n</c> is 1 for a new line and 0.5 for
/// one of the training lines; <c>lines</c> is the number of different training lines. It is halved when the text is one
/// of the last three replies. So one of ten training lines has 0.71 and a new line at most 0.77; two lines give at most
/// 0.4, and a text that was cut has less than 0.5. A fallback phrase has 0.2.
/// </para>
/// <para>
/// The temperature lies between <see cref="MarkovConfig.TemperatureMin"/> and <see cref="MarkovConfig.TemperatureMax"/>:
/// nearer to the upper end for lively traits (energetic, playful, curious, …), nearer to the lower end for calm ones
/// (calm, shy, patient, …), and drawn by the seed when <see cref="MarkovConfig.UsePersonality"/> is off.
/// </para>
/// <para>The same seed, card and sequence of requests and feedback give the same responses.</para>
/// </remarks>
public sealed class MarkovBackend : IImmediateBackend
{
    private const double FallbackConfidence = 0.2;
    private const float OwnLineWeight = 3;
    private const float MinFactor = 0.25f;
    private const float MaxFactor = 5;
    private const int RememberedReplies = 3;
    private const int MaxMaxWords = 50;

    private readonly MarkovConfig _config;
    private readonly CharacterCard _card;
    private readonly MarkovGenerator _generator;
    private readonly Dictionary<string, MarkovGenerator> _generatorsByTrigger = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, CardLine[]> _lines;
    private readonly string[] _phrases;
    private readonly string[] _animations;
    private readonly double _liveliness;
    private readonly bool _learns;
    private readonly ulong _seed;
    private long _calls;

    /// <summary>Creates the backend and trains its chain.</summary>
    /// <param name="config">The settings of the chain.</param>
    /// <param name="card">The character: its traits, its own lines, and whether it learns.</param>
    /// <param name="seed">The seed of random choices; null picks a new one.</param>
    /// <exception cref="ArgumentOutOfRangeException">A setting is out of its range.</exception>
    public MarkovBackend(MarkovConfig config, CharacterCard card, int? seed = null)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(card);
        Check(config);
        _config = config;
        _card = card;
        _seed = SplitMix64.Seed(seed);
        _phrases = [.. config.FallbackPhrases.Where(phrase => !string.IsNullOrWhiteSpace(phrase))];
        _liveliness = Liveliness.Of(card.Personality?.Traits);
        _learns = card.DialogBackend is { LearningEnabled: true } && config.LearningRate > 0;
        _lines = CardLines.ByTrigger(card);
        _animations = [.. card.Animations.Keys];
        _generator = CreateGenerator([]);
        if (config.TriggerSpecific)
        {
            foreach ((string trigger, CardLine[] lines) in _lines)
            {
                _generatorsByTrigger.Add(trigger, CreateGenerator(lines));
            }
        }
    }

    /// <inheritdoc/>
    public bool CanHandle(DialogContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return GeneratorFor(context.Trigger).Chain.IsSufficient;
    }

    /// <inheritdoc/>
    public ValueTask<DialogResponse> RespondAsync(DialogRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<DialogResponse>(cancellationToken);
        }

        DialogContext context = request.Context;
        MarkovGenerator generator = GeneratorFor(context.Trigger);
        SplitMix64 random = SplitMix64.ForCall(_seed, Interlocked.Increment(ref _calls));
        if (!generator.Chain.IsSufficient && _phrases.Length > 0)
        {
            return new(Fallback(context, generator.Chain, ref random));
        }

        if (generator.Chain.LineCount == 0)
        {
            return ValueTask.FromException<DialogResponse>(new DialogException(
                $"The Markov chain of '{_card.Name}' has neither training lines nor fallback phrases; add at least 10 lines to 'trainingData'."));
        }

        string text = Generate(generator, request, ref random, out double confidence);
        return new(Describe(context, text) with
        {
            Confidence = confidence,
            MemoryImportance = 0.5,
            LearningValue = _learns ? 0.5 : 0,
        });
    }

    /// <summary>
    /// Makes the words of a liked reply more likely, and those of a disliked one less likely, if the card enables learning:
    /// by <see cref="MarkovConfig.LearningRate"/> times 0.5 to 1.5 for an engagement of 0 to 1. Whatever the feedback, a
    /// transition keeps between a quarter and five times its trained weight. What the user says is not learned.
    /// </summary>
    /// <param name="exchange">The exchange.</param>
    /// <param name="feedback">The feedback.</param>
    public void Learn(DialogExchange exchange, DialogFeedback feedback)
    {
        ArgumentNullException.ThrowIfNull(exchange);
        ArgumentNullException.ThrowIfNull(feedback);
        if (!_learns)
        {
            return;
        }

        double engagement = double.IsNaN(feedback.Engagement) ? 0 : Math.Clamp(feedback.Engagement, 0, 1);
        float change = (float)(_config.LearningRate * (0.5 + engagement));
        GeneratorFor(exchange.Trigger).Chain.Learn(exchange.Reply, feedback.Positive ? change : -change, MinFactor, MaxFactor);
    }

    /// <summary>Does nothing: there is nothing to release.</summary>
    public void Dispose()
    {
    }

    private MarkovGenerator CreateGenerator(CardLine[] ownLines)
    {
        var builder = new MarkovGraphBuilder(_config.ChainOrder);
        foreach (string line in _config.TrainingData)
        {
            builder.Add(line, 1);
        }

        foreach (CardLine line in ownLines)
        {
            builder.Add(line.Text, OwnLineWeight);
        }

        return new MarkovGenerator(builder.Build(), _config.MinWords, _config.MaxWords);
    }

    private MarkovGenerator GeneratorFor(string trigger) => _generatorsByTrigger.GetValueOrDefault(trigger, _generator);

    private string Generate(MarkovGenerator generator, DialogRequest request, ref SplitMix64 random, out double confidence)
    {
        Span<ulong> recent = stackalloc ulong[RememberedReplies];
        int known = 0;
        for (int i = request.History.Count - 1; i >= Math.Max(0, request.History.Count - RememberedReplies); i--)
        {
            known += generator.Chain.TryFingerprint(request.History[i].Reply, out recent[known]) ? 1 : 0;
        }

        double position = !_config.UsePersonality ? random.NextDouble()
            : request.Context.Traits is { } traits ? Liveliness.Of(traits)
            : _liveliness;
        double temperature = _config.TemperatureMin + (position * (_config.TemperatureMax - _config.TemperatureMin));
        return generator.Generate(temperature, recent[..known], ref random, out confidence);
    }

    private DialogResponse Fallback(DialogContext context, MarkovGraph chain, ref SplitMix64 random) =>
        Describe(context, _phrases[random.NextIndex(_phrases.Length)]) with
        {
            Type = DialogResponse.FallbackType,
            Confidence = FallbackConfidence,
            FallbackReason = $"the chain has {chain.StarterCount} starters and {chain.StateCount} states; it needs 2 and 10",
        };

    private DialogResponse Describe(DialogContext context, string text) =>
        ReplyAnalysis.Describe(text, _animations, _lines.TryGetValue(context.Trigger, out CardLine[]? lines) && lines[0].Animation is { } animation ? animation : DialogResponse.DefaultAnimation);

    private static void Check(MarkovConfig config)
    {
        string? problem =
            config.ChainOrder is < 1 or > MarkovGraphBuilder.MaxOrder ? $"'chainOrder' is {config.ChainOrder}; it must be 1 to {MarkovGraphBuilder.MaxOrder}"
            : config.MaxWords is < 1 or > MaxMaxWords ? $"'maxWords' is {config.MaxWords}; it must be 1 to {MaxMaxWords}"
            : config.MinWords < 1 || config.MinWords > config.MaxWords ? $"'minWords' is {config.MinWords}; it must be 1 to maxWords, {config.MaxWords}"
            : config.TemperatureMax is not (>= 0 and <= 2) ? $"'temperatureMax' is {Format(config.TemperatureMax)}; it must be 0 to 2"
            : !(config.TemperatureMin >= 0 && config.TemperatureMin <= config.TemperatureMax) ? $"'temperatureMin' is {Format(config.TemperatureMin)}; it must be 0 to temperatureMax, {Format(config.TemperatureMax)}"
            : config.LearningRate is not (>= 0 and <= 1) ? $"'learningRate' is {Format(config.LearningRate)}; it must be 0 to 1"
            : null;
        if (problem is not null)
        {
            throw new ArgumentOutOfRangeException(nameof(config), $"markov_chain: {problem}.");
        }
    }

    private static string Format(double value) => value.ToString(CultureInfo.InvariantCulture);
}
