using System.Text.Json;

namespace Minilm.Dialog.Characters;

/// <summary>Words a JSON error for authors of cards, in one sentence.</summary>
internal static class JsonErrorText
{
    // The position, which the messages of cards state themselves, and advice to programmers.
    private static readonly string[] Unwanted = [" LineNumber:", " Change the reader options."];

    public static string Of(JsonException error)
    {
        int end = Unwanted.Select(text => error.Message.IndexOf(text, StringComparison.Ordinal)).Where(index => index >= 0).DefaultIfEmpty(error.Message.Length).Min();
        return error.Message[..end];
    }
}
