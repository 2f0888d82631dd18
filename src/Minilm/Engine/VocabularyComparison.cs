using System.Runtime.CompilerServices;

namespace Minilm.Engine;

/// <summary>Compares a model's vocabulary with those of its draft models, each once.</summary>
internal sealed class VocabularyComparison(LlamaVocab vocab)
{
    private readonly ConditionalWeakTable<LlamaVocab, Tuple<string?>> _known = [];

    /// <summary>Says why another vocabulary's tokens do not mean what this one's mean; null when they do.</summary>
    public string? FindDifference(LlamaVocab other)
    {
        lock (_known)
        {
            if (_known.TryGetValue(other, out Tuple<string?>? known))
            {
                return known.Item1;
            }
            string? difference = vocab.Count != other.Count ? $"has a vocabulary of {other.Count} tokens, the model that is called has {vocab.Count}" : null;
            for (int token = 0; difference is null && token < vocab.Count; token++)
            {
                if (!vocab.GetPiece(token).AsSpan().SequenceEqual(other.GetPiece(token)))
                {
                    difference = $"has another vocabulary: token {token} differs";
                }
            }
            _known.Add(other, Tuple.Create(difference));
            return difference;
        }
    }
}
