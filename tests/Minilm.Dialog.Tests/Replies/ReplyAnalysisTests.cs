using Minilm.Dialog.Text;

namespace Minilm.Tests.Dialog.Replies;

public sealed class ReplyAnalysisTests
{
    private static readonly string[] Romance =
        ["idle", "talking", "happy", "sad", "hungry", "eating", "blushing", "heart_eyes", "shy", "flirty", "jealous", "excited", "thinking", "playing", "sleeping", "helpful", "angry", "calm"];

    [TestCase("I love you", "heart_eyes")]
    [TestCase("You make me blush", "shy")]
    [TestCase("Stop teasing me", "flirty")]
    [TestCase("Are you jealous", "jealous")]
    [TestCase("Let me eat this", "eating")]
    [TestCase("I'm so hungry", "hungry")]
    [TestCase("That makes me angry", "angry")]
    [TestCase("I feel sad today", "sad")]
    [TestCase("Wow, look at that", "excited")]
    [TestCase("I am happy.", "happy")]
    [TestCase("I am so sleepy", "sleeping")]
    [TestCase("Shall we play", "playing")]
    [TestCase("I can help you", "helpful")]
    [TestCase("Let me think", "thinking")]
    [TestCase("It is peaceful here", "calm")]
    [TestCase("The sky is blue", "talking")]
    [TestCase("", "talking")]
    public void Animation_shows_what_the_words_tell(string text, string expected) =>
        Assert.That(ReplyAnalysis.Animation(text, Romance), Is.EqualTo(expected));

    [TestCase("Great weather", "happy")] // no "eat" in it
    [TestCase("She is unhappy", "sad")] // no "happy" in it
    [TestCase("A theater ticket", "talking")]
    [TestCase("The gloves fit", "talking")]
    [TestCase("It is a display", "talking")]
    [TestCase("Pushy people", "talking")]
    [TestCase("sade", "talking")]
    [TestCase("happy7", "talking")]
    [TestCase("ähappy", "talking")]
    [TestCase("happy\u0301", "talking")]
    [TestCase("\"HAPPY\"", "happy")]
    [TestCase("*happy*", "happy")]
    [TestCase("so-happy-now", "happy")]
    public void Animation_reads_whole_words(string text, string expected) =>
        Assert.That(ReplyAnalysis.Animation(text, Romance), Is.EqualTo(expected));

    [TestCase("I am not happy", ExpectedResult = "neutral")]
    [TestCase("I was never happy", ExpectedResult = "neutral")]
    [TestCase("He isn't happy", ExpectedResult = "neutral")]
    [TestCase("He isn’t very happy", ExpectedResult = "neutral")]
    [TestCase("I'm not really that excited", ExpectedResult = "neutral")]
    [TestCase("not *happy*", ExpectedResult = "neutral")]
    [TestCase("Not sad, happy", ExpectedResult = "happy")]
    [TestCase("No! I am happy", ExpectedResult = "happy")]
    [TestCase("not only happy", ExpectedResult = "happy")]
    [TestCase("never been so happy", ExpectedResult = "happy")]
    [TestCase("not averyveryverylongwordindeed happy", ExpectedResult = "happy")]
    public string Tone_leaves_out_what_is_denied(string text) => ReplyAnalysis.Tone(text);

    [TestCase("Wow, I am happy", ExpectedResult = "excited")]
    [TestCase("I am happily blushing", ExpectedResult = "happy")]
    [TestCase("I am a bit shy", ExpectedResult = "shy")]
    [TestCase("It is Tuesday", ExpectedResult = "neutral")]
    [TestCase("🎉", ExpectedResult = "excited")]
    [TestCase("See you 😀", ExpectedResult = "happy")]
    public string Tone_takes_the_strongest(string text) => ReplyAnalysis.Tone(text);

    [TestCase("I love to help, you know?", ExpectedResult = "romantic")]
    [TestCase("My heart’s yours", ExpectedResult = "romantic")]
    [TestCase("She loved it", ExpectedResult = "romantic")]
    [TestCase("For you ❤️", ExpectedResult = "romantic")]
    [TestCase("💕", ExpectedResult = "romantic")]
    [TestCase("Can I support you?", ExpectedResult = "helpful")]
    [TestCase("I feel helpless", ExpectedResult = "casual")]
    [TestCase("How are you?", ExpectedResult = "inquisitive")]
    [TestCase("كيف حالك؟", ExpectedResult = "inquisitive")]
    [TestCase("元気ですか？", ExpectedResult = "inquisitive")]
    [TestCase("I have a question", ExpectedResult = "inquisitive")]
    [TestCase("Good morning.", ExpectedResult = "casual")]
    public string Type_takes_the_first_that_fits(string text) => ReplyAnalysis.Type(text);

    [Test]
    public void Topics_come_in_a_fixed_order() =>
        Assert.That(ReplyAnalysis.Topics("After school and work we kiss, play a game and eat pizza"), Is.EqualTo(new[] { "food", "gaming", "romance", "work", "study" }));

    [Test]
    public void Topics_are_touched_by_denials() =>
        Assert.That(ReplyAnalysis.Topics("I don't like homework"), Is.EqualTo(new[] { "study" }));

    [Test]
    public void Topics_are_empty_when_none_is_touched() =>
        Assert.That(ReplyAnalysis.Topics("Breathe. The network is down."), Is.Empty);

    [Test]
    public void Animation_takes_the_next_candidate_when_the_card_lacks_the_first() =>
        Assert.That(ReplyAnalysis.Animation("I love you, I'm sad", ["talking", "blushing", "sad"]), Is.EqualTo("blushing"));

    [Test]
    public void Animation_takes_the_next_rule_when_the_card_has_no_candidate() =>
        Assert.That(ReplyAnalysis.Animation("I love you, I'm sad", ["talking", "sad"]), Is.EqualTo("sad"));

    [Test]
    public void Animation_is_always_one_that_the_card_has()
    {
        Assert.That(ReplyAnalysis.Animation("I love you", ["idle", "talking"]), Is.EqualTo("talking"));
        Assert.That(ReplyAnalysis.Animation("I love you", ["idle", "talking", "wave"], "wave"), Is.EqualTo("wave"));
        Assert.That(ReplyAnalysis.Animation("I love you", ["walk", "idle"]), Is.EqualTo("idle"));
        Assert.That(ReplyAnalysis.Animation("I love you", ["walk", "Jump"]), Is.EqualTo("Jump"));
        Assert.That(ReplyAnalysis.Animation("I love you", new HashSet<string>(StringComparer.OrdinalIgnoreCase) { "HAPPY" }), Is.EqualTo("HAPPY"));
        Assert.That(ReplyAnalysis.Animation("I love you", []), Is.EqualTo("talking"));
    }

    [TestCaseSource(typeof(Cultures), nameof(Cultures.Names))]
    public void Analysis_is_the_same_in_every_culture(string culture)
    {
        const string Text = "I LIKE TO KISS AND EXCITING GAMING ISN'T MY THING";
        Assert.That(Cultures.Run(culture, () => ReplyAnalysis.Type(Text)), Is.EqualTo("romantic"));
        Assert.That(Cultures.Run(culture, () => ReplyAnalysis.Tone(Text)), Is.EqualTo("excited"));
        Assert.That(Cultures.Run(culture, () => ReplyAnalysis.Topics(Text)), Is.EqualTo(new[] { "gaming", "romance" }));
        Assert.That(Cultures.Run(culture, () => ReplyAnalysis.Tone("I am hıgh and thrılled")), Is.EqualTo("neutral"));
    }

    [Test]
    public void Analysis_survives_garbage()
    {
        string garbage = string.Concat(Enumerable.Range(0, 50_000).Select(i => (char)((i * 7919) % 65536)));
        Assert.That(ReplyAnalysis.Type(garbage), Is.Not.Empty);
        Assert.That(ReplyAnalysis.Tone("\ud83d happy \ude00"), Is.EqualTo("happy"));
    }
}
