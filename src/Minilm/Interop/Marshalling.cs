using System.Runtime.InteropServices;
using System.Runtime.InteropServices.Marshalling;

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
