using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;
using Minilm.Interop;

namespace Minilm;

/// <summary>The chat templates that libllama has built in.</summary>
internal static class LlamaChatTemplates
{
    /// <summary>Gets their names.</summary>
    public static unsafe IReadOnlyList<string> Names
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

    /// <summary>Writes messages as a template wants them, ending where the answer begins.</summary>
    /// <param name="template">A template in Jinja as models state it, or a name.</param>
    /// <param name="messages">The messages.</param>
    /// <returns>The text; null when libllama does not know the template.</returns>
    public static unsafe string? TryApply(string template, ReadOnlySpan<ChatMessage> messages)
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
                    length = NativeMethods.minilm_chat_apply_template(template, chat, (nuint)native.Length, true, pointer, buffer.Length);
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
