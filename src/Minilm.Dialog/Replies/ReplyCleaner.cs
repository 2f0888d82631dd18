using System.Buffers;
using Minilm.Dialog.Replies;

namespace Minilm.Dialog.Text;

/// <summary>Turns the output of a language model into one line of dialog.</summary>
public static class ReplyCleaner
{
    /// <summary>The length in UTF-16 characters above which only the first two sentences are kept.</summary>
    private const int LongReply = 150;

    /// <summary>
    /// Cleans a reply: removes the prompt's echo, role labels, one pair of quotes around the whole and control characters;
    /// removes a turn that the model wrote for the user before its own, and everything from such a turn after it; replaces runs of white space by single spaces;
    /// and keeps only the first two sentences of more than 150 UTF-16 characters.
    /// </summary>
    /// <param name="text">The output of the model.</param>
    /// <param name="cleaning">What is known of the dialog; null means nothing.</param>
    /// <returns>The reply on one line; empty when nothing is left. The time is linear in the length of text and prompt.</returns>
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

    /// <summary>Cuts an interrupted reply after its last whole sentence.</summary>
    /// <param name="reply">The clean reply.</param>
    /// <returns>Its whole sentences; null when no sentence ended.</returns>
    public static string? TrimToSentence(string reply)
    {
        ArgumentNullException.ThrowIfNull(reply);
        return SentenceBoundaries.EndOfLast(reply) is > 0 and var end ? reply[..end] : null;
    }
}
