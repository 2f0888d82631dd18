namespace Minilm.Dialog;

/// <summary>What a character says and shows, which backend said it, and what became of the others.</summary>
public sealed record DialogResponse
{
    /// <summary>Gets what the character says; never empty in a response of the dialog manager.</summary>
    public required string Text { get; init; }

    /// <summary>Gets the name of an animation that the card has.</summary>
    public string Animation { get; init; } = DefaultAnimation;

    /// <summary>Gets the tone: excited, happy, shy or neutral.</summary>
    public string Tone { get; init; } = DefaultTone;

    /// <summary>Gets the type of response: romantic, helpful, inquisitive, casual, or <see cref="FallbackType"/>.</summary>
    public string Type { get; init; } = DefaultType;

    /// <summary>Gets the topics of the text: any of food, gaming, romance, work and study.</summary>
    public IReadOnlyList<string> Topics { get; init; } = [];

    /// <summary>Gets the backend's confidence, from 0 to 1.</summary>
    public double Confidence { get; init; }

    /// <summary>Gets how much the exchange is worth remembering, from 0 to 1.</summary>
    public double MemoryImportance { get; init; }

    /// <summary>Gets how much can be learned from the exchange, from 0 to 1.</summary>
    public double LearningValue { get; init; }

    /// <summary>Gets the name of the backend that answered, or <see cref="FallbackBackend"/>. Set by the manager.</summary>
    public string Backend { get; init; } = "";

    /// <summary>Gets what ran the language model (<see cref="ModelInfo.Backend"/>); null when none answered.</summary>
    public string? ModelBackend { get; init; }

    /// <summary>Gets the completion of the language model; null when none answered.</summary>
    public Completion? Completion { get; init; }

    /// <summary>Gets why the backend answered with a fallback line of its own; null when it did not.</summary>
    public string? FallbackReason { get; init; }

    /// <summary>Gets the outcome of each backend that was asked, in order. Set by the manager.</summary>
    public IReadOnlyList<DialogAttempt> Attempts { get; init; } = [];

    /// <summary>Gets the duration of the whole dialog. Set by the manager.</summary>
    public TimeSpan Elapsed { get; init; }

    /// <summary>Gets a value indicating whether this is a fallback line.</summary>
    public bool IsFallback => Type == FallbackType;

    /// <summary>The type of fallback lines.</summary>
    public const string FallbackType = "fallback";

    /// <summary>The backend name of a response that no backend gave.</summary>
    public const string FallbackBackend = "fallback";

    internal const string DefaultAnimation = "talking";
    internal const string DefaultTone = "neutral";
    internal const string DefaultType = "casual";
}
