using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using Minilm.Interop;

namespace Minilm.Tests.Interop;

/// <summary>What C says (native/proof/proof.c), read from the library beside the seam.</summary>
internal static partial class NativeSide
{
    private static readonly Lazy<string[][]> Lines = new(ReadLines);

    /// <summary>Gets the folder that build.sh installed the native libraries into; what a project's own build copies of it is only what programs need.</summary>
    public static string InstallFolder { get; } = FindInstallFolder();

    /// <summary>Gets the folder of the libraries that exist for tests.</summary>
    public static string TestingFolder => Path.Combine(InstallFolder, "testing");

    /// <summary>Gets the constants that the headers at hand do not declare.</summary>
    public static IReadOnlyList<string> Newer => [.. Of("newer").Select(line => line[3])];

    /// <summary>Gets the functions with how they are guarded: what is called in the guard, or why there is none.</summary>
    public static IReadOnlyList<(string Name, bool Guarded, string Why)> Guards => [.. Of("function").Select(line => (line[1], line[4] == "guarded", line[5]))];

    private static string FindInstallFolder()
    {
        string beside = Path.GetDirectoryName(LlamaRuntime.Versions.LibraryPath)!;
        return Directory.Exists(Path.Combine(beside, "testing", "throwing")) ? beside : Repository.PathOf($"artifacts/native/{RuntimeInformation.RuntimeIdentifier}");
    }

    public static SeamTable Read()
    {
        Dictionary<string, string> callbacks = Of("callback").ToDictionary(line => line[1], line => $"{line[2]}({string.Join(",", Parameters(line[3], []).Select(parameter => parameter.Type))})", StringComparer.Ordinal);
        ILookup<string, SeamField> fields = Of("field").ToLookup(
            line => line[1],
            line => new SeamField(line[2], Number(line[3]), Number(line[4]), line[5], TypeOf(line[6], callbacks)),
            StringComparer.Ordinal);
        return new SeamTable(
            [.. Of("struct").Select(line => new SeamStruct(line[1], Number(line[2]), [.. fields[line[1]]]))],
            [.. Of("function").Select(line => new SeamFunction(line[1], TypeOf(line[2], callbacks), Parameters(line[3], callbacks), []))],
            [.. Of("constant").Select(line => new SeamConstant(line[1], line[2], long.Parse(line[4], CultureInfo.InvariantCulture))),
             .. Of("newer").Select(line => new SeamConstant(line[1], line[2], null))],
            []);
    }

    private static IEnumerable<string[]> Of(string kind) => Lines.Value.Where(line => line[0] == kind);

    private static SeamParameter[] Parameters(string text, Dictionary<string, string> callbacks) => text == "(void)"
        ? []
        : [.. text.Trim('(', ')').Split(", ").Select(one => Parameter().Match(one)).Select(match => new SeamParameter(match.Groups["name"].Value, TypeOf(match.Groups["type"].Value, callbacks)))];

    /// <summary>Writes a type of C as <see cref="SeamTable"/> has it: without const, and an enum by its size.</summary>
    private static string TypeOf(string text, Dictionary<string, string> callbacks)
    {
        string type = Noise().Replace(text, "").Replace(" ", "", StringComparison.Ordinal);
        if (Enum().Match(text) is { Success: true } match)
        {
            string[] declared = Of("enum").Single(line => line[1] == match.Groups["name"].Value);
            return declared[2] == "4" ? "int32_t" : $"enum of {declared[2]} bytes";
        }
        type = type.StartsWith("char*", StringComparison.Ordinal) ? $"uint8_t{type["char".Length..]}" : type; // text is bytes
        return callbacks.GetValueOrDefault(type, type);
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    private static unsafe string[][] ReadLines()
    {
        nint library = NativeLibrary.Load(Path.Combine(TestingFolder, NativeLibraryLocator.FileName("proof")));
        try
        {
            var line = (delegate* unmanaged<int, byte*>)NativeLibrary.GetExport(library, "proof_line");
            List<string[]> lines = [];
            for (int i = 0; line(i) is var text && text != null; i++)
            {
                lines.Add(Marshal.PtrToStringUTF8((nint)text)!.Split('|'));
            }
            return [.. lines];
        }
        finally
        {
            NativeLibrary.Free(library);
        }
    }

    [GeneratedRegex(@"^(?<type>.*?)(?<name>[A-Za-z_]\w*)$")]
    private static partial Regex Parameter();

    [GeneratedRegex(@"\b(const|struct)\b")]
    private static partial Regex Noise();

    [GeneratedRegex(@"^enum (?<name>\w+)$")]
    private static partial Regex Enum();
}
