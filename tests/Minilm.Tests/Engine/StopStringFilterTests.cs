using System.Text;
using Minilm.Abstractions;
using Minilm.Chat;
using Minilm.Engine;

namespace Minilm.Tests.Engine;

public sealed class StopStringFilterTests
{
    [TestCase("Hello|World", new[] { "STOP" }, "HelloWorld", false)]
    [TestCase("Hello ST|OP rest", new[] { "STOP" }, "Hello ", true)]
    [TestCase("Hello S|T|O|P", new[] { "STOP" }, "Hello ", true)]
    [TestCase("ST|ART", new[] { "STOP" }, "START", false)]
    [TestCase("aaa|aab", new[] { "aab" }, "aaa", true)]
    [TestCase("abababac", new[] { "ababac" }, "ab", true)]
    [TestCase("ab|ab|ab|ac", new[] { "ababac" }, "ab", true)]
    [TestCase("one two", new[] { "two", "one" }, "", true)]
    [TestCase("x\n\nUs|er: hi", new[] { "\n\nUser:", "\nAssistant:" }, "x", true)]
    [TestCase("längere Straße|n", new[] { "ßen" }, "längere Stra", true)]
    [TestCase("smile 😀 here", new[] { "😀" }, "smile ", true)]
    public void Text_before_a_stop_string_passes_and_nothing_of_it(string pieces, string[] stops, string expected, bool stopped)
    {
        (string text, bool hit) = Run(stops, pieces.Split('|').Select(Encoding.UTF8.GetBytes), flush: true);

        Assert.That(text, Is.EqualTo(expected));
        Assert.That(hit, Is.EqualTo(stopped));
    }

    [Test]
    public void Any_split_of_a_text_gives_the_same_result()
    {
        byte[] text = Encoding.UTF8.GetBytes("Nimm die Tür — dann ENDEN wir 😀 END jetzt");
        string[] stops = ["END jetzt", "😁", "Türe"];
        var random = new Random(3);
        for (int round = 0; round < 200; round++)
        {
            var pieces = new List<byte[]>();
            for (int at = 0; at < text.Length;)
            {
                int length = Math.Min(random.Next(1, 7), text.Length - at);
                pieces.Add(text[at..(at + length)]);
                at += length;
            }

            Assert.That(Run(stops, pieces, flush: true), Is.EqualTo(("Nimm die Tür — dann ENDEN wir 😀 ", true)));
        }
    }

    [Test]
    public void What_may_become_a_stop_string_is_held_back()
    {
        Assert.That(Run(["STOP"], ["see ST"u8.ToArray()], flush: false).Text, Is.EqualTo("see "));
        Assert.That(Run(["STOP"], ["see ST"u8.ToArray()], flush: true).Text, Is.EqualTo("see ST"));
    }

    [Test]
    public void Long_pieces_and_long_stop_strings_fit()
    {
        string stop = new('s', 3000);
        string text = new string('t', 5000) + new string('s', 2999);

        Assert.That(Run([stop], [Encoding.UTF8.GetBytes(text)], flush: true), Is.EqualTo((text, false)));
    }

    private static (string Text, bool Stopped) Run(string[] stops, IEnumerable<byte[]> pieces, bool flush)
    {
        using var filter = new StopStringFilter(stops);
        var passed = new List<byte>();
        foreach (byte[] piece in pieces)
        {
            passed.AddRange(filter.Push(piece, out bool stopped));
            if (stopped)
            {
                return (Encoding.UTF8.GetString([.. passed]), true);
            }
        }
        if (flush)
        {
            passed.AddRange(filter.Flush());
        }
        return (Encoding.UTF8.GetString([.. passed]), false);
    }
}
