using System.Buffers;

namespace Minilm.Dialog.Replies;

/// <summary>Finds the part of a prompt that a model repeats before it answers.</summary>
internal static class PromptEcho
{
    /// <summary>The minimum length in UTF-16 characters of an incomplete echo; a shorter match may be chance.</summary>
    private const int MinUnfinishedLength = 24;

    /// <summary>The maximum number of occurrences of the last line that are tried; bounds the work.</summary>
    private const int MaxOccurrences = 8;

    /// <summary>The maximum number of UTF-16 characters of the last line that are searched for; bounds the work too.</summary>
    private const int MaxSearchedLength = 256;

    /// <summary>Measures the echo at the start of a reply: the whole prompt, the end of it including its last line, or, if the reply is nothing else, the start of it.</summary>
    /// <param name="reply">The normalized reply.</param>
    /// <param name="prompt">The prompt as it was sent.</param>
    /// <returns>The length of the echo in UTF-16 characters.</returns>
    internal static int Measure(ReadOnlySpan<char> reply, string prompt)
    {
        char[] buffer = ArrayPool<char>.Shared.Rent(prompt.Length);
        try
        {
            return Measure(reply, buffer.AsSpan(0, PlainText.Normalize(prompt, buffer, keepLines: true)));
        }
        finally
        {
            ArrayPool<char>.Shared.Return(buffer);
        }
    }

    private static int Measure(ReadOnlySpan<char> reply, ReadOnlySpan<char> prompt)
    {
        if (prompt.IsEmpty)
        {
            return 0;
        }
        if (reply.Length >= MinUnfinishedLength && prompt.StartsWith(reply))
        {
            return reply.Length;
        }
        ReadOnlySpan<char> lastLine = prompt[(prompt.LastIndexOf('\n') + 1)..];
        lastLine = lastLine[Math.Max(0, lastLine.Length - MaxSearchedLength)..];
        int echo = 0;
        int end = 0;
        for (int i = 0; i < MaxOccurrences; i++)
        {
            int at = reply[end..].IndexOf(lastLine);
            if (at < 0)
            {
                break;
            }
            end += at + lastLine.Length;
            if (EndsWord(reply, end) && prompt.EndsWith(reply[..end]))
            {
                echo = end;
            }
        }
        return echo;
    }

    private static bool EndsWord(ReadOnlySpan<char> text, int end) =>
        end == text.Length || !char.IsLetterOrDigit(text[end - 1]) || !char.IsLetterOrDigit(text[end]);
}
