namespace Minilm.Gguf;

/// <summary>
/// What single architectures take on trust: each rule stands for an assertion of libllama 0.7.0 (in <c>src/models/</c>)
/// that a damaged or hostile file can reach. They were found by giving it a small model under every architecture's name.
/// </summary>
internal static class GgufArchitectureRules
{
    public static void Check(GgufFile file)
    {
        string? architecture = file.Facts.Architecture;
        switch (architecture)
        {
            case "bailingmoe2" or "glm4moe" or "grovemoe" or "llada-moe" or "smallthinker":
                Require(file, "expert_count", Number(file, "expert_count") is > 0, "must be positive: every model of this architecture has experts");
                break;
            case "granitehybrid" or "jamba":
                Require(file, "ssm.inner_size", Number(file, "ssm.inner_size") is not long inner || inner == 2L * file.Facts.EmbeddingLength, "must be twice the embedding length");
                break;
            case "deepseek2" or "mistral4":
                long? head = Number(file, "attention.key_length_mla") ?? file.Facts.KeyLength;
                Require(file, "rope.dimension_count", Number(file, "rope.dimension_count") is not long rotated || rotated < head, $"must be less than the {head} elements of a head");
                break;
        }
    }

    private static long? Number(GgufFile file, string name) =>
        file.TryGetInt64(file.Facts.ArchitectureKey(name), out long value) ? value : null;

    private static void Require(GgufFile file, string name, bool isRight, string rule)
    {
        if (isRight)
        {
            return;
        }

        string key = file.Facts.ArchitectureKey(name);
        throw file.Metadata.TryGetValue(key, out GgufValue? value)
            ? file.Problems.At(key, value.ByteOffset, $"the value is {value} and {rule}")
            : file.Problems.Missing(key, $"the value {rule}");
    }
}
