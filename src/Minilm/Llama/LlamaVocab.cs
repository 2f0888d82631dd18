using System.Buffers;
using System.Text;
using System.Text.Unicode;
using Minilm.Gguf;
using Minilm.Interop;
using Minilm.Interop.Handles;

namespace Minilm;

/// <summary>The vocabulary of a model: text to token ids and back. May be used from any thread.</summary>
/// <remarks>A vocabulary got from <see cref="LlamaModel.Vocab"/> belongs to the model; one from <see cref="Load"/> to the caller.</remarks>
public sealed class LlamaVocab : IDisposable
{
    private readonly SafeLlamaModelHandle _model;
    private readonly bool _ownsModel;
    private readonly Lazy<int> _longestPiece;

    internal LlamaVocab(SafeLlamaModelHandle model, bool ownsModel)
    {
        _model = model;
        _ownsModel = ownsModel;
        Type = (VocabType)NativeMethods.llama_vocab_type(model.Vocab);
        Count = NativeMethods.llama_vocab_n_tokens(model.Vocab);
        BeginningOfText = TokenOrNull(NativeMethods.llama_vocab_bos(model.Vocab));
        EndOfText = TokenOrNull(NativeMethods.llama_vocab_eos(model.Vocab));
        EndOfTurn = TokenOrNull(NativeMethods.llama_vocab_eot(model.Vocab));
        AddsBeginningOfText = NativeMethods.llama_vocab_get_add_bos(model.Vocab);
        AddsEndOfText = NativeMethods.llama_vocab_get_add_eos(model.Vocab);
        _longestPiece = new Lazy<int>(MeasureLongestPiece);
    }

    /// <summary>Gets the kind of tokenizer.</summary>
    public VocabType Type { get; }

    /// <summary>Gets the number of tokens: ids are 0 to Count − 1.</summary>
    public int Count { get; }

    /// <summary>Gets the token that begins a text (BOS), if there is one.</summary>
    public int? BeginningOfText { get; }

    /// <summary>Gets the token that ends a text (EOS), if there is one.</summary>
    public int? EndOfText { get; }

    /// <summary>Gets the token that ends a turn (EOT), if there is one.</summary>
    public int? EndOfTurn { get; }

    /// <summary>Gets a value indicating whether the model wants its prompts to begin with <see cref="BeginningOfText"/>.</summary>
    public bool AddsBeginningOfText { get; }

    /// <summary>Gets a value indicating whether the model wants its prompts to end with <see cref="EndOfText"/>.</summary>
    public bool AddsEndOfText { get; }

    /// <summary>Loads the vocabulary of a GGUF file without its weights.</summary>
    /// <param name="path">The file; one that holds a vocabulary alone will do.</param>
    /// <returns>A vocabulary to be disposed.</returns>
    /// <exception cref="ModelLoadException">The file is not valid, or libllama refused it.</exception>
    /// <exception cref="NativeLibraryException">The native library was not found or does not fit.</exception>
    public static LlamaVocab Load(string path)
    {
        GgufModelFile.ReadChecked(path, vocabularyOnly: true);
        LlamaRuntime.Initialize();
        return new LlamaVocab(LlamaWeights.LoadVocabulary(path).Handle, ownsModel: true);
    }

    /// <summary>Splits a text into tokens.</summary>
    /// <param name="text">The text.</param>
    /// <param name="addSpecial">Adds the special tokens that the model wants around a prompt (such as BOS).</param>
    /// <param name="parseSpecial">Takes control tokens spelled out in the text as such. Never for text from a user.</param>
    /// <returns>Token ids.</returns>
    /// <exception cref="ObjectDisposedException">The vocabulary's model was freed.</exception>
    public int[] Tokenize(string text, bool addSpecial = false, bool parseSpecial = false)
    {
        ArgumentNullException.ThrowIfNull(text);
        byte[] utf8 = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(text.Length));
        try
        {
            return Tokenize(utf8.AsSpan(0, Encoding.UTF8.GetBytes(text, utf8)), addSpecial, parseSpecial);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(utf8);
        }
    }

    /// <inheritdoc cref="Tokenize(string, bool, bool)"/>
    /// <param name="utf8">The text as it is, valid UTF-8 or not.</param>
    /// <param name="addSpecial">Adds the special tokens that the model wants around a prompt (such as BOS).</param>
    /// <param name="parseSpecial">Takes control tokens spelled out in the text as such. Never for text from a user.</param>
    public int[] Tokenize(ReadOnlySpan<byte> utf8, bool addSpecial = false, bool parseSpecial = false)
    {
        int[] buffer = ArrayPool<int>.Shared.Rent(utf8.Length + 8);
        try
        {
            int count = Tokenize(utf8, buffer, addSpecial, parseSpecial);
            if (count < 0)
            {
                ArrayPool<int>.Shared.Return(buffer);
                buffer = []; // not returned twice if there is no memory for more
                buffer = ArrayPool<int>.Shared.Rent(-count);
                count = Tokenize(utf8, buffer, addSpecial, parseSpecial);
            }
            return buffer.AsSpan(0, count).ToArray();
        }
        finally
        {
            ArrayPool<int>.Shared.Return(buffer);
        }
    }

    /// <summary>Splits a text into tokens without allocating.</summary>
    /// <param name="utf8">The text as it is, valid UTF-8 or not.</param>
    /// <param name="tokens">Receives the ids.</param>
    /// <param name="addSpecial">Adds the special tokens that the model wants around a prompt (such as BOS).</param>
    /// <param name="parseSpecial">Takes control tokens spelled out in the text as such. Never for text from a user.</param>
    /// <returns>The number of tokens; the negative number needed when <paramref name="tokens"/> is too short.</returns>
    /// <exception cref="ArgumentException">The text has more tokens than fit an int.</exception>
    /// <exception cref="NotSupportedException">The model has no vocabulary.</exception>
    /// <exception cref="ObjectDisposedException">The vocabulary's model was freed.</exception>
    public unsafe int Tokenize(ReadOnlySpan<byte> utf8, Span<int> tokens, bool addSpecial, bool parseSpecial)
    {
        RequireVocabulary();
        fixed (byte* text = utf8)
        fixed (int* buffer = tokens)
        {
            byte nothing = 0; // libllama wants a pointer even for an empty text
            int count = NativeMethods.minilm_tokenize(_model.Vocab, text is null ? &nothing : text, utf8.Length, buffer, tokens.Length, addSpecial, parseSpecial);
            if (count == NativeFailure.Threw && !Utf8.IsValid(utf8))
            {
                // Older releases of libllama throw for code points beyond Unicode, where newer ones put U+FFFD.
                return Tokenize(Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(utf8)), tokens, addSpecial, parseSpecial);
            }
            NativeFailure.Require(count, "llama_tokenize");
            return count == int.MinValue ? throw new ArgumentException($"A text of {utf8.Length} bytes has too many tokens.", nameof(utf8)) : count;
        }
    }

    /// <summary>Gets the bytes that a token stands for; a part of a character is possible.</summary>
    /// <param name="token">A token id.</param>
    /// <param name="special">Whether control tokens are spelled out instead of giving nothing.</param>
    /// <returns>UTF-8 bytes, perhaps incomplete.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such token.</exception>
    /// <exception cref="ObjectDisposedException">The vocabulary's model was freed.</exception>
    public byte[] GetPiece(int token, bool special = true)
    {
        Span<byte> piece = stackalloc byte[128];
        int length = GetPiece(token, piece, special);
        if (length >= 0)
        {
            return piece[..length].ToArray();
        }
        byte[] longer = new byte[-length];
        GetPiece(token, longer, special);
        return longer;
    }

    /// <summary>Gets the bytes that a token stands for without allocating.</summary>
    /// <param name="token">A token id.</param>
    /// <param name="piece">Receives UTF-8 bytes, perhaps incomplete.</param>
    /// <param name="special">Whether control tokens are spelled out instead of giving nothing.</param>
    /// <returns>The number of bytes; the negative number needed when <paramref name="piece"/> is too short.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such token.</exception>
    /// <exception cref="ObjectDisposedException">The vocabulary's model was freed.</exception>
    public unsafe int GetPiece(int token, Span<byte> piece, bool special)
    {
        RequireToken(token);
        fixed (byte* buffer = piece)
        {
            return NativeFailure.Require(NativeMethods.minilm_token_to_piece(_model.Vocab, token, buffer, piece.Length, lstrip: 0, special), "llama_token_to_piece");
        }
    }

    /// <summary>Tells whether a token ends a generation (EOS, EOT and their like).</summary>
    /// <param name="token">A token id.</param>
    /// <returns>True when it does.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such token.</exception>
    public bool IsEndOfGeneration(int token)
    {
        RequireToken(token);
        return NativeMethods.llama_vocab_is_eog(_model.Vocab, token);
    }

    /// <summary>Tells whether a token is a control token, which stands for no text.</summary>
    /// <param name="token">A token id.</param>
    /// <returns>True when it is.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such token.</exception>
    public bool IsControl(int token)
    {
        RequireToken(token);
        return NativeMethods.minilm_vocab_is_control(_model.Vocab, token);
    }

    /// <summary>Turns tokens back into text.</summary>
    /// <param name="tokens">Token ids.</param>
    /// <param name="special">Whether control tokens are spelled out.</param>
    /// <returns>The text; bytes that are not UTF-8 become U+FFFD.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such token.</exception>
    public unsafe string Detokenize(ReadOnlySpan<int> tokens, bool special = false)
    {
        RequireVocabulary();
        foreach (int token in tokens)
        {
            RequireToken(token);
        }
        byte[] text = ArrayPool<byte>.Shared.Rent(tokens.Length * 8 + 16);
        try
        {
            while (true)
            {
                fixed (int* ids = tokens)
                fixed (byte* buffer = text)
                {
                    int length = NativeFailure.Require(NativeMethods.minilm_detokenize(_model.Vocab, ids, tokens.Length, buffer, text.Length, remove_special: false, unparse_special: special), "llama_detokenize");
                    if (length >= 0)
                    {
                        return Encoding.UTF8.GetString(text, 0, length);
                    }
                    ArrayPool<byte>.Shared.Return(text);
                    text = [];
                    text = ArrayPool<byte>.Shared.Rent(-length);
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(text);
        }
    }

    /// <summary>Releases a vocabulary that was loaded by itself; does nothing for one that belongs to a model.</summary>
    public void Dispose()
    {
        if (_ownsModel)
        {
            _model.Dispose();
        }
    }

    internal SafeLlamaModelHandle Model => _model;

    internal TokenAttributes GetAttributes(int token) => (TokenAttributes)NativeFailure.Require(NativeMethods.minilm_vocab_get_attr(_model.Vocab, token), "llama_vocab_get_attr");

    /// <summary>Gets the bytes of the longest token: no text of n tokens is longer than n times that.</summary>
    internal int LongestPiece => _longestPiece.Value;

    private int MeasureLongestPiece()
    {
        int longest = 1;
        for (int token = 0; token < Count; token++)
        {
            longest = Math.Max(longest, Math.Abs(GetPiece(token, [], special: true)));
        }
        return longest;
    }

    private void RequireToken(int token)
    {
        if ((uint)token >= (uint)Count)
        {
            throw new ArgumentOutOfRangeException(nameof(token), token, $"The vocabulary has the tokens 0 to {Count - 1}.");
        }
    }

    private void RequireVocabulary()
    {
        if (Type == VocabType.None)
        {
            throw new NotSupportedException("The model has no vocabulary; it cannot tokenize.");
        }
    }

    private int? TokenOrNull(int token) => (uint)token < (uint)Count ? token : null;
}
