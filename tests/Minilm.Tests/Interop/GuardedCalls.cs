using System.Reflection;
using System.Runtime.InteropServices;
using Minilm.Interop;
using Minilm.Interop.Handles;

namespace Minilm.Tests.Interop;

/// <summary>Calls each guarded function over a stand-in for libllama (native/testing/throwing.cpp), in which one function after the other throws.</summary>
internal static unsafe class GuardedCalls
{
    /// <summary>Prints "FUNCTION|CALL|failed or returned|WORDS" for each call that a guard stands around.</summary>
    /// <param name="list">A file with a line "FUNCTION CALL CALL ..." for each guarded function.</param>
    public static void PrintAll(string list)
    {
        string seam = NativeLibraryLoader.Load(null);
        nint standIn = NativeLibrary.Load(Path.Combine(Path.GetDirectoryName(seam)!, NativeLibraryLocator.FileName("llama-stand-in")));
        var throwingIn = (delegate* unmanaged<byte*, void>)NativeLibrary.GetExport(standIn, "throwing_in");
        foreach (string line in File.ReadLines(list))
        {
            string[] words = line.Split(' ');
            foreach (string thrower in words.Skip(1).Prepend("nothing"))
            {
                nint name = Marshal.StringToCoTaskMemUTF8(thrower);
                throwingIn((byte*)name);
                Marshal.FreeCoTaskMem(name);
                bool failed = Call(typeof(NativeMethods).GetMethod(words[0], BindingFlags.Static | BindingFlags.Public)!);
                Console.WriteLine($"{words[0]}|{thrower}|{(failed ? "failed" : "returned")}|{NativeMethods.minilm_last_error()}");
            }
        }
    }

    private static bool Call(MethodInfo function)
    {
        nint memory = Marshal.AllocHGlobal(64 * 1024);
        NativeMemory.Clear((void*)memory, 64 * 1024);
        try
        {
            return IsFailure(function.Invoke(null, [.. function.GetParameters().Select(parameter => Argument(parameter.ParameterType, memory))]));
        }
        finally
        {
            Marshal.FreeHGlobal(memory);
        }
    }

    /// <summary>Zeroed memory for what is pointed to, one of what is counted, and a file that exists.</summary>
    private static object? Argument(Type type, nint memory) => type switch
    {
        { IsPointer: true } => Pointer.Box((void*)memory, type),
        _ when type == typeof(string) => typeof(GuardedCalls).Assembly.Location,
        _ when type == typeof(string[]) => new[] { "x" },
        _ when type == typeof(int[]) => new[] { 1 },
        _ when type == typeof(int) => 1,
        _ when type == typeof(LlamaVocabHandle) => new LlamaVocabHandle(new SafeLlamaModelHandle(), null),
        _ when type == typeof(LlamaMemoryHandle) => new LlamaMemoryHandle(new SafeLlamaContextHandle(), null),
        _ => Activator.CreateInstance(type),
    };

    private static bool IsFailure(object? result) => result switch
    {
        null => true,
        CBool done => !done,
        int code => code is NativeFailure.Threw or 0,
        uint code => code != 0,
        nuint size => size == 0,
        string => false,
        SafeMinilmHandle handle => handle.IsInvalid,
        Pointer pointer => Pointer.Unbox(pointer) == null,
        GgmlBufferType type => type.IsNull,
        _ => throw new NotSupportedException($"What a failure is of {result.GetType()}?"),
    };
}
