using System.Reflection;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using Minilm.Interop;
using Minilm.Interop.Handles;
using Minilm.Runtime;

namespace Minilm.Tests.Interop;

/// <summary>The compiler proved that native/signatures.c says what llama.h says; these tests prove that C# says the same.</summary>
public sealed partial class BoundFunctionTests
{
    [OneTimeSetUp]
    public void Load() => LlamaRuntime.Initialize();

    [Test]
    public void Functions_bound_in_C_sharp_are_those_proven_in_C()
    {
        string[] inCSharp = [.. Imports().Where(import => import.Library != LibraryNames.Seam).Select(import => import.Name).Order(StringComparer.Ordinal)];
        string[] inC = [.. ProvenInC().Select(function => function.Name).Order(StringComparer.Ordinal)];

        Assert.That(inCSharp, Is.EqualTo(inC));
    }

    [Test]
    public void Types_of_bound_functions_are_those_proven_in_C()
    {
        Dictionary<string, MethodInfo> imports = Imports().ToDictionary(import => import.Name, import => import.Method, StringComparer.Ordinal);
        foreach ((string name, string result, string[] parameters) in ProvenInC())
        {
            MethodInfo method = imports[name];
            Assert.Multiple(() =>
            {
                Assert.That(TypeInC(method.ReturnType), Is.EqualTo(KindOf(result)), $"result of {name}: {result}");
                Assert.That(
                    method.GetParameters().Select(parameter => TypeInC(parameter.ParameterType)),
                    Is.EqualTo(parameters.Select(KindOf)),
                    $"parameters of {name}: {string.Join(", ", parameters)}");
            });
        }
    }

    [Test]
    public void Functions_of_the_seam_are_exported_by_the_library()
    {
        nint library = NativeLibrary.Load(LlamaRuntime.Versions.LibraryPath);
        try
        {
            string[] missing = [.. Imports().Where(import => import.Library == LibraryNames.Seam && !NativeLibrary.TryGetExport(library, import.Name, out _)).Select(import => import.Name)];
            Assert.That(missing, Is.Empty);
        }
        finally
        {
            NativeLibrary.Free(library);
        }
    }

    [Test]
    public unsafe void Structs_of_the_seam_are_laid_out_as_C_fills_them()
    {
        var model = new minilm_model_params { size = (uint)sizeof(minilm_model_params) };
        var context = new minilm_context_params { size = (uint)sizeof(minilm_context_params) };
        NativeMethods.minilm_model_default_params(&model);
        NativeMethods.minilm_context_default_params(&context);
        (minilm_model_params readModel, minilm_context_params readContext) = (model, context);

        Assert.Multiple(() =>
        {
            Assert.That((bool)readModel.use_extra_bufts, Is.True, "the last flag of llama_model_default_params");
            Assert.That((bool)readModel.vocab_only, Is.False);
            Assert.That(readContext.n_ubatch, Is.EqualTo(512));
            Assert.That(readContext.flash_attn_type, Is.EqualTo(-1));
            Assert.That((bool)readContext.no_perf, Is.True, "the last flag of llama_context_default_params");
        });
    }

    [Test]
    public unsafe void Structs_of_the_seam_have_the_sizes_that_C_reports()
    {
        var read = new minilm_version_report { size = (uint)sizeof(minilm_version_report) };
        NativeMethods.minilm_versions(&read);
        minilm_version_report report = read;
        (int model, int context, int batch, int versions) = (sizeof(minilm_model_params), sizeof(minilm_context_params), sizeof(minilm_batch), sizeof(minilm_version_report));
        (int quantize, int threadPool) = (sizeof(minilm_quantize_params), sizeof(minilm_threadpool_params));

        Assert.Multiple(() =>
        {
            Assert.That(report.sizeof_minilm_model_params, Is.EqualTo(model));
            Assert.That(report.sizeof_minilm_context_params, Is.EqualTo(context));
            Assert.That(report.sizeof_minilm_batch, Is.EqualTo(batch));
            Assert.That(report.sizeof_minilm_version_report, Is.EqualTo(versions));
            Assert.That(report.sizeof_minilm_quantize_params, Is.EqualTo(quantize));
            Assert.That(report.sizeof_minilm_threadpool_params, Is.EqualTo(threadPool));
        });
    }

    [Test]
    public unsafe void A_shorter_struct_of_an_older_caller_is_not_written_past_its_end()
    {
        var parameters = new minilm_model_params { size = 8, split_mode = -77 };
        NativeMethods.minilm_model_default_params(&parameters);

        Assert.That(parameters.split_mode, Is.EqualTo(-77));
    }

    private static IEnumerable<(string Name, string Library, MethodInfo Method)> Imports() =>
        from method in typeof(NativeMethods).GetMethods(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic)
        let import = method.GetCustomAttribute<DllImportAttribute>()
        where import is not null
        select (import.EntryPoint ?? method.Name, import.Value, DeclarationOf(method));

    /// <summary>A function whose arguments need marshalling has its import in a local function of the generated method.</summary>
    private static MethodInfo DeclarationOf(MethodInfo import) =>
        LocalFunction().Match(import.Name) is { Success: true } match
            ? typeof(NativeMethods).GetMethod(match.Groups["name"].Value, BindingFlags.Static | BindingFlags.Public)!
            : import;

    private static IEnumerable<(string Name, string Result, string[] Parameters)> ProvenInC()
    {
        for (int i = 0; NativeMethods.minilm_bound_function(i) is { } line; i++)
        {
            string[] parts = line.Split('|');
            string[] parameters = parts[2] == "(void)" ? [] : parts[2].Trim('(', ')').Split(", ");
            yield return (parts[0], parts[1], parameters);
        }
    }

    private static string KindOf(string type) => type switch
    {
        _ when type.EndsWith('*') => "pointer",
        "memory" or "device" or "buffer_type" or "threadpool" => "pointer",
        "void" => "void",
        "bool" => "bool",
        "float" => "float",
        "size_t" => "size",
        "uint64_t" => "u64",
        "uint32_t" => "u32",
        "int32_t" or "llama_token" or "llama_pos" or "llama_seq_id" => "i32",
        "vocab_type" or "token_attr" or "rope_type" or "pooling_type" or "device_type" => "i32",
        _ => throw new NotSupportedException($"signatures.c uses the type '{type}', which this test does not know."),
    };

    private static string TypeInC(Type type) => type switch
    {
        _ when type.IsPointer || type == typeof(nint) || type == typeof(string) || type.IsSubclassOf(typeof(SafeMinilmHandle)) => "pointer",
        _ when type == typeof(void) => "void",
        _ when type == typeof(CBool) => "bool",
        _ when type == typeof(float) => "float",
        _ when type == typeof(nuint) => "size",
        _ when type == typeof(ulong) => "u64",
        _ when type == typeof(uint) => "u32",
        _ when type == typeof(int) => "i32",
        _ => throw new NotSupportedException($"NativeMethods uses the type '{type}', which this test does not know."),
    };

    [GeneratedRegex("^<(?<name>[a-z0-9_]+)>g____PInvoke")]
    private static partial Regex LocalFunction();
}
