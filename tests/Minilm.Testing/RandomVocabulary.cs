using System.Globalization;
using Minilm.Abstractions;
using Minilm.Gguf;

namespace Minilm.Testing;

/// <summary>
/// A SentencePiece vocabulary without training: every byte is a token, so that any text can be tokenized and comes
/// back as it was; besides there are characters and syllables, so that generated text looks like words.
/// </summary>
internal sealed class RandomVocabulary
{
    public const uint Unknown = 0;
    public const uint BeginOfSequence = 1;
    public const uint EndOfSequence = 2;

    /// <summary>Special tokens, bytes and printable ASCII.</summary>
    public const int SmallestSize = FirstPiece + 95;

    /// <summary>With all syllables, alone and in pairs, with and without a space before.</summary>
    public const int LargestSize = SmallestSize + (2 * (Syllables + (Syllables * Syllables))) + 26;

    private const int FirstByte = 3;
    private const int FirstPiece = FirstByte + 256;
    private const int Syllables = 20 * 5;

    private const string Space = "\u2581"; // SentencePiece's sign for a space

    private readonly List<string> _tokens;

    public RandomVocabulary(int size, IReadOnlyList<string> userDefinedTokens, IReadOnlyList<string> controlTokens)
    {
        _tokens = ["<unk>", "<s>", "</s>"];
        _tokens.AddRange(Enumerable.Range(0, 256).Select(value => string.Create(CultureInfo.InvariantCulture, $"<0x{value:X2}>")));
        _tokens.AddRange(Pieces().Take(size - FirstPiece - userDefinedTokens.Count - controlTokens.Count));
        _tokens.AddRange(userDefinedTokens);
        _tokens.AddRange(controlTokens);

        // llama.h, llama_token_type: 1 normal, 2 unknown, 3 control, 4 user-defined, 6 byte.
        Types = [.. Enumerable.Range(0, size).Select(id => id switch
        {
            0 => 2,
            < FirstByte => 3,
            < FirstPiece => 6,
            _ when id >= size - controlTokens.Count => 3,
            _ => id < size - controlTokens.Count - userDefinedTokens.Count ? 1 : 4,
        })];

        // SentencePiece joins the pair with the highest score first: earlier, that is shorter, pieces come first.
        Scores = [.. Enumerable.Range(0, size).Select(id => id < FirstPiece ? 0f : FirstPiece - id)];
    }

    public IReadOnlyList<string> Tokens => _tokens;

    public int[] Types { get; }

    public float[] Scores { get; }

    /// <summary>How likely the token is to be in generated text, by factors for the deviation of its logits: whole
    /// pieces are preferred to single characters, and control tokens and bytes are left to chance.</summary>
    public static float WeightOf(int id) => id < FirstPiece ? 0 : id < SmallestSize ? 0.5f : 1;

    private static IEnumerable<string> Pieces()
    {
        // Each piece is made of two earlier ones, or SentencePiece would never come to it.
        yield return Space;
        for (char c = '!'; c <= '~'; c++)
        {
            yield return c.ToString();
        }

        string[] syllables = [.. from vowel in "aeiou" from consonant in "tnsrlhdmcpgbfwkvjzyx" select $"{consonant}{vowel}"];
        foreach (string syllable in syllables)
        {
            yield return syllable;
            yield return Space + syllable;
        }

        for (char c = 'a'; c <= 'z'; c++)
        {
            yield return Space + c;
        }

        foreach (string word in from first in syllables from second in syllables select first + second)
        {
            yield return Space + word;
            yield return word;
        }
    }
}
