using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using Minilm.Interop;
using Minilm.Interop.Handles;

namespace Minilm.Tests.Interop;

/// <summary>What C# says, read from the compiled assembly.</summary>
internal static partial class ManagedSide
{
    private const BindingFlags Statics = BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;
    private const BindingFlags Instance = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;

    private static readonly Assembly Product = typeof(NativeMethods).Assembly;

    private static readonly Dictionary<Type, string> Names = new()
    {
        [typeof(void)] = "void",
        [typeof(CBool)] = "bool",
        [typeof(sbyte)] = "int8_t",
        [typeof(byte)] = "uint8_t",
        [typeof(short)] = "int16_t",
        [typeof(ushort)] = "uint16_t",
        [typeof(int)] = "int32_t",
        [typeof(uint)] = "uint32_t",
        [typeof(long)] = "int64_t",
        [typeof(ulong)] = "uint64_t",
        [typeof(nint)] = "intptr_t",
        [typeof(nuint)] = "size_t",
        [typeof(float)] = "float",
        [typeof(double)] = "double",
        [typeof(string)] = "uint8_t*",
        [typeof(string[])] = "uint8_t**",
        [typeof(int[])] = "int32_t*",
    };

    /// <summary>Reads everything; of the constants outside of enums, those that the other side knows.</summary>
    /// <param name="native">What C says.</param>
    /// <param name="ownEnums">Enums whose values are the library's own.</param>
    public static SeamTable Read(SeamTable native, IReadOnlySet<string> ownEnums) => new(
        [.. Structs().Select(type => new SeamStruct(type.Name, SizeOf(type), [.. type.GetFields(Instance).Select(field => FieldOf(type, field))]))],
        [.. Functions().Select(FunctionOf)],
        [.. Constants(native, ownEnums)],
        [.. Handles()]);

    /// <summary>The structs with the names of C that have fields; those without are only pointed to.</summary>
    private static IEnumerable<Type> Structs() => Product.GetTypes().Where(type =>
        type is { IsValueType: true, IsEnum: false, Namespace: "Minilm.Interop" } && CName().IsMatch(type.Name) && type.GetFields(Instance).Length > 0);

    private static MethodInfo[] Functions() => typeof(NativeMethods).GetMethods(BindingFlags.Static | BindingFlags.Public | BindingFlags.DeclaredOnly);

    /// <summary>A type with a single pointer: an owner, an interior pointer, or a struct that wraps one.</summary>
    private static IEnumerable<SeamHandle> Handles() =>
        from type in Product.GetTypes()
        where !type.IsAbstract && !type.IsByRefLike
        let native = PointedTo(type)
        where native is not null
        select new SeamHandle(type.Name, $"{native.Name}*");

    private static Type? PointedTo(Type type)
    {
        for (Type? parent = type.BaseType; parent is not null; parent = parent.BaseType)
        {
            if (parent.IsGenericType && (parent.GetGenericTypeDefinition() == typeof(SafeMinilmHandle<>) || parent.GetGenericTypeDefinition() == typeof(InteriorHandle<>)))
            {
                return parent.GetGenericArguments()[0];
            }
        }
        return type.IsValueType && type.Namespace == "Minilm.Interop" && !CName().IsMatch(type.Name) && type.GetFields(Instance) is [{ FieldType.IsPointer: true } only]
            ? only.FieldType.GetElementType()
            : null;
    }

    private static IEnumerable<SeamConstant> Constants(SeamTable native, IReadOnlySet<string> ownEnums)
    {
        foreach (Type type in Product.GetTypes().Where(type => type.IsEnum && !type.IsNestedPrivate && !ownEnums.Contains(type.Name)))
        {
            foreach (FieldInfo member in type.GetFields(BindingFlags.Static | BindingFlags.Public))
            {
                yield return new SeamConstant(type.Name, member.Name, Convert.ToInt64(member.GetRawConstantValue(), null));
            }
        }
        ILookup<string, Type> types = Product.GetTypes().ToLookup(type => type.Name, StringComparer.Ordinal);
        foreach (SeamConstant constant in native.Constants)
        {
            foreach (FieldInfo field in types[constant.Type].Where(type => !type.IsEnum).Select(type => type.GetField(constant.Member, Statics)).OfType<FieldInfo>())
            {
                yield return new SeamConstant(constant.Type, constant.Member, Convert.ToInt64(field.GetRawConstantValue(), null));
            }
        }
    }

    private static SeamField FieldOf(Type type, FieldInfo field)
    {
        string name = NameOf(field.FieldType);
        bool isPointer = SeamComparison.Passed(name) == "pointer" || PointedTo(field.FieldType) is not null;
        return new SeamField(field.Name, OffsetOf(type, field), SizeOf(field.FieldType), isPointer ? "pointer" : KindOf(name), name);
    }

    private static string KindOf(string name) => name switch
    {
        "bool" => "bool",
        "float" or "double" => "floating",
        _ when name.StartsWith("int", StringComparison.Ordinal) => "signed",
        _ when name.StartsWith("uint", StringComparison.Ordinal) || name == "size_t" => "unsigned",
        _ => $"unknown ({name})",
    };

    private static SeamFunction FunctionOf(MethodInfo method)
    {
        MethodInfo import = ImportOf(method);
        return new SeamFunction(
            method.Name,
            NameOf(method.ReturnType),
            [.. method.GetParameters().Select(parameter => new SeamParameter(parameter.Name!, NameOf(parameter.ParameterType)))],
            [.. import.GetParameters().Select(parameter => parameter.ParameterType).Prepend(import.ReturnType).Select(PassedAs)]);
    }

    /// <summary>A function whose arguments need marshalling has its import in a local function of the generated method.</summary>
    private static MethodInfo ImportOf(MethodInfo method) => method.GetCustomAttribute<DllImportAttribute>() is not null
        ? method
        : typeof(NativeMethods).GetMethods(Statics).Single(import => LocalFunction().Match(import.Name) is { Success: true } match && match.Groups["name"].Value == method.Name);

    private static string PassedAs(Type type) =>
        type == typeof(nint) || PointedTo(type) is not null ? "pointer" : SeamComparison.Passed(NameOf(type));

    private static string NameOf(Type type) => type switch
    {
        { IsPointer: true } => $"{(PointedTo(type.GetElementType()!) is { } inner ? $"{inner.Name}*" : NameOf(type.GetElementType()!))}*",
        { IsFunctionPointer: true } => $"{NameOf(type.GetFunctionPointerReturnType())}({string.Join(",", type.GetFunctionPointerParameterTypes().Select(NameOf))})",
        _ => Names.GetValueOrDefault(type, type.Name),
    };

    private static unsafe int OffsetOf(Type type, FieldInfo field)
    {
        var address = new DynamicMethod("OffsetOf", typeof(nint), [typeof(nint)], type.Module, skipVisibility: true);
        ILGenerator code = address.GetILGenerator();
        code.Emit(OpCodes.Ldarg_0);
        code.Emit(OpCodes.Ldflda, field);
        code.Emit(OpCodes.Conv_I);
        code.Emit(OpCodes.Ret);
        nint memory = Marshal.AllocHGlobal(SizeOf(type));
        try
        {
            return (int)((nint)address.Invoke(null, [memory])! - memory);
        }
        finally
        {
            Marshal.FreeHGlobal(memory);
        }
    }

    private static int SizeOf(Type type) => type.IsPointer || type.IsFunctionPointer
        ? nint.Size
        : (int)typeof(Unsafe).GetMethod(nameof(Unsafe.SizeOf))!.MakeGenericMethod(type).Invoke(null, null)!;

    [GeneratedRegex("^(llama|ggml|minilm)_[a-z0-9_]+$")]
    private static partial Regex CName();

    [GeneratedRegex("^<(?<name>[a-z0-9_]+)>g____PInvoke")]
    private static partial Regex LocalFunction();
}
