using System.Collections.ObjectModel;

namespace Minilm.Dialog.History;

/// <summary>Keeps the latest exchanges of each conversation. Thread-safe.</summary>
public sealed class ConversationHistory : IDisposable
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, LinkedListNode<Conversation>> _conversations = new(StringComparer.Ordinal);
    private readonly LinkedList<Conversation> _byUpdate = new(); // least recently updated first
    private readonly ConversationHistoryOptions _options;
    private readonly TimeProvider _time;
    private bool _disposed;

    /// <summary>Creates an empty history.</summary>
    /// <param name="options">The limits; null uses the defaults.</param>
    /// <param name="timeProvider">The clock by which exchanges expire; null uses the system clock.</param>
    /// <exception cref="ArgumentOutOfRangeException">A limit is out of its range.</exception>
    public ConversationHistory(ConversationHistoryOptions? options = null, TimeProvider? timeProvider = null)
    {
        _options = options ?? new ConversationHistoryOptions();
        _options.Validate();
        _time = timeProvider ?? TimeProvider.System;
    }

    /// <summary>Gets the number of conversations that are kept.</summary>
    public int ConversationCount
    {
        get
        {
            lock (_gate)
            {
                Expire(_time.GetUtcNow());
                return _conversations.Count;
            }
        }
    }

    /// <summary>Adds an exchange to a conversation. The oldest one beyond the limit is removed.</summary>
    /// <param name="conversationId">The conversation, which begins with its first exchange.</param>
    /// <param name="exchange">The exchange.</param>
    /// <exception cref="ObjectDisposedException">The history was disposed.</exception>
    public void Add(string conversationId, DialogExchange exchange)
    {
        ArgumentNullException.ThrowIfNull(conversationId);
        ArgumentNullException.ThrowIfNull(exchange);
        lock (_gate)
        {
            if (_disposed)
            {
                throw new ObjectDisposedException(nameof(ConversationHistory), $"An exchange of conversation '{conversationId}' was added after the history was disposed. End the dialogs before disposing their history.");
            }
            DateTimeOffset now = _time.GetUtcNow();
            Expire(now);
            if (_options.MaxExchanges == 0)
            {
                return;
            }
            if (_conversations.TryGetValue(conversationId, out LinkedListNode<Conversation>? node))
            {
                _byUpdate.Remove(node);
            }
            else
            {
                node = new LinkedListNode<Conversation>(new Conversation(conversationId));
                _conversations.Add(conversationId, node);
            }
            _byUpdate.AddLast(node);
            node.Value.Updated = now;
            node.Value.AcceptsFeedback = true;
            node.Value.Exchanges = Append(node.Value.Exchanges, exchange);
            if (_conversations.Count > _options.MaxConversations)
            {
                Remove(_byUpdate.First!);
            }
        }
    }

    /// <summary>Gets the exchanges of a conversation, oldest first.</summary>
    /// <param name="conversationId">The conversation.</param>
    /// <returns>An immutable list; empty for an unknown conversation, and after <see cref="Dispose"/>.</returns>
    public IReadOnlyList<DialogExchange> Get(string conversationId)
    {
        ArgumentNullException.ThrowIfNull(conversationId);
        lock (_gate)
        {
            return Find(conversationId)?.Exchanges ?? ReadOnlyCollection<DialogExchange>.Empty;
        }
    }

    /// <summary>Attaches the user's feedback to the last exchange of a conversation. This is no update of the conversation: it neither delays its eviction nor its expiry.</summary>
    /// <param name="conversationId">The conversation.</param>
    /// <param name="feedback">The feedback.</param>
    /// <returns>The exchange with the feedback; null when there is none, or when its feedback was closed (<see cref="CloseFeedback"/>).</returns>
    public DialogExchange? GiveFeedback(string conversationId, DialogFeedback feedback)
    {
        ArgumentNullException.ThrowIfNull(conversationId);
        ArgumentNullException.ThrowIfNull(feedback);
        lock (_gate)
        {
            if (Find(conversationId) is not { AcceptsFeedback: true } conversation)
            {
                return null;
            }
            DialogExchange[] exchanges = [.. conversation.Exchanges];
            exchanges[^1] = exchanges[^1] with { Feedback = feedback };
            conversation.Exchanges = Array.AsReadOnly(exchanges);
            return exchanges[^1];
        }
    }

    /// <summary>Closes the last exchange for feedback, because something that is not kept was said after it and feedback would refer to that.</summary>
    /// <param name="conversationId">The conversation.</param>
    public void CloseFeedback(string conversationId)
    {
        ArgumentNullException.ThrowIfNull(conversationId);
        lock (_gate)
        {
            if (Find(conversationId) is { } conversation)
            {
                conversation.AcceptsFeedback = false;
            }
        }
    }

    /// <summary>Removes a conversation. Does nothing when it is unknown.</summary>
    /// <param name="conversationId">The conversation.</param>
    public void Clear(string conversationId)
    {
        ArgumentNullException.ThrowIfNull(conversationId);
        lock (_gate)
        {
            if (_conversations.TryGetValue(conversationId, out LinkedListNode<Conversation>? node))
            {
                Remove(node);
            }
        }
    }

    /// <summary>Removes everything. Nothing can be added afterwards.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            _conversations.Clear();
            _byUpdate.Clear();
        }
    }

    private Conversation? Find(string id)
    {
        if (!_conversations.TryGetValue(id, out LinkedListNode<Conversation>? node))
        {
            return null;
        }
        Conversation conversation = node.Value;
        DateTimeOffset now = _time.GetUtcNow();
        for (int i = 0; i < conversation.Exchanges.Count; i++)
        {
            if (IsExpired(conversation.Exchanges[i].At, now))
            {
                conversation.Exchanges = Array.AsReadOnly(conversation.Exchanges.Where(exchange => !IsExpired(exchange.At, now)).ToArray());
                break;
            }
        }
        if (conversation.Exchanges.Count == 0)
        {
            Remove(node);
            return null;
        }
        return conversation;
    }

    private ReadOnlyCollection<DialogExchange> Append(ReadOnlyCollection<DialogExchange> old, DialogExchange exchange)
    {
        int kept = Math.Min(old.Count, _options.MaxExchanges - 1);
        var exchanges = new DialogExchange[kept + 1];
        for (int i = 0; i < kept; i++)
        {
            exchanges[i] = old[old.Count - kept + i];
        }
        exchanges[kept] = exchange;
        return Array.AsReadOnly(exchanges);
    }

    private void Expire(DateTimeOffset now)
    {
        while (_byUpdate.First is { } oldest && IsExpired(oldest.Value.Updated, now))
        {
            Remove(oldest);
        }
    }

    private void Remove(LinkedListNode<Conversation> node)
    {
        _byUpdate.Remove(node);
        _conversations.Remove(node.Value.Id);
    }

    private bool IsExpired(DateTimeOffset then, DateTimeOffset now) => now - then >= _options.Retention;

    private sealed class Conversation(string id)
    {
        public string Id { get; } = id;

        public DateTimeOffset Updated { get; set; }

        public bool AcceptsFeedback { get; set; }

        // Replaced, never modified: callers read it without a lock.
        public ReadOnlyCollection<DialogExchange> Exchanges { get; set; } = ReadOnlyCollection<DialogExchange>.Empty;
    }
}
