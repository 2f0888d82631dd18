namespace Minilm.Interop;

/// <summary>Makes exceptions of what libllama could not do, with the words that it logged on this thread. To be asked at once: the next call forgets them.</summary>
internal static class NativeFailure
{
    /// <summary>What a guarded function returns after a C++ exception (MINILM_THREW).</summary>
    public const int Threw = -int.MaxValue;

    // What libllama says, and what it means for who loads. The first that is found counts.
    private static readonly (string Phrase, ModelLoadReason Reason)[] Phrases =
    [
        ("failed to allocate", ModelLoadReason.OutOfMemory),
        ("unable to allocate", ModelLoadReason.OutOfMemory),
        ("out of memory", ModelLoadReason.OutOfMemory),
        ("bad_alloc", ModelLoadReason.OutOfMemory),
        ("unknown model architecture", ModelLoadReason.Unsupported),
        ("unknown pre-tokenizer", ModelLoadReason.Unsupported),
        ("unknown tokenizer", ModelLoadReason.Unsupported),
        ("not supported", ModelLoadReason.Unsupported),
        ("unsupported", ModelLoadReason.Unsupported),
        ("No such file", ModelLoadReason.FileNotFound),
        ("invalid magic", ModelLoadReason.NotGguf),
        ("does not exist in base model", ModelLoadReason.Incompatible),
        ("incorrect shape", ModelLoadReason.Incompatible),
        ("mismatch", ModelLoadReason.Incompatible),
        ("corrupted", ModelLoadReason.Damaged),
        ("not within the file bounds", ModelLoadReason.Damaged),
        ("missing tensor", ModelLoadReason.Damaged),
        ("wrong number of tensors", ModelLoadReason.Damaged),
        ("wrong shape", ModelLoadReason.Damaged),
        ("key not found", ModelLoadReason.Damaged),
        ("invalid", ModelLoadReason.Damaged),
    ];

    /// <summary>Gets the errors and warnings of the last call on this thread, line by line, and the words of an exception.</summary>
    public static string Words => NativeMethods.minilm_last_error() ?? "";

    /// <summary>Makes the exception for what could not be loaded or created.</summary>
    /// <param name="what">What was tried, without a full stop.</param>
    /// <param name="otherwise">The reason, when libllama's words name none.</param>
    public static ModelLoadException Load(string what, ModelLoadReason otherwise = ModelLoadReason.Unknown)
    {
        string words = Words;
        return new ModelLoadException(Join(what, words), ReasonOf(words, otherwise));
    }

    /// <summary>Makes the exception for what could not be computed.</summary>
    /// <param name="what">What was tried, without a full stop.</param>
    /// <param name="code">What the function returned.</param>
    public static InferenceException Inference(string what, int code) => new(Join(what, Words), code);

    /// <summary>Throws when a function that returns nothing else says that it threw.</summary>
    /// <exception cref="InferenceException">It did.</exception>
    public static void Require(bool done, string function)
    {
        if (!done)
        {
            throw Inference($"{function} failed", Threw);
        }
    }

    /// <summary>Throws when a function threw, and returns what it returned otherwise.</summary>
    /// <exception cref="InferenceException">It did.</exception>
    public static int Require(int result, string function) =>
        result != Threw ? result : throw Inference($"{function} failed", result);

    /// <summary>Finds the reason in libllama's words.</summary>
    internal static ModelLoadReason ReasonOf(string words, ModelLoadReason otherwise = ModelLoadReason.Unknown)
    {
        foreach ((string phrase, ModelLoadReason reason) in Phrases)
        {
            if (words.Contains(phrase, StringComparison.OrdinalIgnoreCase))
            {
                return reason;
            }
        }
        return otherwise;
    }

    private static string Join(string what, string words) => words.Length == 0 ? $"{what}." : $"{what}: {words}";
}
