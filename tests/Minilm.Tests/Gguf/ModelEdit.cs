using Minilm.Gguf;

namespace Minilm.Tests.Gguf;

/// <summary>A small model with random weights, rewritten with some of its metadata and tensors changed.</summary>
internal sealed class ModelEdit
{
    private static readonly RandomModelOptions Options = RandomModelOptions.Tiny with { WeightType = GgmlType.Q4_0 };

    private static readonly Lazy<byte[]> Original = new(() =>
    {
        using MemoryStream stream = new();
        RandomModelWriter.Write(stream, Options);
        return stream.ToArray();
    });

    private readonly Dictionary<string, Action<GgufWriter>?> _changes = new(StringComparer.Ordinal);
    private Func<GgufTensorInfo, bool> _keepsTensor = _ => true;

    public static string[] Tokens => Read().GetArray("tokenizer.ggml.tokens").ReadStrings();

    public static GgufFile Read() => GgufFile.Read(new MemoryStream(Original.Value));

    public ModelEdit Set<T>(string key, T value)
        where T : unmanaged => Change(key, writer => writer.Add(key, value));

    public ModelEdit Set(string key, string value) => Change(key, writer => writer.Add(key, value));

    public ModelEdit SetArray<T>(string key, params T[] values)
        where T : unmanaged => Change(key, writer => writer.AddArray(key, values));

    public ModelEdit SetArray(string key, params string[] values) => Change(key, writer => writer.AddArray(key, values));

    public ModelEdit Remove(string key) => Change(key, null);

    public ModelEdit SetToken(int id, string text)
    {
        string[] tokens = Tokens;
        tokens[id] = text;
        return SetArray("tokenizer.ggml.tokens", tokens);
    }

    /// <summary>Gives the model another architecture and its keys other names.</summary>
    public ModelEdit Rename(string architecture)
    {
        foreach ((string key, GgufValue value) in Read().Metadata)
        {
            if (key.StartsWith("llama.", StringComparison.Ordinal))
            {
                string renamed = architecture + key["llama".Length..];
                Remove(key).Change(renamed, writer => writer.Add(renamed, value));
            }
        }

        return Set("general.architecture", architecture);
    }

    public ModelEdit KeepTensors(Func<GgufTensorInfo, bool> keep)
    {
        _keepsTensor = keep;
        return this;
    }

    public byte[] Build()
    {
        GgufFile file = Read();
        GgufWriter writer = new();
        foreach ((string key, GgufValue value) in file.Metadata)
        {
            if (!_changes.ContainsKey(key))
            {
                writer.Add(key, value);
            }
        }

        foreach (Action<GgufWriter>? change in _changes.Values)
        {
            change?.Invoke(writer);
        }

        foreach (GgufTensorInfo tensor in file.Tensors.Where(_keepsTensor))
        {
            writer.AddTensor(tensor.Name, tensor.Type, [.. tensor.Dimensions], Original.Value.AsMemory((int)(file.DataOffset + tensor.Offset), (int)tensor.ByteSize));
        }

        using MemoryStream stream = new();
        writer.Write(stream);
        return stream.ToArray();
    }

    public GgufFile BuildFile() => GgufFile.Read(new MemoryStream(Build()));

    private ModelEdit Change(string key, Action<GgufWriter>? write)
    {
        _changes[key] = write;
        return this;
    }
}
