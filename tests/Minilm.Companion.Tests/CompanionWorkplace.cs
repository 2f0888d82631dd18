using Minilm.Companion;

namespace Minilm.Tests.Companion;

/// <summary>The grammar and the cards of this repository, read once.</summary>
internal static class CompanionWorkplace
{
    private static readonly Lazy<Workplace> Opened = new(() => Workplace.Open(Repository.PathOf(".")));

    public static Workplace Value => Opened.Value;
}
