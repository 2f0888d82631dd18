namespace Minilm.Dialog;

/// <summary>What a character says and shows, who said it, and why others did not.</summary>
public sealed record DialogResponse
{
    /// <summary>Gets what the character says; never empty when the dialog manager gave it.</summary>
    public required string Text { get; init; }

    /// <summary>Gets the name of an animation that the card has.</summary>
    public string Animation { get; init; } = DefaultAnimation;

    /// <summary>Gets the tone: excited, happy, shy or neutral.</summary>
    public string Tone { get; init; } = DefaultTone;

    /// <summary>Gets the kind of response: romantic, helpful, inquisitive, casual, or <see cref="FallbackType"/>.</summary>
    public string Type { get; init; } = DefaultType;

    /// <summary>Gets the topics that the text touches: food, gaming, romance, work, study.</summary>
    public IReadOnlyList<string> Topics { get; init; } = [];

    /// <summary>Gets how sure the backend is, from 0 to 1.</summary>
    public double Confidence { get; init; }

    /// <summary>Gets how much the exchange is worth remembering, from 0 to 1.</summary>
    public double MemoryImportance { get; init; }

    /// <summary>Gets how much can be learned from the exchange, from 0 to 1.</summary>
    public double LearningValue { get; init; }

    /// <summary>Gets the name of the backend that answered, or <see cref="FallbackBackend"/>. Filled in by the manager.</summary>
    public string Backend { get; init; } = "";

    /// <summary>Gets what computed the text of a language model (<see cref="ModelInfo.Backend"/>); null when none did.</summary>
    public string? ModelBackend { get; init; }

    /// <summary>Gets the completion of the language model; null when none answered.</summary>
    public Completion? Completion { get; init; }

    /// <summary>Gets why the backend itself fell back to a line of its own; null when it did not.</summary>
    public string? FallbackReason { get; init; }

    /// <summary>Gets what became of each backend that was asked, in order. Filled in by the manager.</summary>
    public IReadOnlyList<DialogAttempt> Attempts { get; init; } = [];

    /// <summary>Gets how long the whole dialog took. Filled in by the manager.</summary>
    public TimeSpan Elapsed { get; init; }

    /// <summary>Gets a value indicating whether this is a prepared line because nothing better was to be had.</summary>
    public bool IsFallback => Type == FallbackType;

    /// <summary>The type of prepared lines.</summary>
    public const string FallbackType = "fallback";

    /// <summary>The backend name when no backend answered.</summary>
    public const string FallbackBackend = "fallback";

    internal const string DefaultAnimation = "talking";
    internal const string DefaultTone = "neutral";
    internal const string DefaultType = "casual";
}
