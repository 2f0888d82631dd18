using System.Text;
using Minilm.Cli.Terminal;

namespace Minilm.Cli.Commands;

/// <summary>Reads prompts and texts from files and from standard input, which is called <c>-</c>.</summary>
internal static class InputText
{
    public const string StandardInput = "-";

    /// <summary>Reads a whole file, byte by byte as it is.</summary>
    public static async Task<byte[]> ReadBytesAsync(CliConsole console, string path, CancellationToken cancellationToken)
    {
        if (path != StandardInput)
        {
            return await File.ReadAllBytesAsync(path, cancellationToken).ConfigureAwait(false);
        }
        using MemoryStream bytes = new();
        // A read of a terminal or a pipe does not end when it is cancelled: it is left behind.
        await Task.Run(() => console.In.CopyTo(bytes), cancellationToken).WaitAsync(cancellationToken).ConfigureAwait(false);
        return bytes.ToArray();
    }

    /// <summary>Reads a prompt: UTF-8 without its byte order mark and without the one line break that editors and <c>echo</c> put at the end.</summary>
    /// <remarks>llama.cpp's tools drop that line break as well. What is not UTF-8 becomes U+FFFD.</remarks>
    public static async Task<string> ReadPromptAsync(CliConsole console, string path, CancellationToken cancellationToken)
    {
        byte[] bytes = await ReadBytesAsync(console, path, cancellationToken).ConfigureAwait(false);
        ReadOnlySpan<byte> text = bytes;
        if (text.StartsWith(Encoding.UTF8.Preamble))
        {
            text = text[Encoding.UTF8.Preamble.Length..];
        }
        if (text.EndsWith("\n"u8))
        {
            text = text[..^(text.EndsWith("\r\n"u8) ? 2 : 1)];
        }
        return Encoding.UTF8.GetString(text);
    }
}
