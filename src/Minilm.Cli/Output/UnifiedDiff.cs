using System.Text;
using Minilm.Dialog.Integration;

namespace Minilm.Cli.Output;

/// <summary>Shows a plan as a unified diff, which <c>patch</c> and <c>git apply</c> understand. The changes are known, so nothing needs to be compared.</summary>
internal static class UnifiedDiff
{
    private const int Context = 3;
    private const string NoNewline = "\\ No newline at end of file";

    /// <summary>Gets the lines of the diff without their line breaks; none when nothing changes.</summary>
    public static IEnumerable<string> Of(string path, IntegrationPlan plan)
    {
        if (plan.Edits.Count == 0)
        {
            yield break;
        }
        string name = path.Replace('\\', '/').TrimStart('/') + (path.Contains(' ', StringComparison.Ordinal) ? "\t" : ""); // else patch ends it at the blank
        yield return $"--- a/{name}";
        yield return $"+++ b/{name}";
        Lines old = new(plan.Original.Span);
        Lines changed = new(plan.Result.Span);
        List<Change> changes = FindChanges(plan, old, changed);
        for (int first = 0; first < changes.Count;)
        {
            int last = first;
            while (last + 1 < changes.Count && changes[last + 1].OldStart - changes[last].OldEnd <= 2 * Context)
            {
                last++;
            }
            foreach (string line in Hunk(changes[first..(last + 1)], old, changed))
            {
                yield return line;
            }
            first = last + 1;
        }
    }

    private static IEnumerable<string> Hunk(List<Change> changes, Lines old, Lines changed)
    {
        int start = Math.Max(0, changes[0].OldStart - Context);
        int end = Math.Min(old.Count, changes[^1].OldEnd + Context);
        int newStart = changes[0].NewStart - (changes[0].OldStart - start);
        int newCount = end - start + changes.Sum(change => change.NewEnd - change.NewStart - (change.OldEnd - change.OldStart));
        yield return $"@@ -{start + 1},{end - start} +{newStart + 1},{newCount} @@";
        int at = start;
        foreach (Change change in changes)
        {
            foreach (string line in old.Show(' ', at, change.OldStart).Concat(old.Show('-', change.OldStart, change.OldEnd)).Concat(changed.Show('+', change.NewStart, change.NewEnd)))
            {
                yield return line;
            }
            at = change.OldEnd;
        }
        foreach (string line in old.Show(' ', at, end))
        {
            yield return line;
        }
    }

    /// <summary>Gets which lines become which; changes that share a line are one.</summary>
    private static List<Change> FindChanges(IntegrationPlan plan, Lines old, Lines changed)
    {
        List<Change> changes = [];
        int growth = 0;
        foreach (CardEdit edit in plan.Edits)
        {
            int start = edit.Offset + growth;
            growth += edit.Text.Length - edit.RemovedLength;
            Change change = new(
                old.IndexOf(edit.Offset),
                old.IndexOf(edit.Offset + edit.RemovedLength) + 1,
                changed.IndexOf(start),
                changed.IndexOf(start + edit.Text.Length) + 1);
            if (changes.Count > 0 && change.OldStart < changes[^1].OldEnd)
            {
                change = change with { OldStart = changes[^1].OldStart, NewStart = changes[^1].NewStart };
                changes.RemoveAt(changes.Count - 1);
            }
            changes.Add(change);
        }
        return changes;
    }

    /// <summary>Lines from the first (from 0) up to the end (excluded) of the old text, and what they become.</summary>
    private sealed record Change(int OldStart, int OldEnd, int NewStart, int NewEnd);

    private sealed class Lines
    {
        private readonly List<int> _starts = [0];
        private readonly byte[] _text;

        public Lines(ReadOnlySpan<byte> text)
        {
            _text = text.ToArray();
            for (int i = 0; i < text.Length - 1; i++)
            {
                if (text[i] == '\n')
                {
                    _starts.Add(i + 1);
                }
            }
        }

        public int Count => _starts.Count;

        /// <summary>Gets the index of the line that has a byte.</summary>
        public int IndexOf(int offset)
        {
            int index = _starts.BinarySearch(offset);
            return index >= 0 ? index : ~index - 1;
        }

        public IEnumerable<string> Show(char prefix, int start, int end)
        {
            for (int i = start; i < end; i++)
            {
                int stop = i + 1 < Count ? _starts[i + 1] : _text.Length;
                bool isComplete = stop > 0 && _text[stop - 1] == '\n';
                yield return prefix + Encoding.UTF8.GetString(_text, _starts[i], stop - _starts[i] - (isComplete ? 1 : 0));
                if (!isComplete)
                {
                    yield return NoNewline;
                }
            }
        }
    }
}
