using System.Buffers;
using Minilm.Dialog.Replies;

namespace Minilm.Dialog.Text;

/// <summary>Makes one line of dialog out of what a language model wrote.</summary>
public static class ReplyCleaner
{
    /// <summary>The length in UTF-16 characters above which only the first two sentences are kept.</summary>
    private const int LongReply = 150;

    /// <summary>
    /// Cleans a reply: removes the prompt's echo, role labels, one pair of quotes around the whole and control characters;
    /// leaves out a turn that the model wrote for the user before its own, and ends before one after it; makes white space and line breaks single spaces;
    /// and keeps the first two sentences when there are more than 150 UTF-16 characters.
    /// </summary>
    /// <param name="text">What the model wrote.</param>
    /// <param name="cleaning">What is known of the dialog; null is nothing.</param>
    /// <returns>The reply in one line; empty when nothing is left. Takes time linear in the length of the text and the prompt.</returns>
    public static string Clean(string text, ReplyCleaning? cleaning = null)
    {
        ArgumentNullException.ThrowIfNull(text);
        char[] buffer = ArrayPool<char>.Shared.Rent(text.Length);
        try
        {
            Span<char> reply = buffer.AsSpan(0, PlainText.Normalize(text, buffer, keepLines: true));
            if (cleaning?.Prompt is { } prompt)
            {
                reply = reply[PromptEcho.Measure(reply, prompt)..].TrimStart();
            }
            var labels = new RoleLabels(cleaning);
            reply = reply[labels.MeasureUserTurn(reply)..];
            reply = reply[labels.MeasureLeading(reply)..];
            reply = reply[..labels.JoinLines(reply)];
            reply = QuotePair.Strip(reply);
            reply = reply[labels.MeasureLeading(reply)..];
            if (reply.Length > LongReply && SentenceBoundaries.EndOfSecond(reply) is > 0 and var end)
            {
                reply = reply[..end];
            }
            return reply.SequenceEqual(text) ? text : new string(reply);
        }
        finally
        {
            ArrayPool<char>.Shared.Return(buffer);
        }
    }

    /// <summary>Cuts a clean reply that was interrupted after its last whole sentence.</summary>
    /// <param name="reply">The clean reply.</param>
    /// <returns>Its whole sentences; null when no sentence ended.</returns>
    public static string? TrimToSentence(string reply)
    {
        ArgumentNullException.ThrowIfNull(reply);
        return SentenceBoundaries.EndOfLast(reply) is > 0 and var end ? reply[..end] : null;
    }
}
