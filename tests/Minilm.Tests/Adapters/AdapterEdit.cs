using Minilm.Gguf;

namespace Minilm.Tests.Adapters;

/// <summary>A LoRA adapter with random numbers for some tensors of a model, rewritten with parts of it changed.</summary>
internal sealed class AdapterEdit(string model)
{
    private readonly Dictionary<string, Action<GgufWriter>?> _keys = new(StringComparer.Ordinal)
    {
        ["general.type"] = writer => writer.Add("general.type", "adapter"),
        ["general.architecture"] = writer => writer.Add("general.architecture", "llama"),
        ["adapter.type"] = writer => writer.Add("adapter.type", "lora"),
        ["adapter.lora.alpha"] = writer => writer.Add("adapter.lora.alpha", 8f),
    };

    public int Rank { get; init; } = 4;

    public int Seed { get; init; } = 1;

    /// <summary>Gets which of the model's matrices change; all by default.</summary>
    public Func<string, bool> Targets { get; init; } = _ => true;

    /// <summary>Gets what becomes of each of the adapter's tensors; null leaves it out.</summary>
    public Func<string, long[], (string Name, long[] Shape)?> Change { get; init; } = (name, shape) => (name, shape);

    public GgmlType Type { get; init; } = GgmlType.F32;

    public AdapterEdit Set(string key, Action<GgufWriter>? write)
    {
        _keys[key] = write;
        return this;
    }

    public string Write(string path)
    {
        GgufWriter writer = new();
        foreach (Action<GgufWriter>? write in _keys.Values)
        {
            write?.Invoke(writer);
        }

        var random = new Random(Seed);
        foreach (GgufTensorInfo tensor in GgufFile.Read(model).Tensors.Where(tensor => tensor.Dimensions.Count == 2 && Targets(tensor.Name)))
        {
            (long columns, long rows) = (tensor.Dimensions[0], tensor.Dimensions[1]);
            bool isTable = tensor.Name == "token_embd.weight";
            Add(writer, random, tensor.Name + ".lora_a", isTable ? [Rank, rows] : [columns, Rank]);
            Add(writer, random, tensor.Name + ".lora_b", isTable ? [Rank, columns] : [Rank, rows]);
        }

        writer.Write(path);
        return path;
    }

    private void Add(GgufWriter writer, Random random, string name, long[] shape)
    {
        if (Change(name, shape) is not { } changed)
        {
            return;
        }

        long count = changed.Shape.Aggregate(1L, (product, size) => product * size);
        if (Type == GgmlType.F32)
        {
            writer.AddTensor(changed.Name, Type, changed.Shape, Enumerable.Range(0, (int)count).Select(_ => (random.NextSingle() - 0.5f) / 4).ToArray());
        }
        else
        {
            writer.AddTensor(changed.Name, Type, changed.Shape, new byte[GgmlTypes.RowBytes(Type, count)]);
        }
    }
}
