using System.Text.Json;

namespace Minilm.Companion.Export;

/// <summary>How far a file's logits are from those of the training.</summary>
/// <param name="Prompts">The number of prompts compared.</param>
/// <param name="LargestDifference">The largest difference of a logit.</param>
/// <param name="LargestLogit">The largest magnitude of a logit, for scale.</param>
/// <param name="SameChoices">The number of prompts after which both prefer the same token.</param>
internal sealed record LogitDifference(int Prompts, double LargestDifference, double LargestLogit, int SameChoices);

/// <summary>Compares a file, through the library, with what PyTorch computed: the tokens of prompts, and the logits after them.</summary>
internal static class ReferenceCheck
{
    /// <exception cref="InvalidDataException">The library makes other tokens of a prompt than the training did.</exception>
    public static LogitDifference Compare(string folder, string modelPath)
    {
        SafeTensors reference = SafeTensors.Read(Path.Combine(folder, "reference.safetensors"));
        using var model = new LlamaModel(new LlamaModelOptions { ModelPath = modelPath, Threads = 1, FlashAttention = FlashAttention.Off });
        model.Initialize();
        using LlamaContext context = model.CreateContext(new LlamaContextOptions { KeyType = GgmlType.F32, ValueType = GgmlType.F32, FlashAttention = FlashAttention.Off });
        double largest = 0, scale = 0;
        int same = 0, prompts = 0;
        foreach (string line in File.ReadLines(Path.Combine(folder, "reference.jsonl")))
        {
            int[] expected = reference.Values<int>($"tokens.{prompts}");
            using JsonDocument document = JsonDocument.Parse(line);
            string prompt = string.Concat(document.RootElement.GetProperty("messages").EnumerateArray().Select(message => $"<|{message.GetProperty("role").GetString()}|>\n{message.GetProperty("content").GetString()}<|end|>\n"));
            int[] tokens = model.Vocab.Tokenize(prompt + "<|assistant|>\n", addSpecial: true, parseSpecial: true);
            if (!tokens.AsSpan().SequenceEqual(expected))
            {
                throw new InvalidDataException($"Prompt {prompts} has {tokens.Length} tokens in the library and {expected.Length} in training, or others: {prompt}");
            }
            context.ClearMemory();
            context.Decode(tokens, position: 0);
            ReadOnlySpan<float> logits = context.GetLogits();
            float[] wanted = reference.Values<float>($"logits.{prompts}");
            for (int i = 0; i < wanted.Length; i++)
            {
                largest = Math.Max(largest, Math.Abs(logits[i] - wanted[i]));
                scale = Math.Max(scale, Math.Abs(wanted[i]));
            }
            same += Best(logits) == Best(wanted) ? 1 : 0;
            prompts++;
        }
        return new LogitDifference(prompts, largest, scale, same);
    }

    private static int Best(ReadOnlySpan<float> logits)
    {
        int best = 0;
        for (int i = 1; i < logits.Length; i++)
        {
            best = logits[i] > logits[best] ? i : best;
        }
        return best;
    }
}
