using System.Runtime.InteropServices;
using System.Runtime.InteropServices.Marshalling;
using static Minilm.Interop.LibraryNames;

namespace Minilm.Interop;

// llama.h: chat templates
internal static unsafe partial class NativeMethods
{
    /// <summary>Returns the length of the prompt in bytes, which may exceed the buffer, or a negative number for a template libllama does not know.</summary>
    [LibraryImport(Seam)]
    public static partial int minilm_chat_apply_template([MarshalUsing(typeof(OwnedUtf8))] string tmpl, llama_chat_message* chat, nuint n_msg, CBool add_ass, byte* buf, int length);

    /// <summary>Returns the number of built-in templates and their names, borrowed for ever.</summary>
    [LibraryImport(Seam)]
    public static partial int minilm_chat_builtin_templates(byte** output, nuint len);
}
