using System.Globalization;

namespace Minilm.Gguf;

/// <summary>A model in several files: the first one is given, and the others lie beside it and say so themselves.</summary>
internal static class GgufSplitRules
{
    private const string NumberKey = "split.no";
    private const string CountKey = "split.count";

    public static void Check(GgufFile file)
    {
        int count = file.Facts.SplitCount;
        if (count == 1)
        {
            return;
        }

        CheckPart(file, 0, count);
        if (file.Path is null)
        {
            return;
        }

        string suffix = Suffix(0, count);
        if (!file.Path.EndsWith(suffix, StringComparison.Ordinal))
        {
            throw file.Problems.At(CountKey, file.Metadata[CountKey].ByteOffset, $"it is the first of {count} files, and its name does not end with '{suffix}'", "Give the files the names that they were published with");
        }

        string prefix = file.Path[..^suffix.Length];
        for (int number = 1; number < count; number++)
        {
            CheckPart(GgufFile.Read(prefix + Suffix(number, count)), number, count);
        }
    }

    public static string Suffix(int number, int count) => string.Create(CultureInfo.InvariantCulture, $"-{number + 1:D5}-of-{count:D5}.gguf");

    /// <summary>libllama stops the process if a part states its number with another type.</summary>
    private static void CheckPart(GgufFile part, int number, int count)
    {
        foreach ((string key, int expected) in ((string, int)[])[(NumberKey, number), (CountKey, count)])
        {
            long stated = part.GetInt64(key);
            GgufValue value = part.Metadata[key];
            if (value.Type != GgufValueType.UInt16 || stated != expected)
            {
                string advice = number == 0 && key == NumberKey ? "Give the first of the files" : "The files do not belong together; fetch them again";
                throw part.Problems.At(key, value.ByteOffset, $"the value is {stated} ({GgufValueTypes.NameOf(value.Type)}), and {expected} (u16) is expected", advice);
            }
        }
    }
}
