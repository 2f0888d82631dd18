using System.Text.RegularExpressions;
using Minilm.Gguf;

namespace Minilm.Validation;

/// <summary>Validates what options say together about memory, devices and threads.</summary>
internal static class MemoryDoor
{
    /// <summary>What the library wants of the place of weights that it maps, in bytes.</summary>
    public const int MappedAlignment = 32;

    private static readonly TimeSpan NoMatching = TimeSpan.FromSeconds(1);

    /// <exception cref="ArgumentException">An option does not fit another one, or cannot be understood.</exception>
    public static void Require(LlamaModelOptions options)
    {
        Require(options.ToContextOptions(), nameof(options));
        if (options.Devices.Any(string.IsNullOrWhiteSpace))
        {
            throw new ArgumentException($"{nameof(options.Devices)} has an empty name; name devices as {nameof(LlamaRuntime)}.{nameof(LlamaRuntime.Devices)} does", nameof(options));
        }
        if (options.LoadMode is ModelLoadMode.Mapped or ModelLoadMode.MappedLocked && options.ModelOffset % MappedAlignment != 0)
        {
            throw new ArgumentException($"{nameof(options.LoadMode)} is {options.LoadMode}, but {nameof(options.ModelOffset)} is {options.ModelOffset}: a model can be mapped only from a multiple of {MappedAlignment}. Leave the mode to Auto, which reads it then", nameof(options));
        }
        foreach (TensorBufferOverride tensors in options.TensorOverrides)
        {
            RequirePattern(tensors.Pattern, nameof(options));
        }
    }

    /// <exception cref="ArgumentException">An option does not fit another one.</exception>
    public static void Require(LlamaContextOptions options, string parameter)
    {
        RequireType(options.KeyType, nameof(options.KeyType), parameter);
        RequireType(options.ValueType, nameof(options.ValueType), parameter);
        if (options.FlashAttention == FlashAttention.Off && GgmlTypes.BlockSize(options.ValueType) > 1)
        {
            throw new ArgumentException($"{nameof(options.ValueType)} is {options.ValueType}, which needs flash attention, and {nameof(options.FlashAttention)} is Off. Set it to On, or the type to F16", parameter);
        }
        if (options.ThreadPool is { } pool && Math.Max(options.Threads, options.PromptThreads) is int threads && threads > pool.Threads)
        {
            throw new ArgumentException($"{nameof(options.Threads)} or {nameof(options.PromptThreads)} is {threads}, but the thread pool has {pool.Threads}. Make a larger pool, or ask for fewer threads", parameter);
        }
    }

    /// <summary>A row of one head is cut into blocks, so they must fit.</summary>
    /// <exception cref="ModelLoadException">They do not.</exception>
    public static void RequireFit(GgufFile file, GgmlType keyType, GgmlType valueType)
    {
        RequireFit(file, "key", file.Facts.KeyLength, keyType);
        RequireFit(file, "value", file.Facts.ValueLength, valueType);
    }

    private static void RequireFit(GgufFile file, string name, int? length, GgmlType type)
    {
        int block = GgmlTypes.BlockSize(type);
        if (length is int elements && elements % block != 0)
        {
            throw new ModelLoadException($"The KV memory of '{file.Path}' cannot be {type}: a {name} head has {elements} elements, which is not a multiple of {type}'s block of {block}. Use F16.");
        }
    }

    private static void RequireType(GgmlType type, string name, string parameter)
    {
        if (type is not (GgmlType.F32 or GgmlType.F16 or GgmlType.Q8_0 or GgmlType.Q4_0))
        {
            throw new ArgumentException($"{name} is {type}; it must be F32, F16, Q8_0 or Q4_0", parameter);
        }
    }

    private static void RequirePattern(string pattern, string parameter)
    {
        try
        {
            if (!string.IsNullOrEmpty(pattern) && !pattern.Contains('\0', StringComparison.Ordinal))
            {
                _ = new Regex(pattern, RegexOptions.ECMAScript, NoMatching);
                return;
            }
        }
        catch (ArgumentException e)
        {
            throw new ArgumentException($"{nameof(LlamaModelOptions.TensorOverrides)} has the pattern '{pattern}', which is not a regular expression: {e.Message}", parameter, e);
        }
        throw new ArgumentException($"{nameof(LlamaModelOptions.TensorOverrides)} has a pattern that is empty or has a zero character", parameter);
    }
}
