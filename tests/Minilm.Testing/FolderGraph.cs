using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Minilm.Testing;

/// <summary>
/// Which folders of a project use which, drawn from its sources: every name in the code that is declared in another
/// folder is one use. Constants, attributes and <c>nameof</c> count; documentation does not. Files in the project's own
/// folder belong to <see cref="Root"/>.
/// </summary>
public sealed class FolderGraph
{
    /// <summary>What stands for the project's own folder.</summary>
    public const string Root = "(root)";

    private const string ImplicitUsings = """
        global using global::System; global using global::System.Collections.Generic; global using global::System.IO;
        global using global::System.Linq; global using global::System.Net.Http; global using global::System.Threading;
        global using global::System.Threading.Tasks;
        """;

    private readonly string _project;
    private readonly Dictionary<(string From, string To), List<string>> _uses = [];

    private FolderGraph(string project) => _project = project;

    /// <summary>Gets the folders that hold code.</summary>
    public IReadOnlySet<string> Folders { get; private set; } = ImmutableHashSet<string>.Empty;

    /// <summary>Gets how many names of the project's sources were looked up.</summary>
    public int Names { get; private set; }

    /// <summary>Gets the names without a meaning: those of members that a source generator writes.</summary>
    public IReadOnlyList<string> Unresolved { get; private set; } = [];

    /// <summary>Gets the arrows, with the number of uses of each.</summary>
    public IReadOnlyDictionary<(string From, string To), int> Arrows => _uses.ToDictionary(use => use.Key, use => use.Value.Count);

    /// <summary>Draws the graph of a project.</summary>
    /// <param name="project">The project's folder.</param>
    /// <param name="assembly">The name of its assembly, which decides whose internals it sees.</param>
    /// <returns>The graph.</returns>
    public static FolderGraph Of(string project, string assembly)
    {
        var options = new CSharpParseOptions(LanguageVersion.Preview, preprocessorSymbols: ["NET8_0_OR_GREATER", "NET9_0_OR_GREATER", "NET10_0_OR_GREATER"]);
        string[] files = [.. Directory.EnumerateFiles(project, "*.cs", SearchOption.AllDirectories)];
        SyntaxTree[] trees = [.. files.Select(file => CSharpSyntaxTree.ParseText(File.ReadAllText(file), options, file))];
        var compilation = CSharpCompilation.Create(
            assembly,
            [.. trees, CSharpSyntaxTree.ParseText(ImplicitUsings, options)],
            ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
                .Where(path => Path.GetFileNameWithoutExtension(path) != assembly)
                .Select(path => MetadataReference.CreateFromFile(path)),
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, allowUnsafe: true));
        var graph = new FolderGraph(project) { Folders = files.Select(file => FolderOf(project, file)).ToHashSet() };
        List<string> unresolved = [];
        foreach (SyntaxTree tree in trees)
        {
            graph.Read(compilation.GetSemanticModel(tree), tree, unresolved);
        }
        graph.Unresolved = unresolved;
        return graph;
    }

    /// <summary>Lists what breaks an order: folders that it does not know, and arrows that point up, each with its uses. A graph without any has no cycle.</summary>
    /// <param name="order">The folders, top down; one may use those below it.</param>
    /// <returns>The problems; empty when the order holds.</returns>
    public IReadOnlyList<string> ProblemsWith(IReadOnlyList<string> order)
    {
        List<string> problems = [.. Folders.Where(folder => !order.Contains(folder)).Select(folder => $"the folder {folder} has no place in the order")];
        List<string> floors = [.. order];
        foreach (((string from, string to), List<string> uses) in _uses.OrderByDescending(use => use.Value.Count))
        {
            if (floors.IndexOf(from) > floors.IndexOf(to))
            {
                problems.Add($"{from} → {to} points up, {uses.Count} times: {string.Join("; ", uses.Distinct().Take(12))}");
            }
        }
        return problems;
    }

    /// <inheritdoc/>
    public override string ToString() => string.Join('\n', _uses
        .GroupBy(use => use.Key.From)
        .OrderBy(group => group.Key, StringComparer.Ordinal)
        .Select(group => $"{group.Key}: {string.Join(", ", group.OrderByDescending(use => use.Value.Count).Select(use => $"{use.Key.To} {use.Value.Count}"))}"));

    private static string FolderOf(string project, string file)
    {
        string relative = Path.GetRelativePath(project, file).Replace('\\', '/');
        int slash = relative.IndexOf('/', StringComparison.Ordinal);
        return slash < 0 ? Root : relative[..slash];
    }

    private void Read(SemanticModel model, SyntaxTree tree, List<string> unresolved)
    {
        string from = FolderOf(_project, tree.FilePath);
        foreach (SyntaxNode node in tree.GetRoot().DescendantNodes())
        {
            if (node is not (SimpleNameSyntax or BaseObjectCreationExpressionSyntax))
            {
                continue;
            }
            Names++;
            SymbolInfo info = model.GetSymbolInfo(node);
            ISymbol? symbol = info.Symbol ?? info.CandidateSymbols.FirstOrDefault();
            if (symbol is null)
            {
                if (node is IdentifierNameSyntax { Identifier.Text: not ("_" or "nameof" or "var" or "field" or "value") } && model.GetTypeInfo(node).Type is null or IErrorTypeSymbol)
                {
                    unresolved.Add($"{Path.GetFileName(tree.FilePath)}: {node}");
                }
                continue;
            }
            if (FolderOf(symbol) is { } to && to != from)
            {
                if (!_uses.TryGetValue((from, to), out List<string>? uses))
                {
                    _uses[(from, to)] = uses = [];
                }
                uses.Add($"{Path.GetFileNameWithoutExtension(tree.FilePath)} uses {symbol.ContainingType?.Name ?? symbol.Name}");
            }
        }
    }

    private string? FolderOf(ISymbol symbol)
    {
        symbol = symbol is IMethodSymbol { ReducedFrom: { } extension } ? extension : symbol;
        symbol = (symbol is IAliasSymbol alias ? alias.Target : symbol).OriginalDefinition;
        if (symbol is INamespaceSymbol or ILocalSymbol or IParameterSymbol or ITypeParameterSymbol or ILabelSymbol or IRangeVariableSymbol)
        {
            return null;
        }
        ISymbol? declared = symbol;
        while (declared is { DeclaringSyntaxReferences.IsEmpty: true })
        {
            declared = declared.ContainingType; // what the compiler adds to a type, such as a record's members
        }
        string? file = declared?.DeclaringSyntaxReferences[0].SyntaxTree.FilePath;
        return string.IsNullOrEmpty(file) ? null : FolderOf(_project, file);
    }
}
