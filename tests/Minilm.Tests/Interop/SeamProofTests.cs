using Minilm.Interop;

namespace Minilm.Tests.Interop;

/// <summary>The compiler proved what native/proof says of llama.h and of the seam; these tests prove that C# says the same.</summary>
public sealed class SeamProofTests
{
    /// <summary>Enums of which C knows nothing. One that is not named here has its values in native/constants.def.</summary>
    internal static readonly IReadOnlySet<string> OwnEnums = new HashSet<string>(StringComparer.Ordinal)
    {
        nameof(ContextOverflow),
        nameof(EmbeddingNormalization),
        nameof(FinishReason),
        nameof(InterruptionBehavior),
        nameof(Logits),
        nameof(MirostatMode),
        nameof(ModelLoadReason),
    };

    [Test]
    public void What_crosses_the_seam_is_in_C_sharp_as_C_declares_it()
    {
        SeamTable native = NativeSide.Read();
        SeamTable managed = ManagedSide.Read(native, OwnEnums);

        Assert.That(SeamComparison.Differences(native, managed), Is.Empty);
        TestContext.Out.WriteLine(
            $"{managed.Structs.Count} structs with {managed.Structs.Sum(item => item.Fields.Count)} fields, {managed.Functions.Count} functions with {managed.Functions.Sum(item => item.Parameters.Count)} parameters, "
            + $"{managed.Handles.Count} handle types, {managed.Constants.Count} constants, of which {NativeSide.Newer.Count} are newer than the headers at hand: {string.Join(", ", NativeSide.Newer)}");
    }

    [Test]
    public void Every_part_of_the_table_has_something_to_compare()
    {
        SeamTable native = NativeSide.Read();

        Assert.Multiple(() =>
        {
            Assert.That(native.Structs, Has.Count.GreaterThanOrEqualTo(11));
            Assert.That(native.Structs, Has.All.Matches<SeamStruct>(item => item.Fields.Count > 0));
            Assert.That(native.Functions, Has.Count.GreaterThan(100));
            Assert.That(native.Constants, Has.Count.GreaterThan(100));
            Assert.That(ManagedSide.Read(native, OwnEnums).Handles, Has.Count.EqualTo(10));
        });
    }

    [Test]
    public void Newer_constants_are_few_and_belong_to_enums_that_C_knows_in_part()
    {
        SeamTable native = NativeSide.Read();

        Assert.That(
            native.Constants.GroupBy(constant => constant.Type, StringComparer.Ordinal).Where(group => group.All(constant => constant.Value is null)).Select(group => group.Key),
            Is.Empty,
            "nothing of these types is declared: is the name in native/constants.def right?");
    }

    [Test]
    public unsafe void A_shorter_struct_of_an_older_caller_is_not_written_past_its_end()
    {
        LlamaRuntime.Initialize();
        var parameters = new minilm_model_params { size = 8, split_mode = -77 };
        NativeMethods.minilm_model_default_params(&parameters);

        Assert.That(parameters.split_mode, Is.EqualTo(-77));
    }

    [Test]
    public unsafe void Defaults_are_those_of_libllama()
    {
        LlamaRuntime.Initialize();
        var model = new minilm_model_params { size = (uint)sizeof(minilm_model_params) };
        var context = new minilm_context_params { size = (uint)sizeof(minilm_context_params) };
        NativeMethods.minilm_model_default_params(&model);
        NativeMethods.minilm_context_default_params(&context);
        (minilm_model_params readModel, minilm_context_params readContext) = (model, context);

        Assert.Multiple(() =>
        {
            Assert.That(readModel.size, Is.EqualTo((uint)sizeof(minilm_model_params)));
            Assert.That((bool)readModel.use_extra_bufts, Is.True);
            Assert.That(readModel.n_devices, Is.EqualTo(-1));
            Assert.That(readContext.n_ubatch, Is.EqualTo(512));
            Assert.That(readContext.flash_attn_type, Is.EqualTo(-1));
            Assert.That((bool)readContext.no_perf, Is.True);
        });
    }
}
