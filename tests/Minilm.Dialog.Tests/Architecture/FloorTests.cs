using Minilm.Testing;

namespace Minilm.Tests.Dialog.Architecture;

public class FloorTests
{
    /// <summary>Top down: a folder may use what stands behind it here, and nothing before it.</summary>
    private static readonly string[] Order =
        [FolderGraph.Root, "Integration", "Backends", "Prompting", "Replies", "History", "Characters", "Contracts"];

    private readonly FolderGraph _graph = FolderGraph.Of(Repository.PathOf("src/Minilm.Dialog"), "Minilm.Dialog");

    [Test]
    public void A_folder_uses_only_what_stands_below_it()
    {
        TestContext.Out.WriteLine(_graph);
        Assert.That(_graph.ProblemsWith(Order), Is.Empty);
    }

    [Test]
    public void Every_floor_has_code() => Assert.That(_graph.Folders, Is.EquivalentTo(Order));

    [Test]
    public void The_graph_understands_the_sources()
    {
        // A name without a meaning is an arrow that nobody sees. These are a property that the JSON source generator writes, and what is called on it.
        Assert.That(_graph.Names, Is.GreaterThan(1000));
        Assert.That(_graph.Unresolved, Is.EqualTo(["CardDocument.cs: CardDocument", "CardDocument.cs: Replace"]));
        Assert.That(_graph.Arrows.Keys, Does.Contain((FolderGraph.Root, "Backends")));
    }
}
