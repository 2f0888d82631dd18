using System.Runtime.InteropServices;
using System.Runtime.InteropServices.Marshalling;
using Minilm.Interop.Handles;

namespace Minilm.Interop;

/// <summary>A <c>const char *</c> that the callee keeps: copied into a string, never freed. Null stays null.</summary>
[CustomMarshaller(typeof(string), MarshalMode.ManagedToUnmanagedOut, typeof(BorrowedUtf8))]
internal static unsafe class BorrowedUtf8
{
    public static string? ConvertToManaged(byte* unmanaged) => Marshal.PtrToStringUTF8((nint)unmanaged);
}

/// <summary>A string argument: encoded for the call and freed by the caller afterwards, by the framework's own marshaller.</summary>
[CustomMarshaller(typeof(string), MarshalMode.ManagedToUnmanagedIn, typeof(Utf8StringMarshaller.ManagedToUnmanagedIn))]
internal static class OwnedUtf8;

/// <summary>Passes the vocabulary of a model and keeps the model alive during the call.</summary>
[CustomMarshaller(typeof(SafeLlamaModelHandle), MarshalMode.ManagedToUnmanagedIn, typeof(ManagedToUnmanagedIn))]
internal static class VocabOfModel
{
    public ref struct ManagedToUnmanagedIn
    {
        private SafeLlamaModelHandle _model;
        private bool _added;

        public void FromManaged(SafeLlamaModelHandle managed)
        {
            _model = managed;
            managed.DangerousAddRef(ref _added);
        }

        public readonly nint ToUnmanaged() => _model.Vocab;

        public readonly void Free()
        {
            if (_added)
            {
                _model.DangerousRelease();
            }
        }
    }
}

/// <summary>Passes the memory of a context and keeps the context alive during the call.</summary>
[CustomMarshaller(typeof(SafeLlamaContextHandle), MarshalMode.ManagedToUnmanagedIn, typeof(ManagedToUnmanagedIn))]
internal static class MemoryOfContext
{
    public ref struct ManagedToUnmanagedIn
    {
        private SafeLlamaContextHandle _context;
        private bool _added;

        public void FromManaged(SafeLlamaContextHandle managed)
        {
            _context = managed;
            managed.DangerousAddRef(ref _added);
        }

        public readonly nint ToUnmanaged() => _context.Memory;

        public readonly void Free()
        {
            if (_added)
            {
                _context.DangerousRelease();
            }
        }
    }
}
