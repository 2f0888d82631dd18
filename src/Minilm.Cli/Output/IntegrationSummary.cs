using System.Text.Json;
using System.Text.Json.Serialization;
using Minilm.Dialog.Integration;

namespace Minilm.Cli.Output;

/// <summary>What <c>integrate --json</c> prints: each file, and how many there are of each verdict.</summary>
internal sealed record IntegrationSummary(IReadOnlyList<IntegratedFile> Files)
{
    public int Integrated => Count(IntegrationVerdict.Integrated);

    public int AlreadyIntegrated => Count(IntegrationVerdict.AlreadyIntegrated);

    public int NotACard => Count(IntegrationVerdict.NotACard);

    public int Failed => Count(IntegrationVerdict.Failed);

    private int Count(IntegrationVerdict verdict) => Files.Count(file => file.Verdict == verdict);
}

/// <summary>One file.</summary>
/// <param name="Path">Its path.</param>
/// <param name="Verdict">What became of it.</param>
/// <param name="Reason">What was added, or why nothing was.</param>
/// <param name="Backup">Where its old bytes are, if anywhere.</param>
/// <param name="Diff">What would change; only with <c>--dry-run</c>.</param>
internal sealed record IntegratedFile(
    string Path,
    IntegrationVerdict Verdict,
    string Reason,
    string? Backup,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Diff);

/// <summary>Spells verdicts in snake_case.</summary>
internal sealed class IntegrationVerdictConverter() : JsonStringEnumConverter<IntegrationVerdict>(JsonNamingPolicy.SnakeCaseLower);
