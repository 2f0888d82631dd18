using System.Globalization;
using Minilm.Dialog.Text;

namespace Minilm.Tests.Dialog.Replies;

public sealed class ReplyCleanerTests
{
    private const string Prompt = "You are Luna.\n\nSituation:\nMia says to Luna: good day\n\nGuidelines:\n- Be short.\n\nYour response:";

    private static readonly ReplyCleaning Names = new() { CharacterName = "Luna", UserName = "Mia" };
    private static readonly ReplyCleaning WithPrompt = Names with { Prompt = Prompt };

    [TestCase("  Hello.  ", ExpectedResult = "Hello.")]
    [TestCase("\r\n\tHello\n there\u00a0 you\u2028now\r\n", ExpectedResult = "Hello there you now")]
    [TestCase("He\0l\u0007lo\u001b.", ExpectedResult = "Hello.")]
    [TestCase("\ufeffHello", ExpectedResult = "Hello")]
    [TestCase("👩‍👩‍👧 e\u0301", ExpectedResult = "👩‍👩‍👧 e\u0301")]
    [TestCase(" \n ", ExpectedResult = "")]
    [TestCase("", ExpectedResult = "")]
    public string Clean_makes_one_line(string text) => ReplyCleaner.Clean(text);

    [Test] // an attribute cannot hold half a pair
    public void Clean_removes_unpaired_surrogates()
    {
        Assert.That(ReplyCleaner.Clean("a\ud83d b \ude00c \ud83d\ude00"), Is.EqualTo("a b c \ud83d\ude00"));
        Assert.That(ReplyCleaner.Clean("Hello\ud83d"), Is.EqualTo("Hello"));
    }

    [Test]
    public void Clean_gives_the_same_string_when_nothing_changes()
    {
        const string Text = "Hello there, it's me.";
        Assert.That(ReplyCleaner.Clean(Text, WithPrompt), Is.SameAs(Text));
    }

    [TestCase("\"Hello.\"", ExpectedResult = "Hello.")]
    [TestCase("\" Hello. \"", ExpectedResult = "Hello.")]
    [TestCase("“Hello.”", ExpectedResult = "Hello.")]
    [TestCase("„Hallo.“", ExpectedResult = "Hallo.")]
    [TestCase("„Hallo.”", ExpectedResult = "Hallo.")]
    [TestCase("«Salut !»", ExpectedResult = "Salut !")]
    [TestCase("»Hallo.«", ExpectedResult = "Hallo.")]
    [TestCase("「こんにちは」", ExpectedResult = "こんにちは")]
    [TestCase("『こんにちは』", ExpectedResult = "こんにちは")]
    [TestCase("‘Hello.’", ExpectedResult = "Hello.")]
    [TestCase("‘It’s me.’", ExpectedResult = "It’s me.")]
    [TestCase("'It's me.'", ExpectedResult = "It's me.")]
    [TestCase("“She said “no” to me.”", ExpectedResult = "She said “no” to me.")]
    [TestCase("\"\"", ExpectedResult = "")]
    public string Clean_strips_a_pair_of_quotes(string text) => ReplyCleaner.Clean(text);

    [TestCase("\"Hello.")]
    [TestCase("Hello.\"")]
    [TestCase("\"")]
    [TestCase("\"Hi\" he said \"bye\"")]
    [TestCase("“Hi” he said “bye”")]
    [TestCase("»Hi« he said »bye«")]
    [TestCase("'Hi' he said 'bye'")]
    [TestCase("“Hello.\"")]
    [TestCase("'Tis late.")]
    public void Clean_leaves_other_quotes_alone(string text) => Assert.That(ReplyCleaner.Clean(text), Is.EqualTo(text));

    [Test]
    public void Clean_strips_one_pair_only() => Assert.That(ReplyCleaner.Clean("«“Hello.”»"), Is.EqualTo("“Hello.”"));

    [TestCase("Luna: Hello.")]
    [TestCase("LUNA : Hello.")]
    [TestCase("Mia: Hello.")]
    [TestCase("You: Hello.")]
    [TestCase("user:Hello.")]
    [TestCase("Assistant: Hello.")]
    [TestCase("Character:\nHello.")]
    [TestCase("Response: Hello.")]
    [TestCase("your response: Hello.")]
    [TestCase("Your response: Luna: Assistant: Hello.")]
    [TestCase("**Luna:** Hello.")]
    [TestCase("**Luna**: Hello.")]
    [TestCase("__Luna__: Hello.")]
    [TestCase("*Luna*: Hello.")]
    [TestCase("[Luna]: Hello.")]
    [TestCase("[Luna:] Hello.")]
    [TestCase("### Response:\nHello.")]
    [TestCase("***Luna:*** Hello.")]
    [TestCase("AI: Hello.")]
    [TestCase("Luna： Hello.")]
    [TestCase("(softly) Luna: Hello.")]
    [TestCase("(just now) Luna: \"Hello.\"")]
    [TestCase("\"Luna: Hello.\"")]
    public void Clean_removes_role_labels(string text) => Assert.That(ReplyCleaner.Clean(text, Names), Is.EqualTo("Hello."));

    [TestCase("Zoe  the\tCat", "Zoe the Cat: Hello.")]
    [TestCase("R2:D2", "R2D2: Hello.")]
    [TestCase("Луна", "ЛУНА: Hello.")]
    [TestCase("月：", "月：Hello.")]
    public void Clean_knows_a_name_as_the_prompt_tells_it(string name, string text) =>
        Assert.That(ReplyCleaner.Clean(text, new ReplyCleaning { CharacterName = name }), Is.EqualTo("Hello."));

    [TestCase("Mia: Hi!\nLuna: Hello.")]
    [TestCase("User: Hi!\n\nHow are you?\n**Luna:** Hello.\nMia: Bye.")]
    [TestCase("You: Hello.\nMia: Hi!\nLuna: Bye.")]
    [TestCase("Mia: Luna: Hello.")]
    [TestCase("Mia: Hello.")]
    public void Clean_does_not_let_the_character_say_the_users_turn(string text) => Assert.That(ReplyCleaner.Clean(text, Names), Is.EqualTo("Hello."));

    [TestCase("Luna is here.")]
    [TestCase("Lunar: a word.")]
    [TestCase("Your response was kind.")]
    [TestCase("[Luna: Hello.")]
    [TestCase("**Luna: Hello**")]
    [TestCase("Stella: Hello.")]
    [TestCase("I met Luna: she was kind.")]
    [TestCase("(Luna: hello")]
    public void Clean_leaves_words_that_are_no_labels(string text) => Assert.That(ReplyCleaner.Clean(text, Names), Is.EqualTo(text));

    [Test]
    public void Clean_keeps_an_action_behind_a_label() =>
        Assert.That(ReplyCleaner.Clean("Luna: *waves* Hi!", Names), Is.EqualTo("*waves* Hi!"));

    [TestCase("Hello.\nMia: Hi!\nLuna: Bye.")]
    [TestCase("Hello.\n\n**Mia:** Hi!")]
    [TestCase("Hello.\nUser: Hi!")]
    [TestCase("Hello.\nHuman: Hi!")]
    [TestCase("Luna: Hello.\nYou: Hi!")]
    [TestCase("Luna: Hello.\n(just now) mia: Hi!")]
    [TestCase("\"Hello.\"\n[User]: Hi!")]
    [TestCase("Hello.\nLuna: Mia: Hi!")]
    public void Clean_ends_before_the_users_next_turn(string text) => Assert.That(ReplyCleaner.Clean(text, Names), Is.EqualTo("Hello."));

    [TestCase("Hello.\nLuna: How are you?", ExpectedResult = "Hello. How are you?")]
    [TestCase("Hello.\nLuna:\nHow are you?", ExpectedResult = "Hello. How are you?")]
    [TestCase("Hello.\nLuna:", ExpectedResult = "Hello.")]
    [TestCase("Hello.\nHow are you?", ExpectedResult = "Hello. How are you?")]
    [TestCase("I told him, User: no.", ExpectedResult = "I told him, User: no.")]
    public string Clean_joins_lines_of_the_character(string text) => ReplyCleaner.Clean(text, Names);

    [TestCase(Prompt + " Hello.")]
    [TestCase("\n" + Prompt + "\nLuna: Hello.")]
    [TestCase("Your response:\nHello.")]
    [TestCase("- Be short.\r\n\r\nYour response: Hello.")]
    [TestCase("short.\n\nYour response: Hello.")]
    [TestCase("Mia says to Luna: good day\n\nGuidelines:\n- Be short.\n\nYour response:\n\"Hello.\"")]
    public void Clean_removes_the_echo_of_the_prompt(string text) => Assert.That(ReplyCleaner.Clean(text, WithPrompt), Is.EqualTo("Hello."));

    [Test]
    public void Clean_removes_an_echo_without_labels() =>
        Assert.That(ReplyCleaner.Clean("The cat sat. It looked up and said hello.", new ReplyCleaning { Prompt = "Go on: The cat sat. It looked up and" }), Is.EqualTo("The cat sat. It looked up and said hello."));

    [Test]
    public void Clean_leaves_nothing_of_an_unfinished_echo() =>
        Assert.That(ReplyCleaner.Clean("You are Luna.\n\nSituation:\nMia says", WithPrompt), Is.Empty);

    [TestCase("You are")]
    [TestCase("Mia says to Luna: good day, and I say so too.")]
    public void Clean_keeps_what_is_only_like_the_prompt(string text) => Assert.That(ReplyCleaner.Clean(text, WithPrompt), Is.EqualTo(text));

    [Test]
    public void Clean_keeps_a_word_that_only_begins_with_the_prompt() =>
        Assert.That(ReplyCleaner.Clean("Hindsight is easy.", new ReplyCleaning { Prompt = "Hi" }), Is.EqualTo("Hindsight is easy."));

    [Test]
    public void Clean_ends_before_a_section_that_the_model_invents()
    {
        Assert.That(ReplyCleaner.Clean("Hello.\n\nSituation:\nMia leaves.", WithPrompt), Is.EqualTo("Hello."));
        Assert.That(ReplyCleaner.Clean("Hello.\n\nSituation:\nMia leaves.", Names), Is.EqualTo("Hello. Situation: Mia leaves."));
    }

    [Test]
    public void Clean_ignores_an_empty_prompt_and_names() =>
        Assert.That(ReplyCleaner.Clean(": Hello.", new ReplyCleaning { CharacterName = " ", UserName = "", Prompt = " \n" }), Is.EqualTo(": Hello."));

    [TestCase("One is here. Two is there. ", "One is here. Two is there.")]
    [TestCase("One! Two? ", "One! Two?")]
    [TestCase("One... Two?! ", "One... Two?!")]
    [TestCase("One… Two… ", "One… Two…")]
    [TestCase("Well... maybe so. Two. ", "Well... maybe so. Two.")]
    [TestCase("It is 3.5 degrees. Two. ", "It is 3.5 degrees. Two.")]
    [TestCase("Take fruit, e.g. an apple. Two. ", "Take fruit, e.g. an apple. Two.")]
    [TestCase("Ask Dr. Snow, J. Fox. Two. ", "Ask Dr. Snow, J. Fox. Two.")]
    [TestCase("It was I. Two. ", "It was I. Two.")]
    [TestCase("He said “one.” (Two.) ", "He said “one.” (Two.)")]
    [TestCase("\"Really?\" she asked. Two. ", "\"Really?\" she asked. Two.")]
    [TestCase("*One.* Two. ", "*One.* Two.")]
    [TestCase("One!😀 Two❗ three. ", "One!😀 Two❗ three.")]
    [TestCase("One!\ufe0f Two!\u0301 ", "One!\ufe0f Two!\u0301")]
    [TestCase("Go to a.b.c and x?y=1. Two. ", "Go to a.b.c and x?y=1. Two.")]
    [TestCase("一つ。二つ！", "一つ。二つ！")]
    [TestCase("「一つ。」二つ？", "「一つ。」二つ？")]
    [TestCase("هل أنت هنا؟ نعم. ", "هل أنت هنا؟ نعم.")]
    [TestCase("एक है। दो है। ", "एक है। दो है।")]
    [TestCase("Մեկ։ Երկու։ ", "Մեկ։ Երկու։")]
    [TestCase("አንድ። ሁለት፧ ", "አንድ። ሁለት፧")]
    [TestCase("တစ်။ နှစ်။ ", "တစ်။ နှစ်။")]
    [TestCase("មួយ។ ពីរ។ ", "មួយ។ ពីរ។")]
    public void Clean_keeps_two_sentences_of_a_long_reply(string two, string expected)
    {
        string rest = string.Concat(Enumerable.Repeat("More words come here, and then some more. ", 5));
        Assert.That(ReplyCleaner.Clean(two + rest), Is.EqualTo(expected));
    }

    [Test]
    public void Clean_keeps_a_reply_of_150_characters()
    {
        string text = "One. Two. " + new string('x', 139) + ".";
        Assert.That(text, Has.Length.EqualTo(150));
        Assert.That(ReplyCleaner.Clean(text), Is.EqualTo(text));
        Assert.That(ReplyCleaner.Clean("x" + text), Is.EqualTo("xOne. Two."));
    }

    [Test]
    public void Clean_keeps_a_long_reply_that_has_no_two_ends()
    {
        string text = "One. " + string.Join(' ', Enumerable.Repeat("word", 60));
        Assert.That(ReplyCleaner.Clean(text), Is.EqualTo(text));
    }

    [Test]
    public void Clean_never_breaks_a_character()
    {
        var random = new Random(3);
        string[] parts = ["👩‍👩‍👧", "e\u0301", "❤️", ". ", "! ", "\n", "\"", "Luna: ", "a", " ", "🇩🇪", "。", "…"];
        for (int i = 0; i < 2000; i++)
        {
            string text = string.Concat(Enumerable.Range(0, 120).Select(_ => parts[random.Next(parts.Length)]));
            string clean = ReplyCleaner.Clean(text, WithPrompt);
            Assert.That(Elements(clean), Is.SubsetOf(Elements(text).Append(" ")), text);
        }
    }

    [Test]
    public void Clean_survives_garbage()
    {
        var random = new Random(5);
        string noise = string.Concat(Enumerable.Range(0, 100_000).Select(_ => (char)random.Next(65536)));
        string[] all = [noise, new string('.', 100_000), new string('#', 100_000), new string('\'', 100_000), string.Concat(Enumerable.Repeat("You: ", 20_000)), string.Concat(Enumerable.Repeat("a\nLuna: ", 15_000))];
        foreach (string garbage in all)
        {
            string clean = ReplyCleaner.Clean(garbage, new ReplyCleaning { CharacterName = "Luna", Prompt = garbage + "x" });
            Assert.That(clean, Has.Length.LessThanOrEqualTo(garbage.Length));
            Assert.That(clean.Any(char.IsControl), Is.False);
            Assert.That(clean.EnumerateRunes().Any(rune => rune.Value == 0xFFFD), Is.EqualTo(clean.Contains('\uFFFD', StringComparison.Ordinal)));
        }
    }

    [TestCaseSource(typeof(Cultures), nameof(Cultures.Names))]
    public void Clean_is_the_same_in_every_culture(string culture)
    {
        var names = new ReplyCleaning { CharacterName = "IRIS", UserName = "Iggy" };
        Assert.That(Cultures.Run(culture, () => ReplyCleaner.Clean("iris: It is 3.5 or 3,5.\nIGGY: no", names)), Is.EqualTo("It is 3.5 or 3,5."));
        Assert.That(Cultures.Run(culture, () => ReplyCleaner.Clean("ırıs: Hi.", names)), Is.EqualTo("ırıs: Hi."));
    }

    private static HashSet<string> Elements(string text)
    {
        TextElementEnumerator elements = StringInfo.GetTextElementEnumerator(text);
        var all = new HashSet<string>(StringComparer.Ordinal);
        while (elements.MoveNext())
        {
            all.Add(elements.GetTextElement());
        }
        return all;
    }
}
