using System.Text;
using Minilm.Abstractions;
using Minilm.Chat;
using Minilm.Engine;

namespace Minilm.Tests.Engine;

public sealed class TextAssemblerTests
{
    [TestCase("plain")]
    [TestCase("smile 😀, family 👨‍👩‍👧‍👦, flag 🇩🇪")]
    [TestCase("漢字かな交じり文")]
    [TestCase("ñ é ü ß Ω й")]
    public void Characters_arrive_whole_when_their_bytes_arrive_one_by_one(string text)
    {
        var chunks = new List<string>();
        using var assembler = new TextAssembler(chunk => chunks.Add(chunk.ToString()));
        foreach (byte value in Encoding.UTF8.GetBytes(text))
        {
            assembler.Append([value]);
        }

        Assert.Multiple(() =>
        {
            Assert.That(assembler.ToString(), Is.EqualTo(text));
            Assert.That(string.Concat(chunks), Is.EqualTo(text));
            Assert.That(chunks, Has.All.Matches<string>(IsWhole), "no chunk has half a surrogate pair");
        });
    }

    [Test]
    public void Bytes_that_cannot_be_text_become_the_replacement_character()
    {
        using var assembler = new TextAssembler(null);
        assembler.Append([0x61, 0xFF, 0x62, 0xC3, 0x28]);

        Assert.That(assembler.ToString(), Is.EqualTo("a\uFFFDb\uFFFD("));
    }

    [Test]
    public void A_character_that_never_becomes_complete_is_dropped()
    {
        using var assembler = new TextAssembler(null);
        assembler.Append([0x61, 0xF0, 0x9F]);

        Assert.That(assembler.ToString(), Is.EqualTo("a"));
    }

    [Test]
    public void Long_texts_fit()
    {
        using var assembler = new TextAssembler(null);
        byte[] piece = Encoding.UTF8.GetBytes(new string('x', 777));
        for (int i = 0; i < 100; i++)
        {
            assembler.Append(piece);
        }

        Assert.That(assembler.ToString(), Is.EqualTo(new string('x', 77_700)));
    }

    private static bool IsWhole(string chunk) =>
        chunk.Length > 0 && !char.IsLowSurrogate(chunk[0]) && !char.IsHighSurrogate(chunk[^1]);
}
