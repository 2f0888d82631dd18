namespace Minilm.Tests.Interop;

/// <summary>What one side says of everything that crosses the seam. Types are written in one way for both: <c>int32_t</c>, <c>llama_model*</c>, <c>bool(float,void*)</c>.</summary>
internal sealed record SeamTable(
    IReadOnlyList<SeamStruct> Structs,
    IReadOnlyList<SeamFunction> Functions,
    IReadOnlyList<SeamConstant> Constants,
    IReadOnlyList<SeamHandle> Handles);

/// <param name="Size">In bytes.</param>
internal sealed record SeamStruct(string Name, int Size, IReadOnlyList<SeamField> Fields);

/// <param name="Offset">In bytes.</param>
/// <param name="Size">In bytes.</param>
/// <param name="Kind">signed, unsigned, floating, bool or pointer.</param>
internal sealed record SeamField(string Name, int Offset, int Size, string Kind, string Type);

/// <param name="Passed">How the result and the parameters are really passed, after marshalling; empty on the side of C.</param>
internal sealed record SeamFunction(string Name, string Result, IReadOnlyList<SeamParameter> Parameters, IReadOnlyList<string> Passed);

internal sealed record SeamParameter(string Name, string Type);

/// <param name="Type">The managed type that has it.</param>
/// <param name="Value">Null where the headers at hand do not declare it.</param>
internal sealed record SeamConstant(string Type, string Member, long? Value);

/// <summary>A managed type that stands for a pointer; functions name it instead of the pointer.</summary>
/// <param name="Name">The managed type.</param>
/// <param name="Type">The pointer in C.</param>
internal sealed record SeamHandle(string Name, string Type);
