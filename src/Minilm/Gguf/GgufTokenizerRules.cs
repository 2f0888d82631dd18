using System.Globalization;
using System.Text;

namespace Minilm.Gguf;

/// <summary>The vocabulary: the arrays fit each other, no token is there twice, and any text can be tokenized.</summary>
internal static class GgufTokenizerRules
{
    private const long MaxTokens = 1 << 24; // the largest known vocabularies have some 260,000

    private const int ByteTokenType = 6; // llama.h, LLAMA_TOKEN_TYPE_BYTE

    private const string ModelKey = "tokenizer.ggml.model";
    private const string TokensKey = "tokenizer.ggml.tokens";

    public static void Check(GgufFile file)
    {
        string model = file.GetString(ModelKey);
        if (model is "none" or "no_vocab")
        {
            // libllama loads it, and stops the process when it is asked to tokenize.
            throw Wrong(file, ModelKey, $"the model has no vocabulary (its tokenizer is '{model}'), and Minilm works with text");
        }

        GgufArray tokens = file.GetArray(TokensKey);
        if (tokens.ElementType != GgufValueType.String || tokens.Count == 0)
        {
            throw Wrong(file, TokensKey, $"the vocabulary is {tokens}, and one or more strings are expected");
        }

        if (tokens.Count > MaxTokens)
        {
            throw Wrong(file, TokensKey, $"the vocabulary has {tokens.Count} tokens, and up to {MaxTokens} are believed");
        }

        CheckArray(file, "tokenizer.ggml.scores", tokens.Count, GgufValueType.Float32, GgufValueType.Int32);
        CheckArray(file, "tokenizer.ggml.token_type", tokens.Count, GgufValueType.Int32);
        CheckArray(file, "tokenizer.ggml.merges", null, GgufValueType.String);
        CheckId(file, "tokenizer.ggml.bos_token_id", tokens.Count);
        CheckId(file, "tokenizer.ggml.eos_token_id", tokens.Count);
        CheckTexts(file, tokens, isSentencePiece: model == "llama");
        CheckTypes(file, model);
        CheckWordPieceIds(file, model, tokens.Count);
    }

    private static void CheckArray(GgufFile file, string key, long? count, params GgufValueType[] types)
    {
        if (!file.Metadata.ContainsKey(key))
        {
            return;
        }

        GgufArray array = file.GetArray(key);
        if (Array.IndexOf(types, array.ElementType) < 0)
        {
            throw Wrong(file, key, $"the array is {array}, and elements of the type {GgufValueTypes.NameOf(types[0])} are expected");
        }

        if (count is not null && array.Count != count)
        {
            throw Wrong(file, key, $"the array has {array.Count} elements for {count} tokens");
        }
    }

    private static void CheckId(GgufFile file, string key, long tokenCount)
    {
        // Some converters write -1 as an unsigned number for "there is none", and libllama takes it so.
        if (file.TryGetInt64(key, out long id) && id >= tokenCount && id != uint.MaxValue)
        {
            throw Wrong(file, key, $"token {id} is not one of the {tokenCount} tokens of the vocabulary");
        }
    }

    private static void CheckTexts(GgufFile file, GgufArray tokens, bool isSentencePiece)
    {
        HashSet<ReadOnlyMemory<byte>> texts = new((int)tokens.Count, new BytesComparer());
        int id = 0;
        foreach (ReadOnlyMemory<byte> text in tokens.ReadByteStrings())
        {
            ReadOnlyMemory<byte> name = NameOf(text, id);
            if (!texts.Add(name))
            {
                throw Wrong(file, TokensKey, $"the token '{GgufProblems.Shown(Encoding.UTF8.GetString(name.Span))}' is there twice, the second time as number {id}");
            }

            id++;
        }

        for (int value = 0; value < 256 && isSentencePiece; value++)
        {
            // libllama looks for a byte under either name when no longer token fits, and throws through its C interface if it finds none.
            if (!texts.Contains(Ascii($"<0x{value:X2}>")) && !texts.Contains(new byte[] { (byte)value }))
            {
                throw Wrong(file, TokensKey, $"the vocabulary has no token for the byte {value:X2}, so a text with that byte could not be tokenized");
            }
        }
    }

    /// <summary>What libllama calls a token: it cuts the text at a zero byte, and gives one without text a name.</summary>
    private static ReadOnlyMemory<byte> NameOf(ReadOnlyMemory<byte> text, int id)
    {
        int end = text.Span.IndexOf((byte)0);
        ReadOnlyMemory<byte> name = end < 0 ? text : text[..end];
        return name.IsEmpty ? Ascii($"[EMPTY_{id}]") : name;
    }

    /// <summary>Byte tokens are read as such by some tokenizers, and libllama stops the process when another has them.</summary>
    private static void CheckTypes(GgufFile file, string model)
    {
        const string key = "tokenizer.ggml.token_type";
        if (model == "bert" && file.TryGetArray(key, out GgufArray? types) && Array.IndexOf(types.ReadIntegers(), ByteTokenType) is int id and >= 0)
        {
            throw Wrong(file, key, $"token {id} is a byte, which the tokenizer '{model}' cannot have");
        }
    }

    /// <summary>Around each text libllama puts two tokens of a WordPiece vocabulary, and stops the process when it knows no such token.</summary>
    private static void CheckWordPieceIds(GgufFile file, string model, long tokenCount)
    {
        foreach ((string name, int usual) in ((string, int)[])[("bos_token_id", 101), ("seperator_token_id", 102)])
        {
            string key = "tokenizer.ggml." + name;
            if (model == "bert" && !(file.TryGetUInt32(key, out uint id) && id < tokenCount) && usual >= tokenCount)
            {
                throw Wrong(file, key, $"no token of the {tokenCount} there are is stated to stand around texts, and the usual one is {usual}");
            }
        }
    }

    private static byte[] Ascii(FormattableString text) => Encoding.ASCII.GetBytes(text.ToString(CultureInfo.InvariantCulture));

    private static GgufException Wrong(GgufFile file, string key, string problem) =>
        file.Problems.At(key, file.Metadata.TryGetValue(key, out GgufValue? value) ? value.ByteOffset : 0, problem);

    private sealed class BytesComparer : IEqualityComparer<ReadOnlyMemory<byte>>
    {
        public bool Equals(ReadOnlyMemory<byte> x, ReadOnlyMemory<byte> y) => x.Span.SequenceEqual(y.Span);

        public int GetHashCode(ReadOnlyMemory<byte> obj)
        {
            HashCode hash = default;
            hash.AddBytes(obj.Span);
            return hash.ToHashCode();
        }
    }
}
