using System.ComponentModel;
using Minilm.Abstractions;
using Minilm.Gguf;
using Minilm.Loading;

namespace Minilm;

/// <summary>What a quantization wrote.</summary>
/// <param name="Input">The path that was read.</param>
/// <param name="Output">The path that was written.</param>
/// <param name="Type">The mixture.</param>
/// <param name="BytesBefore">The size of the input in bytes, all parts together.</param>
/// <param name="BytesAfter">The size of the output in bytes.</param>
/// <param name="Warnings">What libllama warned of, such as tensors whose shape made it fall back to another type; of very many, the first 4 kB.</param>
public sealed record Quantization(string Input, string Output, GgmlFileType Type, long BytesBefore, long BytesAfter, IReadOnlyList<string> Warnings);

/// <summary>Writes models with fewer bits per weight, through <c>llama_model_quantize</c>.</summary>
/// <remarks>
/// The output appears under its name when it is complete. libllama cannot be stopped: after a cancellation it works
/// on in the background to its end, on a thread of its own, and what it wrote is discarded.
/// A tensor whose rows do not fit a type's blocks gets another type, and a warning says so.
/// </remarks>
public static class LlamaQuantizer
{
    /// <summary>Quantizes a model.</summary>
    /// <param name="input">A GGUF file; of a split model the first part. The output is one file.</param>
    /// <param name="output">The file to write.</param>
    /// <param name="type">The mixture of tensor types.</param>
    /// <param name="options">What differs from the defaults.</param>
    /// <param name="progress">Receives the share of tensors that are done, from 0 to 1, on a thread of libllama (from its log: it has no other sign).</param>
    /// <param name="cancellationToken">Stops waiting, and discards the result.</param>
    /// <returns>What was written.</returns>
    /// <exception cref="ArgumentException">An option is out of its range, a path is empty, or both name the same file.</exception>
    /// <exception cref="ModelLoadException">The input is not a model, is quantized already, or libllama refused it; the message has its words.</exception>
    /// <exception cref="IOException">The output exists and may not be replaced, or its folder does not exist.</exception>
    /// <exception cref="UnauthorizedAccessException">The output may not be written.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled; nothing was written.</exception>
    /// <exception cref="NativeLibraryException">The native library was not found or does not fit.</exception>
    public static Quantization Quantize(string input, string output, GgmlFileType type, LlamaQuantizeOptions? options = null, IProgress<float>? progress = null, CancellationToken cancellationToken = default) =>
        QuantizeAsync(input, output, type, options, progress, cancellationToken).GetAwaiter().GetResult();

    /// <inheritdoc cref="Quantize"/>
    public static async Task<Quantization> QuantizeAsync(string input, string output, GgmlFileType type, LlamaQuantizeOptions? options = null, IProgress<float>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(input);
        ArgumentException.ThrowIfNullOrEmpty(output);
        options ??= new LlamaQuantizeOptions();
        OptionsRules.Require(OptionsRules.Validate(options));
        if (!Enum.IsDefined(type))
        {
            throw new InvalidEnumArgumentException(nameof(type), (int)type, typeof(GgmlFileType));
        }
        RequireOutput(input, output, options.Overwrite);
        GgufFile file = GgufModelFile.ReadChecked(input);
        RequireOriginal(file, type, options.AllowRequantize);
        cancellationToken.ThrowIfCancellationRequested();
        LlamaRuntime.Initialize();

        IReadOnlyList<string> warnings = await new QuantizeRun(input, output, type, options, progress).RunAsync(cancellationToken).ConfigureAwait(false);
        long before = GgufParts.Of(file).Sum(part => part.FileLength);
        return new Quantization(input, output, type, before, new FileInfo(output).Length, warnings);
    }

    private static void RequireOutput(string input, string output, bool overwrite)
    {
        if (Resolve(input).Equals(Resolve(output), OperatingSystem.IsWindows() || OperatingSystem.IsMacOS() ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal))
        {
            throw new ArgumentException($"Input and output are the same file, '{output}'. Give the output another name", nameof(output));
        }
        if (Directory.Exists(output))
        {
            throw new IOException($"The output '{output}' is a folder. Give the name of a file.");
        }
        if (!overwrite && File.Exists(output))
        {
            throw new IOException($"The output '{output}' exists. Give another name, or allow it to be replaced.");
        }
        if (Path.GetDirectoryName(Path.GetFullPath(output)) is { } folder && !Directory.Exists(folder))
        {
            throw new DirectoryNotFoundException($"The folder '{folder}' of the output does not exist. Make it first.");
        }
    }

    private static string Resolve(string path) =>
        File.Exists(path) && File.ResolveLinkTarget(path, returnFinalTarget: true) is { } target ? target.FullName : Path.GetFullPath(path);

    private static void RequireOriginal(GgufFile file, GgmlFileType type, bool allowRequantize)
    {
        if (!allowRequantize && GgufParts.Of(file).SelectMany(part => part.Tensors).FirstOrDefault(tensor => GgmlTypes.BlockSize(tensor.Type) > 1) is { } tensor)
        {
            throw new ModelLoadException($"'{file.Path}' is quantized already ({file.Facts.QuantizationName}; tensor '{tensor.Name}' is {tensor.Type}), and {type} of it would be worse than {type} of the original. Take the original (F16, BF16 or F32), or set {nameof(LlamaQuantizeOptions.AllowRequantize)}.", ModelLoadReason.InvalidOptions);
        }
    }
}
