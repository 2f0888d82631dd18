namespace Minilm.Interop;

/// <summary>What <c>llama_decode</c> and <c>llama_encode</c> return; negative numbers are errors.</summary>
internal enum DecodeResult
{
    Done = 0,
    NoRoom = 1,
    Aborted = 2,
}

/// <summary>What <c>minilm_sampler_sample</c> returns instead of a token.</summary>
internal enum SampleResult
{
    NoLogits = -1,
    NoChoice = -2,
    Excluded = -3,
    NotFinite = -4,
}

/// <summary>What <c>minilm_vocab_get_attr</c> says of a token (<c>llama_token_attr</c>).</summary>
[Flags]
internal enum TokenAttributes
{
    Undefined = 0,
    Unknown = 1 << 0,
    Control = 1 << 3,
    UserDefined = 1 << 4,
    StripsLeft = 1 << 7,
    StripsRight = 1 << 8,
}

/// <summary>Levels of the log (<c>ggml_log_level</c>).</summary>
internal enum NativeLogLevel
{
    Debug = 1,
    Information = 2,
    Warning = 3,
    Error = 4,
}

/// <summary>Seeds with a meaning (<c>llama.h</c>).</summary>
internal static class SamplerSeed
{
    /// <summary>Takes a random one.</summary>
    public const uint Random = 0xFFFFFFFF;
}
