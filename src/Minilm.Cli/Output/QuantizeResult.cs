namespace Minilm.Cli.Output;

/// <summary>What <c>quantize --json</c> prints.</summary>
internal sealed record QuantizeResult(string Input, string Output, string Type, long BytesBefore, long BytesAfter, double Seconds);
