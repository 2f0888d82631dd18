using System.Globalization;
using Minilm.Cli.Terminal;

namespace Minilm.Cli.Commands;

/// <summary>A LoRA adapter as it is named on the command line.</summary>
internal readonly record struct AdapterFile(string Path, float Scale)
{
    /// <summary>Reads FILE or FILE:SCALE. A colon that no number follows is part of the name.</summary>
    public static AdapterFile Parse(string text)
    {
        int colon = text.LastIndexOf(':');
        AdapterFile file = colon > 0 && float.TryParse(text.AsSpan(colon + 1), NumberStyles.Float, CultureInfo.InvariantCulture, out float scale)
            ? new AdapterFile(text[..colon], scale)
            : new AdapterFile(text, 1);
        return file.Path.Length > 0 ? file : throw new UsageException("--lora is empty; pass the path of a LoRA adapter");
    }
}
