using System.CommandLine;
using Minilm.Gguf;

namespace Minilm.Companion.Export;

/// <summary><c>export</c>: makes the GGUF file of what training left, and checks it.</summary>
internal sealed class ExportCommand : Command
{
    /// <summary>A larger difference from PyTorch is a mistake of the export, not rounding.</summary>
    private const double MostDifferenceOfF32 = 0.01;

    private readonly Argument<string> _folder = new("folder") { Description = "The folder of the training." };
    private readonly Argument<string> _output = new("output") { Description = "The GGUF file to write." };

    public ExportCommand()
        : base("export", "Writes the trained model as GGUF (Q8_0), and compares its logits with those of the training.")
    {
        Add(_folder);
        Add(_output);
        SetAction(parsed => Run(parsed.GetRequiredValue(_folder), parsed.GetRequiredValue(_output)));
    }

    private static int Run(string folder, string output)
    {
        string full = Path.Combine(folder, "companion-f32.gguf");
        ModelFile.Write(folder, full);
        LogitDifference exact = ReferenceCheck.Compare(folder, full);
        Console.WriteLine(Describe("F32", exact));
        if (exact.LargestDifference > MostDifferenceOfF32)
        {
            Console.Error.WriteLine($"The exported model computes something else than the trained one: nothing is written to {output}.");
            return 1;
        }
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(output))!);
        Quantization quantization = LlamaQuantizer.Quantize(full, output, GgmlFileType.Q8_0, new LlamaQuantizeOptions { Overwrite = true });
        Console.WriteLine(Describe("Q8_0", ReferenceCheck.Compare(folder, output)));
        Console.WriteLine($"{output}: {quantization.BytesAfter:N0} bytes");
        return 0;
    }

    private static string Describe(string type, LogitDifference difference) =>
        $"{type}: the logits after {difference.Prompts} prompts differ from PyTorch's by at most {difference.LargestDifference:0.######} (largest logit {difference.LargestLogit:0.0}); the same token is preferred after {difference.SameChoices}";
}
