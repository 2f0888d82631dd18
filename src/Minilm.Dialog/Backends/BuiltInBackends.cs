using System.Text.Json;
using Microsoft.Extensions.Logging;
using Minilm.Dialog.Backends.Llm;
using Minilm.Dialog.Backends.Markov;
using Minilm.Dialog.Cards;
using Minilm.Dialog.Characters;

namespace Minilm.Dialog.Backends;

/// <summary>The backends that Minilm provides.</summary>
public static class BuiltInBackends
{
    /// <summary>The name of the backend that asks a language model.</summary>
    public const string Llm = BackendNames.Llm;

    /// <summary>The name of the backend that generates lines with a Markov chain.</summary>
    public const string Markov = BackendNames.Markov;

    /// <summary>The name of the backend that picks one of the card's own lines.</summary>
    public const string SimpleRandom = BackendNames.SimpleRandom;

    /// <summary>Creates a registry of the built-in backends. A host may add its own.</summary>
    /// <param name="models">The pool from which <see cref="Llm"/> takes its models.</param>
    /// <returns>The registry.</returns>
    public static DialogBackendRegistry CreateRegistry(LanguageModelPool models)
    {
        ArgumentNullException.ThrowIfNull(models);
        return new DialogBackendRegistry()
            .Register(Llm, setting => CreateLlm(setting, models))
            .Register(Markov, CreateMarkov)
            .Register(SimpleRandom, CreateSimpleRandom);
    }

    private static LlmBackend CreateLlm(DialogBackendSetting setting, LanguageModelPool models)
    {
        LlmBackendConfig config = LlmBackendConfig.Parse(setting.Settings, setting.SettingsPath);
        Report(setting, config.UnknownKeys);
        SharedModel model = config.MockMode ? models.Share("mock://model", MockAsync) : models.Share(new LlamaModelOptions
        {
            ModelPath = setting.Card.FilePath is { } card ? Path.Combine(Path.GetDirectoryName(Path.GetFullPath(card)) ?? "", config.ModelPath) : config.ModelPath,
            ContextSize = config.ContextSize,
            Threads = config.Threads == 0 ? null : Math.Min(config.Threads, LlamaModelOptions.DefaultThreads), // cards travel to smaller machines
        });
        return new LlmBackend(config, model, setting);
    }

    private static MarkovBackend CreateMarkov(DialogBackendSetting setting)
    {
        // Integrated cards name this backend in their chain, but keep its settings among those of the language model.
        if (setting.Settings is { ValueKind: JsonValueKind.Object } own && !own.EnumerateObject().Any()
            && setting.Card.DialogBackend?.Backends.GetValueOrDefault(Llm) is { ValueKind: JsonValueKind.Object } llm
            && llm.TryGetProperty(Markov, out JsonElement chain) && chain.ValueKind != JsonValueKind.Null)
        {
            setting = setting with { Settings = chain, SettingsPath = $"$.dialogBackend.backends.{Llm}.{Markov}" };
        }
        MarkovConfig config = MarkovConfig.Parse(setting.Settings, setting.SettingsPath);
        Report(setting, config.UnknownKeys);
        return new MarkovBackend(config, setting.Card, setting.Seed);
    }

    private static SimpleRandomBackend CreateSimpleRandom(DialogBackendSetting setting)
    {
        SimpleRandomConfig config = SimpleRandomConfig.Parse(setting.Settings, setting.SettingsPath);
        Report(setting, config.UnknownKeys);
        return new SimpleRandomBackend(setting.Card, setting.Seed, config);
    }

    private static void Report(DialogBackendSetting setting, IReadOnlyList<string> unknownKeys)
    {
        if (unknownKeys.Count > 0)
        {
            setting.LoggerFactory.CreateLogger(nameof(BuiltInBackends)).LogWarning(
                "Card of {Character}: {Path} has unknown keys: {Keys}", setting.Card.Name, setting.SettingsPath, string.Join(", ", unknownKeys));
        }
    }

    private static Task<ILanguageModel> MockAsync(CancellationToken cancellationToken)
    {
        var mock = new MockModel();
        mock.Initialize(cancellationToken: cancellationToken);
        return Task.FromResult<ILanguageModel>(mock);
    }
}
