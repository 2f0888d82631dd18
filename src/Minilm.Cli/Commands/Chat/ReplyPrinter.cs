using System.Text;
using Minilm.Cli.Terminal;
using Minilm.Dialog.Text;

namespace Minilm.Cli.Commands.Chat;

/// <summary>
/// Shows a reply while it is generated: what would be left of the text after cleaning, without the last word, which may
/// still change. A reply that turns out differently is shown again.
/// </summary>
internal sealed class ReplyPrinter(TextWriter output, ReplyCleaning cleaning)
{
    private readonly Lock _gate = new();
    private readonly StringBuilder _raw = new();
    private string _shown = "";
    private bool _finished;

    public void Add(ReadOnlySpan<char> text)
    {
        lock (_gate)
        {
            _raw.Append(text);
            if (_finished)
            {
                return; // a backend that was given up, and still talks
            }
            string clean = ReplyCleaner.Clean(_raw.ToString(), cleaning);
            int sure = clean.LastIndexOf(' ');
            if (sure > _shown.Length && clean.StartsWith(_shown, StringComparison.Ordinal) && clean[0] is not ('"' or '\'' or '\u201C' or '*' or '['))
            {
                Write(clean[.._shown.Length], clean[_shown.Length..sure]);
            }
        }
    }

    public void Finish(string text)
    {
        lock (_gate)
        {
            _finished = true;
            if (_shown.StartsWith(text, StringComparison.Ordinal) && _shown.Length > text.Length)
            {
                output.WriteLine(" \u2026"); // began a sentence that is not part of the reply
                return;
            }
            if (!text.StartsWith(_shown, StringComparison.Ordinal))
            {
                output.WriteLine(" \u2026");
                _shown = "";
            }
            Write(_shown, text[_shown.Length..]);
            output.WriteLine();
        }
    }

    private void Write(string before, string more)
    {
        SafeText.Write(output, more);
        output.Flush();
        _shown = before + more;
    }
}
