using System.Runtime.InteropServices;
using System.Runtime.InteropServices.Marshalling;

namespace Minilm.Interop.Handles;

/// <summary>A native object that belongs to another one: usable as long as its owner is, which every call keeps alive.</summary>
internal abstract unsafe class InteriorHandle<TNative>(SafeHandle owner, TNative* pointer)
    where TNative : unmanaged
{
    /// <summary>Gets a value indicating whether the owner has no such object.</summary>
    public bool IsInvalid => pointer == null;

    private SafeHandle Owner => owner;

    private TNative* Pointer => pointer;

    /// <summary>Passes the pointer and holds the owner during one call.</summary>
    internal ref struct Argument
    {
        private SafeHandle? _owner;
        private TNative* _pointer;

        /// <exception cref="ObjectDisposedException">The owner was released.</exception>
        public void Take(InteriorHandle<TNative> handle)
        {
            bool added = false;
            handle.Owner.DangerousAddRef(ref added);
            _owner = handle.Owner;
            _pointer = handle.Pointer;
        }

        public readonly TNative* Get() => _pointer;

        public readonly void GiveBack() => _owner?.DangerousRelease();
    }
}

/// <summary>The <c>llama_vocab</c> of a model.</summary>
[NativeMarshalling(typeof(LlamaVocabMarshaller))]
internal sealed unsafe class LlamaVocabHandle(SafeLlamaModelHandle owner, llama_vocab* pointer) : InteriorHandle<llama_vocab>(owner, pointer);

/// <summary>The memory of a context (<c>llama_memory_t</c>); invalid where the model has none.</summary>
[NativeMarshalling(typeof(LlamaMemoryMarshaller))]
internal sealed unsafe class LlamaMemoryHandle(SafeLlamaContextHandle owner, llama_memory_i* pointer) : InteriorHandle<llama_memory_i>(owner, pointer);

[CustomMarshaller(typeof(LlamaVocabHandle), MarshalMode.ManagedToUnmanagedIn, typeof(ManagedToUnmanagedIn))]
internal static unsafe class LlamaVocabMarshaller
{
    public ref struct ManagedToUnmanagedIn
    {
        private InteriorHandle<llama_vocab>.Argument _argument;

        public void FromManaged(LlamaVocabHandle managed) => _argument.Take(managed);

        public readonly llama_vocab* ToUnmanaged() => _argument.Get();

        public readonly void Free() => _argument.GiveBack();
    }
}

[CustomMarshaller(typeof(LlamaMemoryHandle), MarshalMode.ManagedToUnmanagedIn, typeof(ManagedToUnmanagedIn))]
internal static unsafe class LlamaMemoryMarshaller
{
    public ref struct ManagedToUnmanagedIn
    {
        private InteriorHandle<llama_memory_i>.Argument _argument;

        public void FromManaged(LlamaMemoryHandle managed) => _argument.Take(managed);

        public readonly llama_memory_i* ToUnmanaged() => _argument.Get();

        public readonly void Free() => _argument.GiveBack();
    }
}
