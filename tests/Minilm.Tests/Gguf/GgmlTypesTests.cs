using Minilm.Gguf;

namespace Minilm.Tests.Gguf;

public sealed class GgmlTypesTests
{
    [Test]
    public void Every_type_has_a_size()
    {
        foreach (GgmlType type in Enum.GetValues<GgmlType>())
        {
            Assert.That(GgmlTypes.IsKnown(type), Is.True);
            Assert.That(GgmlTypes.BlockSize(type), Is.EqualTo(1).Or.EqualTo(32).Or.EqualTo(64).Or.EqualTo(128).Or.EqualTo(256));
            Assert.That(GgmlTypes.BlockBytes(type) * 8.0 / GgmlTypes.BlockSize(type), Is.InRange(1, 64), "bits per element");
        }
    }

    [TestCase(4)]
    [TestCase(31)]
    [TestCase(43)]
    [TestCase(-1)]
    public void Removed_and_newer_types_are_not_known(int number)
    {
        Assert.That(GgmlTypes.IsKnown((GgmlType)number), Is.False);
        Assert.That(() => GgmlTypes.BlockSize((GgmlType)number), Throws.InstanceOf<ArgumentOutOfRangeException>());
    }

    [TestCase(GgmlType.F16, 5, 10)]
    [TestCase(GgmlType.Q8_0, 64, 68)]
    [TestCase(GgmlType.Q8_0, 33, 68)]
    [TestCase(GgmlType.Q4_K, 0, 0)]
    public void RowBytes_counts_whole_blocks(GgmlType type, long elements, long bytes) =>
        Assert.That(GgmlTypes.RowBytes(type, elements), Is.EqualTo(bytes));
}
