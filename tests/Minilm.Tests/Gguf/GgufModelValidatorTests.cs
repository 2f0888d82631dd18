using Minilm.Gguf;

namespace Minilm.Tests.Gguf;

public sealed class GgufModelValidatorTests
{
    private const string Tokens = "tokenizer.ggml.tokens";

    private static IEnumerable<TestCaseData> Damages()
    {
        yield return Case("it is an adapter", e => e.Set("general.type", "adapter"), "general.type", "of the type 'adapter' and not a model");
        yield return Case("it is a projector", e => e.Set("general.type", "mmproj"), "general.type", "of the type 'mmproj' and not a model");
        yield return Case("the architecture is missing", e => e.Remove("general.architecture"), "general.architecture", "a string is expected (field 'general.architecture' is missing)");
        yield return Case("the architecture is a number", e => e.Set("general.architecture", 7u), "general.architecture", "the value is 7 (u32) and not a string");
        yield return Case("the architecture is empty", e => e.Set("general.architecture", ""), "general.architecture", "the architecture is empty");
        yield return Case("a string contains a zero byte", e => e.Set("general.name", "a\0b"), "general.name", "the string contains a zero byte");
        yield return Case("there are no tensors", e => e.KeepTensors(_ => false), "tensors", "a vocabulary and no weights");

        yield return Case("the context length is missing", e => e.Remove("llama.context_length"), "llama.context_length", "an unsigned integer of 32 bits is expected");
        yield return Case("the context length is 0", e => e.Set("llama.context_length", 0u), "llama.context_length", "the value is 0, and 1 to 134217728 are believed");
        yield return Case("the context length is absurd", e => e.Set("llama.context_length", uint.MaxValue), "llama.context_length", "the value is 4294967295");
        yield return Case("the context length is negative", e => e.Set("llama.context_length", -5), "llama.context_length", "the value is -5 (i32) and not an unsigned integer");
        yield return Case("the embedding length is 0", e => e.Set("llama.embedding_length", 0u), "llama.embedding_length", "the value is 0");
        yield return Case("there are 513 layers", e => e.Set("llama.block_count", 513u), "llama.block_count", "the value is 513, and 1 to 512 are believed");
        yield return Case("the heads are missing", e => e.Remove("llama.attention.head_count"), "llama.attention.head_count", "states its number of heads");
        yield return Case("there are 0 heads", e => e.Set("llama.attention.head_count", 0u), "llama.attention.head_count", "must be a positive integer");
        yield return Case("there are 5 heads", e => e.Set("llama.attention.head_count", 5u).Remove("llama.attention.head_count_kv"), "llama.attention.head_count", "64 is not a multiple of the 5 heads");
        yield return Case("there are 2^31 heads", e => e.Set("llama.attention.head_count", 1u << 31), "llama.attention.head_count", "up to 65536 are believed");
        yield return Case("there are 64 heads of one element", e => e.Set("llama.attention.head_count", 64u), "llama.attention.head_count", "a head has 1 elements");
        yield return Case("there are 0 key heads", e => e.Set("llama.attention.head_count_kv", 0u), "llama.attention.head_count_kv", "key heads must be positive");
        yield return Case("there are 3 key heads", e => e.Set("llama.attention.head_count_kv", 3u), "llama.attention.head_count_kv", "the 4 heads are not a multiple of the 3 key heads");
        yield return Case("there are key heads for 3 layers", e => e.SetArray("llama.attention.head_count_kv", 2u, 2u, 2u), "llama.attention.head_count_kv", "3 numbers for 2 layers");
        yield return Case("one layer has 3 key heads", e => e.SetArray("llama.attention.head_count_kv", 2, 3), "llama.attention.head_count_kv", "not a multiple of the 3 key heads");
        yield return Case("the key length is 0", e => e.Set("llama.attention.key_length", 0u), "llama.attention.key_length", "must be positive and believable");
        yield return Case("rope turns an odd number", e => e.Set("llama.rope.dimension_count", 15u), "llama.rope.dimension_count", "the value is 15 and must be even");
        yield return Case("rope turns more than a head", e => e.Set("llama.rope.dimension_count", 32u), "llama.rope.dimension_count", "must be 16, the elements of a head");
        yield return Case("the scaling is unknown", e => e.Set("llama.rope.scaling.type", "magic"), "llama.rope.scaling.type", "must be none, linear, yarn or longrope");
        yield return Case("the base frequency is NaN", e => e.Set("llama.rope.freq_base", float.NaN), "llama.rope.freq_base", "the value is NaN and must be positive");
        yield return Case("the epsilon is negative", e => e.Set("llama.attention.layer_norm_rms_epsilon", -1f), "llama.attention.layer_norm_rms_epsilon", "must be zero or positive");
        yield return Case("experts are not used", e => e.Set("llama.expert_count", 8u), "llama.expert_used_count", "0 of 8 experts are used");
        yield return Case("more experts are used than there are", e => e.Set("llama.expert_count", 2u).Set("llama.expert_used_count", 3u), "llama.expert_used_count", "3 of 2 experts");
        yield return Case("there are too many experts", e => e.Set("llama.expert_count", 2048u).Set("llama.expert_used_count", 2u), "llama.expert_count", "must be at most 1024");
        yield return Case("the experts' groups do not fit", e => e.Set("llama.expert_count", 8u).Set("llama.expert_used_count", 2u).Set("llama.expert_group_count", 3u), "llama.expert_group_count", "8 experts in 3 groups");
        yield return Case("the pooling is unknown", e => e.Set("llama.pooling_type", 9u), "llama.pooling_type", "must be 0 to 4");
        yield return Case("it predicts with more layers than there are", e => e.Set("llama.nextn_predict_layers", 2u), "llama.nextn_predict_layers", "less than the 2 layers");
        yield return Case("it puts out more than it has", e => e.Set("llama.embedding_length_out", 65u), "llama.embedding_length_out", "must be at most 64");

        yield return Case("the tokenizer is missing", e => e.Remove("tokenizer.ggml.model"), "tokenizer.ggml.model", "a string is expected");
        yield return Case("there is no vocabulary", e => e.Set("tokenizer.ggml.model", "none"), "tokenizer.ggml.model", "the model has no vocabulary");
        yield return Case("the tokens are missing", e => e.Remove(Tokens), Tokens, "an array is expected");
        yield return Case("the tokens are numbers", e => e.SetArray(Tokens, 1, 2), Tokens, "the vocabulary is i32[2]");
        yield return Case("the tokens are none", e => e.SetArray(Tokens, Array.Empty<string>()), Tokens, "the vocabulary is string[0]");
        yield return Case("a token is there twice", e => e.SetToken(300, "a"), Tokens, "the token 'a' is there twice");
        yield return Case("a token is there twice before a zero byte", e => e.SetToken(300, "a\0b"), Tokens, "the token 'a' is there twice");
        yield return Case("a token has the name of an empty one", e => e.SetArray(Tokens, [.. ModelEdit.Tokens[..414], "", "[EMPTY_414]"]), Tokens, "the token '[EMPTY_414]' is there twice");
        yield return Case("a byte has no token", e => e.SetToken(3 + 0x0A, "line"), Tokens, "no token for the byte 0A");
        yield return Case("there are fewer scores than tokens", e => e.SetArray("tokenizer.ggml.scores", 1f, 2f), "tokenizer.ggml.scores", "2 elements for 416 tokens");
        yield return Case("the scores are strings", e => e.SetArray("tokenizer.ggml.scores", "a"), "tokenizer.ggml.scores", "the array is string[1], and elements of the type f32 are expected");
        yield return Case("the types are bytes", e => e.SetArray("tokenizer.ggml.token_type", new byte[416]), "tokenizer.ggml.token_type", "elements of the type i32 are expected");
        yield return Case("the merges are numbers", e => e.SetArray("tokenizer.ggml.merges", 1, 2), "tokenizer.ggml.merges", "elements of the type string are expected");
        yield return Case("the first token is none", e => e.Set("tokenizer.ggml.bos_token_id", 416u), "tokenizer.ggml.bos_token_id", "token 416 is not one of the 416 tokens");
        yield return Case("the last token is none", e => e.Set("tokenizer.ggml.eos_token_id", 5000u), "tokenizer.ggml.eos_token_id", "token 5000 is not one of the 416 tokens");
        yield return Case("a bert vocabulary has bytes", e => e.Set("tokenizer.ggml.model", "bert"), "tokenizer.ggml.token_type", "token 3 is a byte");

        yield return Case("the embeddings are missing", e => e.KeepTensors(t => t.Name != "token_embd.weight"), "token_embd.weight", "has a tensor of this name");
        yield return Case("the embeddings are for other tokens", e => e.SetArray(Tokens, ModelEdit.Tokens[..400]).Remove("tokenizer.ggml.scores").Remove("tokenizer.ggml.token_type"), "token_embd.weight", "[64 x 416], and 64 elements for each of 400 tokens are expected");

        yield return Case("a smallthinker has no experts", e => e.Rename("smallthinker"), "smallthinker.expert_count", "must be positive");
        yield return Case("a jamba has another inner size", e => e.Rename("jamba").Set("jamba.ssm.inner_size", 65u), "jamba.ssm.inner_size", "the value is 65 and must be twice the embedding length");
        yield return Case("a deepseek2 turns all of a head", e => e.Rename("deepseek2"), "deepseek2.rope.dimension_count", "the value is 16 and must be less than the 16 elements of a head");
    }

    [TestCaseSource(nameof(Damages))]
    public void Validate_says_what_is_wrong(byte[] model, string field, string problem)
    {
        using TemporaryFolder folder = new();
        string path = folder.Write("damaged.gguf", model);
        GgufFile file = GgufFile.Read(path);

        GgufException exception = Assert.Throws<GgufException>(() => GgufModelValidator.Validate(file))!;

        using (Assert.EnterMultipleScope())
        {
            Assert.That(exception.Message, Does.StartWith($"Model file '{path}' cannot be used: ").And.Contains(problem).And.Contains($"field '{field}'"));
            Assert.That(exception.Field, Is.EqualTo(field));
            Assert.That(exception.Path, Is.EqualTo(path));
            Assert.That(exception.ByteOffset is null, Is.EqualTo(exception.Message.Contains("is missing", StringComparison.Ordinal)));
        }
    }

    private static IEnumerable<TestCaseData> Unusual()
    {
        yield return Sound("nothing is changed", e => e);
        yield return Sound("heads are given for each layer", e => e.SetArray("llama.attention.head_count", 4u, 4u).SetArray("llama.attention.head_count_kv", 2, 2));
        yield return Sound("key heads are not given", e => e.Remove("llama.attention.head_count_kv"));
        yield return Sound("the last token is given as -1", e => e.Set("tokenizer.ggml.eos_token_id", uint.MaxValue));
        yield return Sound("the scores are integers", e => e.SetArray("tokenizer.ggml.scores", new int[416]));
        yield return Sound("tokens are empty", e => e.SetArray(Tokens, [.. ModelEdit.Tokens[..414], "", ""]));
        yield return Sound("bytes have tokens by themselves", e => e.SetToken(3 + 0x0A, "\n"));
        yield return Sound("another architecture has a layer without attention", e => e.Rename("mamba").SetArray("mamba.attention.head_count_kv", 0, 2));
        yield return Sound("another architecture has no heads", e => e.Rename("rwkv7").Remove("rwkv7.attention.head_count").Remove("rwkv7.attention.head_count_kv"));
        yield return Sound("another architecture has wide heads", e => e.Rename("gemma3").Set("gemma3.attention.key_length", 256u).Set("gemma3.attention.head_count", 3u).Set("gemma3.attention.head_count_kv", 1u));
        yield return Sound("there are experts in groups", e => e.Set("llama.expert_count", 8u).Set("llama.expert_used_count", 2u).Set("llama.expert_group_count", 4u).Set("llama.expert_group_used_count", 2u));
        yield return Sound("a jamba has the inner size", e => e.Rename("jamba").Set("jamba.ssm.inner_size", 128u));
        yield return Sound("the architecture is not known", e => e.Rename("from-the-future"));
    }

    [TestCaseSource(nameof(Unusual))]
    public void Validate_accepts_a_model_when(byte[] model) =>
        Assert.That(() => GgufModelValidator.Validate(GgufFile.Read(new MemoryStream(model))), Throws.Nothing);

    [Test]
    public void Validate_accepts_a_real_model()
    {
        GgufFile file = GgufFile.Read(TestModels.Companion);

        Assert.That(() => GgufModelValidator.Validate(file), Throws.Nothing);
    }

    [TestCase("ggml-vocab-gpt-2.gguf")]
    [TestCase("ggml-vocab-llama-spm.gguf")]
    [TestCase("ggml-vocab-phi-3.gguf")]
    public void ValidateVocabulary_accepts_a_real_vocabulary_that_Validate_refuses(string name)
    {
        GgufFile file = GgufFile.Read(TestData.Get("vocab", name));

        Assert.That(() => GgufModelValidator.ValidateVocabulary(file), Throws.Nothing);
        Assert.That(() => GgufModelValidator.Validate(file), Throws.TypeOf<GgufException>().With.Message.Contains("a vocabulary and no weights"));
    }

    private static TestCaseData Case(string what, Func<ModelEdit, ModelEdit> edit, string field, string problem) =>
        new(edit(new ModelEdit()).Build(), field, problem) { TestName = $"Validate_says_what_is_wrong_when {what}" };

    private static TestCaseData Sound(string what, Func<ModelEdit, ModelEdit> edit) =>
        new(edit(new ModelEdit()).Build()) { TestName = $"Validate_accepts_a_model_when {what}" };
}
