using Minilm.Abstractions;

namespace Minilm.Gguf;

/// <summary>
/// The sampling values that a file recommends for its model (<c>general.sampling.*</c>, <c>llama_model_meta_key</c> of
/// llama.h). What the file does not state, or states outside of what the samplers take, is <see langword="null"/>.
/// </summary>
public sealed class GgufSamplingFacts
{
    private readonly GgufFile _file;

    internal GgufSamplingFacts(GgufFile file) => _file = file;

    /// <summary>Gets the order of the samplers, as llama.cpp's tools name it (<c>sequence</c>). Nothing here follows it.</summary>
    public string? Sequence => _file.TryGetString(Key("sequence"), out string? value) ? value : null;

    /// <summary>Gets how many of the most likely tokens to consider; 0 is all (<c>top_k</c>).</summary>
    public int? TopK => Integer("top_k", 0, int.MaxValue);

    /// <summary>Gets the probability mass of the tokens to consider (<c>top_p</c>).</summary>
    public float? TopP => Number("top_p", 0, 1);

    /// <summary>Gets the least probability relative to the most likely token (<c>min_p</c>).</summary>
    public float? MinP => Number("min_p", 0, 1);

    /// <summary>Gets how often XTC leaves the most likely tokens out (<c>xtc_probability</c>).</summary>
    public float? XtcProbability => Number("xtc_probability", 0, 1);

    /// <summary>Gets the probability from which XTC counts a token as likely (<c>xtc_threshold</c>).</summary>
    public float? XtcThreshold => Number("xtc_threshold", 0, 1);

    /// <summary>Gets the temperature (<c>temp</c>).</summary>
    public float? Temperature => Number("temp", 0, 100);

    /// <summary>Gets how many of the last tokens the repeat penalty looks at (<c>penalty_last_n</c>).</summary>
    public int? PenaltyWindow => Integer("penalty_last_n", 0, SamplingLimits.MaxPenaltyWindow);

    /// <summary>Gets the repeat penalty; 1 is off (<c>penalty_repeat</c>).</summary>
    public float? RepeatPenalty => Number("penalty_repeat", 0.01, 100);

    /// <summary>Gets the version of mirostat (<c>mirostat</c>).</summary>
    public MirostatMode? Mirostat => (MirostatMode?)Integer("mirostat", 0, 2);

    /// <summary>Gets the surprise that mirostat aims at, in bits (<c>mirostat_tau</c>).</summary>
    public float? MirostatTau => Number("mirostat_tau", 0.1, 50);

    /// <summary>Gets how fast mirostat corrects the surprise (<c>mirostat_eta</c>).</summary>
    public float? MirostatEta => Number("mirostat_eta", 0, 1);

    private static string Key(string name) => $"general.sampling.{name}";

    private int? Integer(string name, long least, long most) =>
        _file.TryGetInt64(Key(name), out long value) && value >= least && value <= most ? (int)value : null;

    private float? Number(string name, double least, double most) =>
        _file.TryGetDouble(Key(name), out double value) && value >= least && value <= most ? (float)value : null;
}
