using System.Reflection;
using System.Text.RegularExpressions;

namespace Minilm.Tests.Architecture;

public sealed partial class FloorTests
{
    private static readonly string[] Order = [FolderGraph.Root, "Embeddings", "Engine", "Chat", "Loading", "Llama", "Grammars", "Gguf", "Interop", "Abstractions"];

    // Names of the base library that every reader takes for what they mean there.
    private static readonly string[] CommonNames = ["Value", "Key", "Range", "Index", "Type", "Task", "Action", "Buffer", "Path", "File", "Stream", "Timer", "Lock", "Thread", "Entry", "Item", "Name", "Options", "Result", "Error", "Random"];

    private static readonly FolderGraph Graph = FolderGraph.Of(Repository.PathOf("src/Minilm"), "Minilm");

    [Test]
    public void Folders_use_only_what_stands_below_them()
    {
        TestContext.Out.WriteLine(Graph);

        Assert.That(Graph.ProblemsWith(Order), Is.Empty);
    }

    [Test]
    public void The_graph_sees_the_code_that_it_judges() => Assert.Multiple(() =>
    {
        Assert.That(Graph.Names, Is.GreaterThan(15_000));
        Assert.That(Graph.Unresolved, Has.Count.LessThan(60), string.Join(", ", Graph.Unresolved.Take(20)));
        Assert.That(Graph.Arrows.Keys, Does.Contain(("Llama", "Interop")).And.Contain(("Engine", "Llama")));
    });

    [Test]
    public void An_arrow_that_points_up_is_found()
    {
        string[] turned = [.. Order.Reverse()];

        Assert.That(Graph.ProblemsWith(turned), Has.Some.StartsWith("Engine → Llama points up"));
        Assert.That(Graph.ProblemsWith(Order[..^1]), Has.Some.Contains("Abstractions has no place"));
    }

    [Test]
    public void Two_floors_only_name_native_functions_and_are_unsafe()
    {
        string[] others = [.. Directory.EnumerateFiles(Repository.PathOf("src/Minilm"), "*.cs", SearchOption.AllDirectories)
            .Where(file => Path.GetFileName(Path.GetDirectoryName(file)) is not ("Interop" or "Handles" or "Llama"))];

        Assert.That(others.Where(file => NativeWords().IsMatch(File.ReadAllText(file))).Select(Path.GetFileName), Is.Empty);
        Assert.That(others, Has.Length.GreaterThan(100));
    }

    [TestCase("Minilm")]
    [TestCase("Minilm.Dialog")]
    [TestCase("Minilm.Cli")]
    public void No_internal_type_has_the_name_of_a_public_member_or_a_common_one(string assembly)
    {
        HashSet<string> members = [.. TypesOf("Minilm").Concat(TypesOf(assembly)).Where(type => type.IsVisible)
            .SelectMany(type => type.GetMembers(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly))
            .Where(member => member.MemberType is MemberTypes.Property or MemberTypes.Method or MemberTypes.Field)
            .Select(member => member.Name)];

        Assert.That(
            TypesOf(assembly).Where(type => !type.IsVisible && type.Namespace?.StartsWith("Minilm", StringComparison.Ordinal) == true && (members.Contains(type.Name) || CommonNames.Contains(type.Name))).Select(type => type.FullName),
            Is.Empty);
        Assert.That(members, Has.Count.GreaterThan(200));
    }

    private static IEnumerable<Type> TypesOf(string assembly) => Assembly.Load(assembly).GetTypes()
        .Where(type => !type.Name.StartsWith('<') && !type.IsDefined(typeof(System.Runtime.CompilerServices.CompilerGeneratedAttribute)));

    [GeneratedRegex(@"\bunsafe\b(?!\))|\bNativeMethods\b|\bminilm_\w+_params\b|\bSafe(Llama|Minilm|Abort|ThreadPool)\w*Handle\b")]
    private static partial Regex NativeWords();
}
