using Minilm.Dialog.Backends.Markov;
using Minilm.Dialog.Cards;
using Minilm.Dialog.Text;

namespace Minilm.Dialog.Backends;

/// <summary>The backend <c>simple_random</c>: answers with one of the card's own lines for the trigger, never the same twice in a row in one conversation if there is another.</summary>
/// <remarks>
/// The confidence is 0.6: a written line always makes sense, so it reaches the thresholds that cards use (0.5 and 0.6)
/// when this is the default backend, but it does not respond to what was said. The same seed, card and sequence of
/// requests give the same responses.
/// </remarks>
public sealed class SimpleRandomBackend : IImmediateBackend
{
    private const double LineConfidence = 0.6;
    private const int MaxConversations = 1000;

    private readonly string _characterName;
    private readonly Dictionary<string, CardLine[]> _lines;
    private readonly CardLine[] _linesForAnything;
    private readonly string[] _animations;
    private readonly bool _enabled;
    private readonly Dictionary<string, LinkedListNode<LastAnswer>> _lastAnswers = new(StringComparer.Ordinal);
    private readonly LinkedList<LastAnswer> _byUse = []; // least recently answered first
    private readonly Lock _choosing = new();
    private readonly ulong _seed;
    private long _calls;

    /// <summary>Creates the backend of one character.</summary>
    /// <param name="card">The character.</param>
    /// <param name="seed">The seed of random choices; null picks a new one.</param>
    /// <param name="config">The settings; null uses the defaults.</param>
    public SimpleRandomBackend(CharacterCard card, int? seed = null, SimpleRandomConfig? config = null)
    {
        ArgumentNullException.ThrowIfNull(card);
        _enabled = config?.Enabled ?? true;
        _linesForAnything = [.. (config?.Responses ?? []).Where(text => !string.IsNullOrWhiteSpace(text)).Distinct(StringComparer.Ordinal).Select(text => new CardLine(text, Animation: null))];
        _animations = [.. card.Animations.Keys];
        _characterName = card.Name;
        _lines = CardLines.ByTrigger(card);
        _seed = SplitMix64.Seed(seed);
    }

    /// <inheritdoc/>
    public bool CanHandle(DialogContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return LinesFor(context) is not null;
    }

    /// <inheritdoc/>
    public ValueTask<DialogResponse> RespondAsync(DialogRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<DialogResponse>(cancellationToken);
        }

        if (LinesFor(request.Context) is not { } lines)
        {
            return ValueTask.FromException<DialogResponse>(new DialogException(
                $"The card of '{_characterName}' has no lines for the trigger '{request.Context.Trigger}'; add a dialog with that trigger to it."));
        }

        return new(Describe(Choose(lines, request.Context.ConversationId)) with { Confidence = LineConfidence, MemoryImportance = 0.3 });
    }

    /// <summary>Does nothing: there is nothing to release.</summary>
    public void Dispose()
    {
    }

    /// <summary>The lines for the trigger; for words with a trigger that the card does not know, those for talking; else those of the settings; null when there are none.</summary>
    private CardLine[]? LinesFor(DialogContext context) =>
        !_enabled ? null
        : _lines.TryGetValue(context.Trigger, out CardLine[]? lines)
            || (!string.IsNullOrWhiteSpace(context.UserText) && _lines.TryGetValue(DialogTriggers.Talk, out lines))
            ? lines
        : _linesForAnything.Length > 0 ? _linesForAnything
        : null;

    private CardLine Choose(CardLine[] lines, string conversationId)
    {
        lock (_choosing)
        {
            SplitMix64 random = SplitMix64.ForCall(_seed, ++_calls);
            LinkedListNode<LastAnswer> answer = Remembered(conversationId);
            int last = lines.Length > 1 ? Array.FindIndex(lines, line => line.Text == answer.Value.Text) : -1;
            int index = random.NextIndex(last < 0 ? lines.Length : lines.Length - 1);
            CardLine chosen = lines[last >= 0 && index >= last ? index + 1 : index];
            answer.Value = answer.Value with { Text = chosen.Text };
            return chosen;
        }
    }

    private LinkedListNode<LastAnswer> Remembered(string conversationId)
    {
        if (_lastAnswers.TryGetValue(conversationId, out LinkedListNode<LastAnswer>? node))
        {
            _byUse.Remove(node);
            _byUse.AddLast(node);
            return node;
        }

        if (_lastAnswers.Count == MaxConversations)
        {
            _lastAnswers.Remove(_byUse.First!.Value.ConversationId);
            _byUse.RemoveFirst();
        }

        node = _byUse.AddLast(new LastAnswer(conversationId, ""));
        _lastAnswers.Add(conversationId, node);
        return node;
    }

    private DialogResponse Describe(CardLine line)
    {
        DialogResponse response = ReplyAnalysis.Describe(line.Text, _animations);
        return line.Animation is { } animation ? response with { Animation = animation } : response;
    }

    private readonly record struct LastAnswer(string ConversationId, string Text);
}
