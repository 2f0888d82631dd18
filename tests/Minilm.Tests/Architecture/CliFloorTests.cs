namespace Minilm.Tests.Architecture;

/// <summary>The floors of <c>src/Minilm.Cli</c>: each folder uses only what stands below it.</summary>
public sealed class CliFloorTests
{
    private static readonly string[] Order = [FolderGraph.Root, "Commands", "Measuring", "Output", "Terminal"];

    [Test]
    public void Folders_of_the_command_line_use_only_what_stands_below()
    {
        FolderGraph graph = FolderGraph.Of(Repository.PathOf("src/Minilm.Cli"), "Minilm.Cli");
        TestContext.Out.WriteLine(graph);

        Assert.Multiple(() =>
        {
            Assert.That(graph.Folders, Is.EquivalentTo(Order));
            Assert.That(graph.ProblemsWith(Order), Is.Empty);
            Assert.That(graph.ProblemsWith([.. Order.Reverse()]), Is.Not.Empty, "the graph has arrows at all");
        });
    }
}
