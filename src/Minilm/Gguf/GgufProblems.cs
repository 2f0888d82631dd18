using System.Text;

namespace Minilm.Gguf;

/// <summary>Words every failure about one file, so that each message names the file, the field and the byte offset alike.</summary>
internal sealed class GgufProblems(string? path)
{
    private const int MaxShownFieldLength = 80;

    private string Subject => path is null ? "The GGUF stream" : $"Model file '{path}'";

    /// <summary>The file cannot be used at all: it is absent, empty, or something else than GGUF.</summary>
    public GgufException File(string problem, Exception? inner = null) =>
        new($"{Subject} {problem}", path, null, null, inner);

    /// <summary>One field holds what it must not hold.</summary>
    public GgufException At(string field, long offset, string problem, string? advice = null) =>
        new($"{Subject} cannot be used: {problem} (field '{Shown(field)}', byte offset {offset}).{Sentence(advice)}", path, field, offset);

    /// <summary>A field that a model needs is not there.</summary>
    public GgufException Missing(string field, string problem, string? advice = null) =>
        new($"{Subject} cannot be used: {problem} (field '{Shown(field)}' is missing).{Sentence(advice)}", path, field, null);

    /// <summary>The file is shorter than its own fields say.</summary>
    public GgufException Truncated(string field, long offset, string what, long needed, long left) =>
        At(field, offset, $"the file ends inside {what}: {needed} bytes are needed and {left} are left", "Was the download or the copy cut short? Fetch the file again");

    /// <summary>Makes text from a file fit for one line of a message or a log.</summary>
    public static string Shown(string text)
    {
        StringBuilder shown = new(Math.Min(text.Length, MaxShownFieldLength + 1));
        foreach (char c in text)
        {
            if (shown.Length == MaxShownFieldLength)
            {
                return shown.Append('…').ToString();
            }

            shown.Append(char.IsControl(c) ? '?' : c);
        }

        return shown.ToString();
    }

    private static string Sentence(string? advice) => advice is null ? "" : advice.EndsWith('?') ? " " + advice : $" {advice}.";
}
