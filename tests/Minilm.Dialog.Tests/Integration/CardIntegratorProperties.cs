using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Minilm.Dialog.Integration;

namespace Minilm.Tests.Dialog.Integration;

/// <summary>What holds for any file.</summary>
public sealed class CardIntegratorProperties
{
    private static readonly Config Many = Config.QuickThrowOnFailure.WithMaxTest(2000);

    [TestCase(false)]
    [TestCase(true)]
    public void Plan_keeps_every_byte_that_it_does_not_replace(bool activate) => ForAllCards(activate, plan =>
    {
        // Backwards, so that no offset moves: another way than that of the integrator's own check.
        List<byte> bytes = [.. plan.Result.ToArray()];
        int growth = plan.Edits.Sum(edit => edit.Text.Length - edit.RemovedLength);
        foreach (CardEdit edit in plan.Edits.Reverse())
        {
            growth -= edit.Text.Length - edit.RemovedLength;
            bytes.RemoveRange(edit.Offset + growth, edit.Text.Length);
            bytes.InsertRange(edit.Offset + growth, plan.Original.Slice(edit.Offset, edit.RemovedLength).ToArray());
        }
        Assert.That(bytes.SequenceEqual(plan.Original.ToArray()));
        Assert.That(plan.Edits.Count(edit => edit.RemovedLength > 0), activate ? Is.LessThanOrEqualTo(2) : Is.Zero);
    });

    [TestCase(false)]
    [TestCase(true)]
    public void Plan_keeps_every_member_and_gives_what_the_backend_needs(bool activate) => ForAllCards(activate, plan =>
    {
        using JsonDocument old = Parse(plan.Original);
        using JsonDocument result = Parse(plan.Result);
        AssertKept(old.RootElement, result.RootElement, "$", activate);

        JsonElement backend = result.RootElement.GetProperty("dialogBackend");
        Assert.That(backend.GetProperty("backends").GetProperty("llm").TryGetProperty("modelPath", out _));
        foreach (string member in new[] { "enabled", "defaultBackend", "fallbackChain", "confidenceThreshold", "memoryEnabled", "learningEnabled" })
        {
            Assert.That(backend.TryGetProperty(member, out _), member);
        }
        Assert.That(!activate || backend.GetProperty("defaultBackend").GetString() == "llm");
    });

    [TestCase(false)]
    [TestCase(true)]
    public void Plan_for_a_result_has_nothing_to_do(bool activate) => ForAllCards(activate, plan =>
    {
        IntegrationPlan second = new CardIntegrator(new CardIntegratorOptions { Activate = activate }).Plan(plan.Result);

        Assert.That((second.Verdict, second.Edits.Count), Is.EqualTo((IntegrationVerdict.AlreadyIntegrated, 0)));
    });

    [Test]
    public void Plan_never_throws_whatever_the_bytes()
    {
        Gen<byte[]> damaged =
            from text in RandomCards.Texts
            let bytes = Encoding.UTF8.GetBytes(text)
            from place in Gen.Choose(0, bytes.Length - 1)
            from value in Gen.Choose(0, 255)
            from length in Gen.Frequency((3, Gen.Constant(bytes.Length)), (1, Gen.Choose(0, bytes.Length)))
            select bytes.Select((b, i) => i == place ? (byte)value : b).Take(length).ToArray();
        Gen<byte[]> anything = Gen.ArrayOf(Gen.Choose(0, 255).Select(i => (byte)i));

        Check.One(Many, Prop.ForAll(Gen.OneOf(damaged, anything).ToArbitrary(), bytes =>
        {
            IntegrationPlan plan = new CardIntegrator(new CardIntegratorOptions { Activate = true }).Plan(bytes);
            Assert.That(plan.Reason, Is.Not.Empty.And.Not.Contains("defect"));
            Assert.That(plan.Original.ToArray(), Is.EqualTo(bytes));
        }));
    }

    private static void ForAllCards(bool activate, Action<IntegrationPlan> assert)
    {
        int integrated = 0;
        CardIntegrator integrator = new(new CardIntegratorOptions { Activate = activate });
        Check.One(Many, Prop.ForAll(RandomCards.Texts.ToArbitrary(), text =>
        {
            IntegrationPlan plan = integrator.Plan(Encoding.UTF8.GetBytes(text));
            Assert.That(plan.Reason, Does.Not.Contain("defect"), text);
            if (plan.Verdict == IntegrationVerdict.Integrated)
            {
                integrated++;
                assert(plan);
            }
        }));
        Assert.That(integrated, Is.GreaterThan(300), "too few of the texts are cards for this to say much");
    }

    /// <summary>Added members come last; all others are where they were, spelled as they were.</summary>
    private static void AssertKept(JsonElement old, JsonElement result, string path, bool activate)
    {
        if (activate && path is "$.dialogBackend.defaultBackend" or "$.dialogBackend.fallbackChain")
        {
            return;
        }
        Assert.That(result.ValueKind, Is.EqualTo(old.ValueKind), path);
        switch (old.ValueKind)
        {
            case JsonValueKind.Object:
                JsonProperty[] members = [.. old.EnumerateObject()];
                Assert.That(result.EnumerateObject().Take(members.Length).Select(member => member.Name), Is.EqualTo(members.Select(member => member.Name)), path);
                foreach ((JsonProperty before, JsonProperty after) in members.Zip(result.EnumerateObject()))
                {
                    AssertKept(before.Value, after.Value, $"{path}.{before.Name}", activate);
                }
                break;
            case JsonValueKind.Array:
                Assert.That(result.GetArrayLength(), Is.EqualTo(old.GetArrayLength()), path);
                foreach ((JsonElement before, JsonElement after) in old.EnumerateArray().Zip(result.EnumerateArray()))
                {
                    AssertKept(before, after, path + "[]", activate);
                }
                break;
            default:
                Assert.That(result.GetRawText(), Is.EqualTo(old.GetRawText()), path);
                break;
        }
    }

    private static JsonDocument Parse(ReadOnlyMemory<byte> json) =>
        JsonDocument.Parse(json.Span.StartsWith(Encoding.UTF8.Preamble) ? json[Encoding.UTF8.Preamble.Length..] : json);
}
