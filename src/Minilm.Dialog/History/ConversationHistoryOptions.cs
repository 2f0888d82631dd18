namespace Minilm.Dialog.History;

/// <summary>Limits of a <see cref="ConversationHistory"/>.</summary>
public sealed record ConversationHistoryOptions
{
    /// <summary>Gets the maximum number of exchanges kept per conversation, the newest ones; 0 keeps none.</summary>
    public int MaxExchanges { get; init; } = 10;

    /// <summary>Gets the maximum number of conversations, at least 1; the least recently updated one is evicted.</summary>
    public int MaxConversations { get; init; } = 1000;

    /// <summary>Gets how long an exchange is kept; <see cref="TimeSpan.MaxValue"/> keeps it forever.</summary>
    public TimeSpan Retention { get; init; } = TimeSpan.FromHours(24);

    internal void Validate()
    {
        Require(MaxExchanges >= 0, nameof(MaxExchanges), MaxExchanges, "0 or more");
        Require(MaxConversations >= 1, nameof(MaxConversations), MaxConversations, "1 or more");
        Require(Retention > TimeSpan.Zero, nameof(Retention), Retention, "longer than zero");
    }

    private static void Require(bool isValid, string name, object value, string range)
    {
        if (!isValid)
        {
            throw new ArgumentOutOfRangeException(name, value, $"{name} must be {range}.");
        }
    }
}
