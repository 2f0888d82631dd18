namespace Minilm.Gguf;

/// <summary>The numbers that shape a model: present, sane, and fitting each other.</summary>
internal sealed class GgufHyperparameterRules
{
    // The longest context of a known model is 10 million tokens; libllama allocates what the file says when it is not told otherwise.
    private const uint MaxContextLength = 1 << 27;

    private const uint MaxEmbeddingLength = 1 << 20;
    private const uint MaxBlockCount = 512; // llama-hparams.h, LLAMA_MAX_LAYERS
    private const uint MaxHeadCount = 1 << 16;
    private const uint MaxExpertCount = 1024; // llama-hparams.h, LLAMA_MAX_EXPERTS
    private const uint MaxPoolingType = 4; // llama.h, LLAMA_POOLING_TYPE_RANK

    private readonly GgufFile _file;
    private readonly GgufModelFacts _facts;
    private readonly bool _isLlama;

    private GgufHyperparameterRules(GgufFile file)
    {
        _file = file;
        _facts = file.Facts;
        _isLlama = _facts.Architecture == "llama";
    }

    public static void Check(GgufFile file)
    {
        GgufHyperparameterRules rules = new(file);
        uint layers = rules.CheckSizes();
        rules.CheckHeads(layers);
        rules.CheckRope();
        rules.CheckExperts();
        rules.CheckEpsilons();
        rules.CheckOutput();
        rules.Require("pooling_type", value => value is <= MaxPoolingType, $"must be 0 to {MaxPoolingType}");
        rules.Require("nextn_predict_layers", value => value < layers, $"must be less than the {layers} layers there are");
    }

    private uint CheckSizes()
    {
        Size("context_length", MaxContextLength);
        Size("embedding_length", MaxEmbeddingLength);
        return Size("block_count", MaxBlockCount);
    }

    private void CheckHeads(uint layers)
    {
        const string headsName = "attention.head_count";
        const string headsKvName = "attention.head_count_kv";
        IReadOnlyList<int> heads = Counts(headsName, layers);
        IReadOnlyList<int> headsKv = Counts(headsKvName, layers);
        foreach (int count in heads.Concat(headsKv))
        {
            if (count > MaxHeadCount)
            {
                throw Wrong(headsName, $"there are {count} heads, and up to {MaxHeadCount} are believed");
            }
        }

        for (int layer = 0; layer < layers && heads.Count > 0 && headsKv.Count > 0; layer++)
        {
            CheckPair(headsKvName, heads[layer % heads.Count], headsKv[layer % headsKv.Count]);
        }

        if (!_isLlama)
        {
            return;
        }

        if (_facts.HeadCount is not > 0)
        {
            throw _file.Metadata.ContainsKey(_facts.ArchitectureKey(headsName))
                ? Wrong(headsName, "the number of heads must be a positive integer")
                : _file.Problems.Missing(_facts.ArchitectureKey(headsName), "a model of the architecture 'llama' states its number of heads");
        }

        if (!_file.Metadata.ContainsKey(_facts.ArchitectureKey("attention.key_length")) && _facts.EmbeddingLength % _facts.HeadCount != 0)
        {
            throw Wrong(headsName, $"the embedding length {_facts.EmbeddingLength} is not a multiple of the {_facts.HeadCount} heads");
        }
    }

    /// <summary>A layer without attention has no heads; the others share key heads evenly.</summary>
    private void CheckPair(string name, int heads, int headsKv)
    {
        if (headsKv == 0 && heads > 0 && _isLlama)
        {
            throw Wrong(name, "the number of key heads must be positive");
        }

        if (headsKv > 0 && heads % headsKv != 0)
        {
            throw Wrong(name, $"the {heads} heads are not a multiple of the {headsKv} key heads");
        }
    }

    private void CheckRope()
    {
        const string dimensionName = "rope.dimension_count";
        Require(dimensionName, value => value % 2 == 0, "must be even");
        foreach (string name in (string[])["attention.key_length", "attention.value_length"])
        {
            Require(name, value => value is > 0 and <= MaxEmbeddingLength || (value == 0 && !_isLlama), "must be positive and believable");
        }

        if (_isLlama && _facts.KeyLength is int keyLength)
        {
            if (keyLength % 2 != 0)
            {
                throw Wrong("attention.head_count", $"a head has {keyLength} elements, and rotary positions need an even number");
            }

            Require(dimensionName, value => value == keyLength, $"must be {keyLength}, the elements of a head");
        }

        string scaling = _facts.ArchitectureKey("rope.scaling.type");
        if (_file.Metadata.TryGetValue(scaling, out GgufValue? value) && value.TryGetString(out string? type)
            && type is not ("none" or "linear" or "yarn" or "longrope"))
        {
            throw Wrong("rope.scaling.type", $"the type of scaling is '{GgufProblems.Shown(type)}', and must be none, linear, yarn or longrope");
        }

        RequireNumber("rope.freq_base", number => number > 0, "must be positive");
    }

    private void CheckExperts()
    {
        const string usedName = "expert_used_count";
        const string groupsName = "expert_group_count";
        Require("expert_count", value => value <= MaxExpertCount, $"must be at most {MaxExpertCount}");
        long experts = Number("expert_count");
        foreach (int used in _facts.HeadCounts(_facts.ArchitectureKey(usedName)).DefaultIfEmpty(0))
        {
            if (used > experts || (used == 0) != (experts == 0))
            {
                throw Wrong(usedName, $"{used} of {experts} experts are used per token, which cannot be");
            }
        }

        long groups = Number(groupsName);
        long groupsUsed = Number("expert_group_used_count");
        if (groups > 0 && (groups >= experts || (groups > 1 && (experts % groups != 0 || groupsUsed < 1 || groupsUsed >= groups))))
        {
            throw Wrong(groupsName, $"{experts} experts in {groups} groups, of which {groupsUsed} are used, cannot be");
        }
    }

    /// <summary>libllama reads so many elements of each embedding as the file says.</summary>
    private void CheckOutput()
    {
        uint limit = _isLlama ? (uint)_facts.EmbeddingLength! : MaxEmbeddingLength;
        Require("embedding_length_out", value => value <= limit, $"must be at most {limit}");
    }

    private void CheckEpsilons()
    {
        foreach (string name in (string[])["attention.layer_norm_epsilon", "attention.layer_norm_rms_epsilon", "attention.group_norm_epsilon"])
        {
            RequireNumber(name, number => number >= 0, "must be zero or positive");
        }
    }

    private uint Size(string name, uint limit)
    {
        uint value = _file.GetUInt32(_facts.ArchitectureKey(name));
        return value > 0 && value <= limit
            ? value
            : throw Wrong(name, $"the value is {value}, and 1 to {limit} are believed");
    }

    private long Number(string name) => _file.TryGetInt64(_facts.ArchitectureKey(name), out long value) ? value : 0;

    private IReadOnlyList<int> Counts(string name, uint layers)
    {
        IReadOnlyList<int> counts = _facts.HeadCounts(_facts.ArchitectureKey(name));
        return counts.Count <= 1 || counts.Count == layers
            ? counts
            : throw Wrong(name, $"there are {counts.Count} numbers for {layers} layers");
    }

    private void Require(string name, Func<uint, bool> isRight, string rule)
    {
        if (_file.TryGetUInt32(_facts.ArchitectureKey(name), out uint value) && !isRight(value))
        {
            throw Wrong(name, $"the value is {value} and {rule}");
        }
    }

    private void RequireNumber(string name, Func<double, bool> isRight, string rule)
    {
        if (_file.TryGetDouble(_facts.ArchitectureKey(name), out double value) && !(double.IsFinite(value) && isRight(value)))
        {
            throw Wrong(name, $"the value is {_file.Metadata[_facts.ArchitectureKey(name)]} and {rule}");
        }
    }

    private GgufException Wrong(string name, string problem)
    {
        string key = _facts.ArchitectureKey(name);
        return _file.Metadata.TryGetValue(key, out GgufValue? value)
            ? _file.Problems.At(key, value.ByteOffset, problem)
            : _file.Problems.Missing(key, problem);
    }
}
