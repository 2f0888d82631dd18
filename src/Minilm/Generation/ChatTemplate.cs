using System.Buffers;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Minilm.Interop;

namespace Minilm.Generation;

/// <summary>
/// A chat template that the library can apply. What it writes around the messages may spell control tokens; what the
/// messages say may not: the template is applied to placeholders, and the messages come in afterwards, as text.
/// </summary>
internal sealed class ChatTemplate
{
    private readonly string _template;

    private ChatTemplate(string template) => _template = template;

    /// <summary>Gets the names of the templates that the library has built in.</summary>
    public static unsafe IReadOnlyList<string> BuiltInNames
    {
        get
        {
            byte*[] names = new byte*[NativeFailure.Require(NativeMethods.minilm_chat_builtin_templates(null, 0), "llama_chat_builtin_templates")];
            int count;
            fixed (byte** pointer = names)
            {
                count = Math.Min(names.Length, NativeMethods.minilm_chat_builtin_templates(pointer, (nuint)names.Length));
            }
            string[] result = new string[count];
            for (int i = 0; i < count; i++)
            {
                result[i] = Marshal.PtrToStringUTF8((nint)names[i]) ?? "";
            }
            return result;
        }
    }

    /// <summary>Takes a template, in Jinja as models state it, or the name of one that is built in; null when the library does not know it.</summary>
    public static ChatTemplate? TryCreate(string? template) =>
        template is { Length: > 0 } && !template.Contains('\0', StringComparison.Ordinal) && Apply(template, [new ChatMessage(ChatMessage.User, "x")], answer: true) is not null
            ? new ChatTemplate(template)
            : null;

    /// <summary>Takes a template that a host asks for.</summary>
    /// <exception cref="ArgumentException">The library does not know it; the message names the choices.</exception>
    public static ChatTemplate Require(string template) => TryCreate(template) ?? throw new ArgumentException(
        $"The chat template '{(template.Length > 60 ? template[..60] + "…" : template)}' is not one that the library knows. Give a template like that of a known model, or a name: {string.Join(", ", BuiltInNames)}.", nameof(template));

    /// <summary>Writes a prompt that ends where the model's answer begins. What the template has no place for the system to say, the next message begins with.</summary>
    /// <exception cref="ArgumentException">There is no message, or a role is not a word.</exception>
    /// <exception cref="NotSupportedException">The template leaves a message out.</exception>
    public IReadOnlyList<PromptPart> Render(IReadOnlyList<ChatMessage> messages)
    {
        Require(messages);
        var placeholders = new ChatMessage[messages.Count];
        for (int i = 0; i < placeholders.Length; i++)
        {
            placeholders[i] = messages[i] with { Content = Placeholder(i) };
        }
        string text = Apply(_template, placeholders, answer: true) ?? throw new NotSupportedException("The chat template cannot be applied to these messages.");
        List<PromptPart> parts = new((2 * messages.Count) + 1);
        int from = 0;
        for (int i = 0; i < placeholders.Length; i++)
        {
            int at = text.IndexOf(placeholders[i].Content, from, StringComparison.Ordinal);
            if (at < 0 && messages[i].Role == ChatMessage.System && i + 1 < messages.Count)
            {
                ChatMessage joined = messages[i + 1] with { Content = $"{messages[i].Content}\n\n{messages[i + 1].Content}" };
                return Render([.. messages.Take(i), joined, .. messages.Skip(i + 2)]);
            }
            if (at < 0)
            {
                throw new NotSupportedException($"The model's chat template leaves out message {i}, of the role '{messages[i].Role}'. Say it in a message of another role.");
            }
            parts.Add(new PromptPart(text[from..at], FromTemplate: true));
            parts.Add(new PromptPart(messages[i].Content, FromTemplate: false));
            from = at + placeholders[i].Content.Length;
        }
        parts.Add(new PromptPart(text[from..], FromTemplate: true));
        return parts;
    }

    /// <exception cref="ArgumentException">There is no message, or a role is not a word.</exception>
    public static void Require(IReadOnlyList<ChatMessage> messages)
    {
        ArgumentNullException.ThrowIfNull(messages);
        if (messages.Count == 0)
        {
            throw new ArgumentException("There is no message to answer.", nameof(messages));
        }
        for (int i = 0; i < messages.Count; i++)
        {
            if (messages[i] is not { Role.Length: > 0, Content: not null } message || !message.Role.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-'))
            {
                throw new ArgumentException($"Message {i} has the role '{messages[i]?.Role}'; a role is a word such as '{ChatMessage.User}'.", nameof(messages)); // a template copies it next to control tokens
            }
        }
    }

    // Control characters: no template writes them, and none trims them.
    private static string Placeholder(int index) => string.Create(CultureInfo.InvariantCulture, $"\u0001{index}\u0002");

    private static unsafe string? Apply(string template, ReadOnlySpan<ChatMessage> messages, bool answer)
    {
        using var strings = new Utf8Strings();
        var native = new llama_chat_message[messages.Length];
        for (int i = 0; i < native.Length; i++)
        {
            native[i] = new llama_chat_message { role = strings.Add(messages[i].Role), content = strings.Add(messages[i].Content) };
        }
        byte[] buffer = ArrayPool<byte>.Shared.Rent(256 + (messages.Length * 64));
        try
        {
            while (true)
            {
                int length;
                fixed (llama_chat_message* chat = native)
                fixed (byte* pointer = buffer)
                {
                    length = NativeMethods.minilm_chat_apply_template(template, chat, (nuint)native.Length, answer, pointer, buffer.Length);
                }
                if (length <= buffer.Length)
                {
                    return length < 0 ? null : Encoding.UTF8.GetString(buffer, 0, length);
                }
                ArrayPool<byte>.Shared.Return(buffer);
                buffer = [];
                buffer = ArrayPool<byte>.Shared.Rent(length);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>C strings that live until they are disposed together.</summary>
    private sealed unsafe class Utf8Strings : IDisposable
    {
        private readonly List<nint> _strings = [];

        public byte* Add(string text)
        {
            nint pointer = Marshal.StringToCoTaskMemUTF8(text);
            _strings.Add(pointer);
            return (byte*)pointer;
        }

        public void Dispose()
        {
            foreach (nint pointer in _strings)
            {
                Marshal.FreeCoTaskMem(pointer);
            }
        }
    }
}

/// <summary>A piece of a prompt.</summary>
/// <param name="Text">The text.</param>
/// <param name="FromTemplate">Whether control tokens spelled out in it are control tokens.</param>
internal readonly record struct PromptPart(string Text, bool FromTemplate);
