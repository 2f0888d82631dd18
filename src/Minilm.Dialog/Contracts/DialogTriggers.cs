namespace Minilm.Dialog;

/// <summary>The built-in triggers, which prompts describe in a sentence. Hosts and cards may use others.</summary>
public static class DialogTriggers
{
    /// <summary>The user clicked the character.</summary>
    public const string Click = "click";

    /// <summary>The user right-clicked the character.</summary>
    public const string RightClick = "rightclick";

    /// <summary>The pointer rests on the character.</summary>
    public const string Hover = "hover";

    /// <summary>The user feeds the character.</summary>
    public const string Feed = "feed";

    /// <summary>The user pets the character.</summary>
    public const string Pet = "pet";

    /// <summary>The user plays with the character.</summary>
    public const string Play = "play";

    /// <summary>The user talks; what was said is <see cref="DialogContext.UserText"/>.</summary>
    public const string Talk = "talk";

    /// <summary>The user gives a present.</summary>
    public const string Gift = "gift";

    /// <summary>The user says something nice.</summary>
    public const string Compliment = "compliment";

    /// <summary>The user ignores the character.</summary>
    public const string Ignore = "ignore";

    /// <summary>Nothing has happened for a while.</summary>
    public const string Idle = "idle";

    /// <summary>A timer of the host elapsed.</summary>
    public const string Timer = "timer";

    /// <summary>Gets all built-in triggers.</summary>
    public static IReadOnlyList<string> All { get; } = [Click, RightClick, Hover, Feed, Pet, Play, Talk, Gift, Compliment, Ignore, Idle, Timer];
}
