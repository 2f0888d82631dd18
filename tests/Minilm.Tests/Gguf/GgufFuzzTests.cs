using Minilm.Gguf;

namespace Minilm.Tests.Gguf;

public sealed class GgufFuzzTests
{
    [TestCase(1)]
    [TestCase(2)]
    public void Read_and_Validate_throw_nothing_but_GgufException_whatever_the_bytes_are(int seed)
    {
        const int count = 3000;
        byte[] original = new ModelEdit().Build();
        int head = (int)ModelEdit.Read().DataOffset;
        Random random = new(seed);
        int read = 0;
        for (int i = 0; i < count; i++)
        {
            byte[] bytes = Mutate(original, head, random);
            try
            {
                GgufFile file = GgufFile.Read(new MemoryStream(bytes));
                Use(file);
                GgufModelValidator.Validate(file);
                read++;
            }
            catch (GgufException e)
            {
                Assert.That(e.Message, Is.Not.Empty);
            }
        }

        Assert.That(read, Is.InRange(1, count - 1), "some of the damage matters, and some does not");
    }

    [Test]
    public void Read_allocates_little_when_lengths_are_false()
    {
        byte[] bytes = new GgufBytes().Build();
        int[] lengths = [8, 16, 24, bytes.Length - 400];
        long before = GC.GetAllocatedBytesForCurrentThread();
        foreach (int at in lengths)
        {
            byte[] damaged = (byte[])bytes.Clone();
            BitConverter.TryWriteBytes(damaged.AsSpan(at), 0x0000_00FF_FFFF_FFFFul);
            Assert.That(() => GgufFile.Read(new MemoryStream(damaged)), Throws.TypeOf<GgufException>());
        }

        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.LessThan(2_000_000));
    }

    /// <summary>Changes, removes, inserts or swaps a few bytes before the data, mostly numbers that matter.</summary>
    private static byte[] Mutate(byte[] original, int head, Random random)
    {
        List<byte> bytes = [.. original];
        for (int change = random.Next(1, 5); change > 0; change--)
        {
            int at = random.Next(2) == 0 ? random.Next(Math.Min(1200, head)) : random.Next(head);
            switch (random.Next(7))
            {
                case 0: bytes[at] = (byte)random.Next(256); break;
                case 1: bytes[at] ^= (byte)(1 << random.Next(8)); break;
                case 2: bytes[at] = 0xFF; break;
                case 3: bytes.RemoveRange(at, random.Next(1, 9)); break;
                case 4: bytes.InsertRange(at, new byte[random.Next(1, 9)]); break;
                case 5: bytes.RemoveRange(at, bytes.Count - at); break;
                default: Overwrite(bytes, at, (ulong)random.NextInt64() >> random.Next(64)); break;
            }

            head = Math.Min(head, bytes.Count - 16);
            if (head < 1)
            {
                break;
            }
        }

        return [.. bytes];
    }

    private static void Overwrite(List<byte> bytes, int at, ulong number)
    {
        byte[] encoded = BitConverter.GetBytes(number);
        for (int i = 0; i < encoded.Length && at + i < bytes.Count; i++)
        {
            bytes[at + i] = encoded[i];
        }
    }

    /// <summary>Asks for everything that a caller could ask for before validation.</summary>
    private static void Use(GgufFile file)
    {
        GgufModelFacts facts = file.Facts;
        _ = (facts.Architecture, facts.Name, facts.ContextLength, facts.EmbeddingLength, facts.BlockCount, facts.HeadCount);
        _ = (facts.HeadCountKv, facts.KeyLength, facts.ValueLength, facts.VocabularySize, facts.ParameterCount, facts.QuantizationName);
        _ = (facts.ChatTemplate, facts.HasChatTemplate, facts.IsVocabularyOnly, facts.SplitCount, facts.WeightBytes, facts.TokenizerModel);
        Assert.That(facts.EstimateKvBytes(long.MaxValue, GgmlType.Q8_0, GgmlType.Q4_0), Is.Not.Negative);
        foreach (GgufValue value in file.Metadata.Values)
        {
            _ = value.ToString();
            if (value.TryGetArray(out GgufArray? array) && array.ElementType == GgufValueType.String)
            {
                Assert.That(array.ReadStrings(), Has.Length.EqualTo(array.Count));
            }
        }
    }
}
