namespace Minilm.Dialog.Cards;

/// <summary>A character card is not valid. The message names the file, the JSON path and the line.</summary>
/// <param name="message">The message.</param>
/// <param name="jsonPath">The JSON path of the error, such as <c>$.dialogs[2].responses</c>.</param>
/// <param name="line">The line, counted from 1; 0 when unknown.</param>
/// <param name="innerException">The cause.</param>
public sealed class CardException(string message, string jsonPath = "$", int line = 0, Exception? innerException = null) : MinilmException(message, innerException)
{
    /// <summary>Gets the JSON path of the error, such as <c>$.dialogs[2].responses</c>.</summary>
    public string JsonPath { get; } = jsonPath;

    /// <summary>Gets the line, counted from 1; 0 when unknown.</summary>
    public int Line { get; } = line;
}
