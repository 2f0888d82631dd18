using System.Text.Json;

namespace Minilm.Dialog.Characters;

/// <summary>Says in one sentence why a text is not JSON.</summary>
internal static class JsonErrorText
{
    // The reader adds where it was, which messages here say themselves, and advice to programmers, which is of no use to authors of cards.
    private static readonly string[] Unwanted = [" LineNumber:", " Change the reader options."];

    public static string Of(JsonException error)
    {
        int end = Unwanted.Select(text => error.Message.IndexOf(text, StringComparison.Ordinal)).Where(index => index >= 0).DefaultIfEmpty(error.Message.Length).Min();
        return error.Message[..end];
    }
}
