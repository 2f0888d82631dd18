using System.Globalization;

namespace Minilm.Tests.Dialog.Integration;

/// <summary>Applies unified diffs, strictly: each context and removed line must be there, each count right.</summary>
internal static class Patch
{
    private const string NoNewline = "\\ No newline at end of file";

    public static string Apply(string text, string diff)
    {
        string[] old = SplitLines(text);
        string[] lines = diff.Split('\n')[..^1];
        Assert.That(lines[0], Does.StartWith("--- a/"));
        Assert.That(lines[1], Does.StartWith("+++ b/"));
        List<string> result = [];
        int read = 0;
        for (int i = 2; i < lines.Length;)
        {
            string[] header = lines[i++].Split(' ', ',');
            Assert.That((header[0], header[5]), Is.EqualTo(("@@", "@@")));
            int[] numbers = [.. header[1..5].Select(number => int.Parse(number.TrimStart('-', '+'), CultureInfo.InvariantCulture))];
            result.AddRange(old[read..(numbers[0] - 1)]);
            read = numbers[0] - 1;
            Assert.That(result, Has.Count.EqualTo(numbers[2] - 1), "the new start of a hunk is wrong");
            for (; i < lines.Length && !lines[i].StartsWith("@@ ", StringComparison.Ordinal); i++)
            {
                bool isLast = i + 1 < lines.Length && lines[i + 1] == NoNewline;
                string line = lines[i][1..] + (isLast ? "" : "\n");
                if (lines[i][0] != '+')
                {
                    Assert.That(old[read++], Is.EqualTo(line));
                }
                if (lines[i][0] != '-')
                {
                    result.Add(line);
                }
                i += isLast ? 1 : 0;
            }
            Assert.That((read, result.Count), Is.EqualTo((numbers[0] - 1 + numbers[1], numbers[2] - 1 + numbers[3])), "the counts of a hunk are wrong");
        }
        result.AddRange(old[read..]);
        return string.Concat(result);
    }

    private static string[] SplitLines(string text)
    {
        string[] lines = text.Split('\n');
        IEnumerable<string> complete = lines[..^1].Select(line => line + "\n");
        return [.. lines[^1].Length > 0 ? complete.Append(lines[^1]) : complete];
    }
}
