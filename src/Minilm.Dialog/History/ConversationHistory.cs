using System.Collections.ObjectModel;

namespace Minilm.Dialog.History;

/// <summary>Remembers the last exchanges of each conversation. Safe for any number of threads.</summary>
public sealed class ConversationHistory : IDisposable
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, LinkedListNode<Conversation>> _conversations = new(StringComparer.Ordinal);
    private readonly LinkedList<Conversation> _byUpdate = new(); // the longest untouched first
    private readonly ConversationHistoryOptions _options;
    private readonly TimeProvider _time;
    private bool _disposed;

    /// <summary>Makes an empty history.</summary>
    /// <param name="options">Its limits; null takes the defaults.</param>
    /// <param name="timeProvider">The clock that ages exchanges; null takes the system's.</param>
    /// <exception cref="ArgumentOutOfRangeException">A limit is out of its range.</exception>
    public ConversationHistory(ConversationHistoryOptions? options = null, TimeProvider? timeProvider = null)
    {
        _options = options ?? new ConversationHistoryOptions();
        _options.Validate();
        _time = timeProvider ?? TimeProvider.System;
    }

    /// <summary>Gets the number of conversations that are remembered.</summary>
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

    /// <summary>Adds the newest exchange of a conversation. The oldest one beyond the limit is forgotten.</summary>
    /// <param name="conversationId">The conversation; it begins with its first exchange.</param>
    /// <param name="exchange">What was said.</param>
    /// <exception cref="ObjectDisposedException">The history was disposed.</exception>
    public void Add(string conversationId, DialogExchange exchange)
    {
        ArgumentNullException.ThrowIfNull(conversationId);
        ArgumentNullException.ThrowIfNull(exchange);
        lock (_gate)
        {
            if (_disposed)
            {
                throw new ObjectDisposedException(nameof(ConversationHistory), $"The history is closed: an exchange of conversation '{conversationId}' came after Dispose. End the dialogs before their history.");
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
            node.Value.TakesFeedback = true;
            node.Value.Exchanges = Append(node.Value.Exchanges, exchange);
            if (_conversations.Count > _options.MaxConversations)
            {
                Remove(_byUpdate.First!);
            }
        }
    }

    /// <summary>Gets what is remembered of a conversation, the oldest exchange first.</summary>
    /// <param name="conversationId">The conversation.</param>
    /// <returns>A list that never changes; empty when nothing is remembered, and after <see cref="Dispose"/>.</returns>
    public IReadOnlyList<DialogExchange> Get(string conversationId)
    {
        ArgumentNullException.ThrowIfNull(conversationId);
        lock (_gate)
        {
            return Find(conversationId)?.Exchanges ?? ReadOnlyCollection<DialogExchange>.Empty;
        }
    }

    /// <summary>Notes what the user made of the last exchange of a conversation. Its place among the conversations and its age stay.</summary>
    /// <param name="conversationId">The conversation.</param>
    /// <param name="feedback">What the user made of it.</param>
    /// <returns>The exchange with the feedback; null when nothing is remembered, or something else was said since (<see cref="CloseFeedback"/>).</returns>
    public DialogExchange? GiveFeedback(string conversationId, DialogFeedback feedback)
    {
        ArgumentNullException.ThrowIfNull(conversationId);
        ArgumentNullException.ThrowIfNull(feedback);
        lock (_gate)
        {
            if (Find(conversationId) is not { TakesFeedback: true } conversation)
            {
                return null;
            }
            DialogExchange[] exchanges = [.. conversation.Exchanges];
            exchanges[^1] = exchanges[^1] with { Feedback = feedback };
            conversation.Exchanges = Array.AsReadOnly(exchanges);
            return exchanges[^1];
        }
    }

    /// <summary>Notes that something else was said after the last exchange, so that feedback does not mean that one any more.</summary>
    /// <param name="conversationId">The conversation.</param>
    public void CloseFeedback(string conversationId)
    {
        ArgumentNullException.ThrowIfNull(conversationId);
        lock (_gate)
        {
            if (Find(conversationId) is { } conversation)
            {
                conversation.TakesFeedback = false;
            }
        }
    }

    /// <summary>Forgets a conversation. Does nothing when it is not remembered.</summary>
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

    /// <summary>Forgets everything and takes nothing more.</summary>
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

        public bool TakesFeedback { get; set; }

        // Replaced, never changed: readers hold it without a lock.
        public ReadOnlyCollection<DialogExchange> Exchanges { get; set; } = ReadOnlyCollection<DialogExchange>.Empty;
    }
}
