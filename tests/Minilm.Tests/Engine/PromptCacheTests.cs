namespace Minilm.Tests.Engine;

/// <summary>What was decoded once is not decoded again, and changes nothing in what is said.</summary>
public sealed class PromptCacheTests
{
    private const string Persona = "You keep a lighthouse on a small island, you like rain and short answers, and you never leave the lamp. ";

    private static readonly CompletionOptions Greedy = new() { Temperature = 0, MaxTokens = 24 };

    [Test]
    public void A_prompt_that_goes_on_where_the_last_one_ended_is_decoded_from_there()
    {
        using LlamaModel model = TestModels.LoadTiny();
        Completion first = model.Predict(Persona, Greedy);
        Completion next = model.Predict(Persona + first.Text + " And then?", Greedy);
        Completion again = model.Predict(Persona + first.Text + " And then?", Greedy);
        using LlamaModel fresh = TestModels.LoadTiny();
        Completion cold = fresh.Predict(Persona + first.Text + " And then?", Greedy);

        Assert.Multiple(() =>
        {
            Assert.That(first.Usage.CachedTokens, Is.Zero);
            Assert.That(next.Usage.CachedTokens, Is.GreaterThanOrEqualTo(first.Usage.PromptTokens).And.LessThan(next.Usage.PromptTokens));
            Assert.That(again.Usage.CachedTokens, Is.EqualTo(again.Usage.PromptTokens - 1), "the last token is decoded for its logits");
            Assert.That(next.Text, Is.EqualTo(cold.Text));
            Assert.That(again.Text, Is.EqualTo(cold.Text));
        });
    }

    [Test]
    public void A_persona_that_conversations_share_is_decoded_once()
    {
        using LlamaModel model = TestModels.LoadTiny(options => options.CachedSequences = 4);
        using LlamaModel fresh = TestModels.LoadTiny();
        int persona = model.CountTokens(Persona);
        string[] prompts = [.. Enumerable.Range(0, 3).Select(i => $"{Persona}Visitor {i} says hello.")];

        foreach (string prompt in prompts)
        {
            model.Predict(prompt, Greedy);
        }
        Completion[] warm = [.. prompts.Select(prompt => model.Predict(prompt + " How is the sea?", Greedy))];
        Completion other = model.Predict(Persona + "Somebody new.", Greedy);

        Assert.Multiple(() =>
        {
            for (int i = 0; i < prompts.Length; i++)
            {
                Assert.That(warm[i].Usage.CachedTokens, Is.GreaterThanOrEqualTo(model.CountTokens(prompts[i])), "each conversation kept its own");
                Assert.That(warm[i].Text, Is.EqualTo(fresh.Predict(prompts[i] + " How is the sea?", Greedy).Text));
            }
            Assert.That(other.Usage.CachedTokens, Is.GreaterThanOrEqualTo(persona - 2));
        });
    }

    [Test]
    public void Conversations_make_room_for_each_other_in_a_full_context()
    {
        using LlamaModel model = TestModels.LoadTiny(options =>
        {
            options.CachedSequences = 8;
            options.ContextSize = 128;
        });
        using LlamaModel fresh = TestModels.LoadTiny(options => options.ContextSize = 128);

        for (int i = 0; i < 24; i++)
        {
            string prompt = new string((char)('a' + i), 60) + " and on";
            Assert.That(model.Predict(prompt, Greedy).Text, Is.EqualTo(fresh.Predict(prompt, Greedy).Text), prompt);
        }
    }

    [Test]
    public void A_call_that_was_cut_short_leaves_nothing_wrong_behind()
    {
        using LlamaModel model = TestModels.LoadTiny();
        using LlamaModel fresh = TestModels.LoadTiny();
        string prompt = string.Concat(Enumerable.Repeat(Persona, 4))[..400];
        for (int i = 0; i < 20; i++)
        {
            model.Predict(prompt, Greedy with { Timeout = TimeSpan.FromMicroseconds(200 * (i + 1)), OnInterruption = InterruptionBehavior.ReturnPartial });
        }

        Assert.That(model.Predict(prompt, Greedy).Text, Is.EqualTo(fresh.Predict(prompt, Greedy).Text));
    }

    [Test]
    public async Task A_saved_cache_gives_the_same_next_tokens_in_another_model()
    {
        using LlamaModel model = TestModels.LoadTiny();
        Completion expected = model.Predict(Persona + "What now?", Greedy);
        using var saved = new MemoryStream();
        int tokens = await model.SavePromptCacheAsync(saved);

        using LlamaModel other = TestModels.LoadTiny();
        saved.Position = 0;
        int restored = await other.LoadPromptCacheAsync(saved);
        Completion actual = other.Predict(Persona + "What now?", Greedy);

        Assert.Multiple(() =>
        {
            Assert.That(restored, Is.EqualTo(tokens).And.GreaterThan(expected.Usage.PromptTokens));
            Assert.That(actual.Usage.CachedTokens, Is.EqualTo(actual.Usage.PromptTokens - 1));
            Assert.That(actual.Text, Is.EqualTo(expected.Text));
        });
    }

    [Test]
    public async Task A_saved_cache_is_refused_when_it_is_damaged_or_of_another_model()
    {
        using LlamaModel model = TestModels.LoadTiny();
        model.Predict(Persona, Greedy);
        using var stream = new MemoryStream();
        await model.SavePromptCacheAsync(stream);
        byte[] saved = stream.ToArray();
        using LlamaModel other = TestModels.Load(TestModels.Write("other.gguf", RandomModelOptions.Tiny with { Seed = 77 }));
        byte[] flipped = [.. saved];
        flipped[saved.Length / 2] ^= 1;

        Assert.Multiple(() =>
        {
            Refuses(other, saved, "another model");
            Refuses(model, flipped, "damaged");
            Refuses(model, saved[..^9], "damaged");
            Refuses(model, saved[..10], "version");
            Refuses(model, [], "does not begin with");
            Refuses(model, [1, 2, 3, 4, 5, 6, 7, 8, 9], "does not begin with");
            Assert.That(model.Predict(Persona, Greedy).Usage.CompletionTokens, Is.Positive, "it works on");
        });

        static void Refuses(LlamaModel model, byte[] bytes, string why) =>
            Assert.That(async () => await model.LoadPromptCacheAsync(new MemoryStream(bytes)), Throws.TypeOf<InvalidDataException>().With.Message.Contains(why));
    }

    [Test]
    public void A_context_of_ones_own_saves_and_restores_a_sequence_under_another_number()
    {
        using LlamaModel model = TestModels.LoadTiny();
        int[] tokens = model.Vocab.Tokenize(Persona, addSpecial: true);
        using LlamaContext first = model.CreateContext();
        using LlamaContext second = model.CreateContext(new LlamaContextOptions { MaxSequences = 2, UnifiedMemory = true });
        first.Decode(tokens, position: 0);
        byte[] saved = first.SaveSequence(tokens);
        int[] restored = second.LoadSequence(saved, sequence: 1);
        first.Decode([5], tokens.Length);
        second.Decode([5], tokens.Length, sequence: 1);

        Assert.Multiple(() =>
        {
            Assert.That(restored, Is.EqualTo(tokens));
            Assert.That(second.GetLogits().ToArray(), Is.EqualTo(first.GetLogits().ToArray()).Within(1e-4));
            Assert.That(() => first.SaveSequence(tokens), Throws.ArgumentException.With.Message.Contains($"{tokens.Length + 1} tokens"));
            Assert.That(() => second.LoadSequence(saved, sequence: 2), Throws.TypeOf<ArgumentOutOfRangeException>());
        });
    }
}
