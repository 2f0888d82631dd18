using System.Globalization;
using Minilm.Dialog.Prompting;

namespace Minilm.Tests.Dialog.Prompting;

public sealed class PromptBudgetTests
{
    [Test]
    public void BuildText_drops_the_oldest_exchanges_first()
    {
        PromptInput input = PromptInputs.WithHistory(100);
        for (int kept = 0; kept <= 100; kept += 7)
        {
            string expected = PromptInputs.Text(input with { MaxHistoryLength = kept });
            int budget = PromptInputs.Words(expected);

            Assert.That(PromptBuilder.BuildText(input, PromptInputs.Words, budget), Is.EqualTo(expected));
            Assert.That(PromptBuilder.BuildText(input, PromptInputs.Words, budget + 1), Is.EqualTo(expected));
        }
    }

    [Test]
    public void BuildText_counts_rarely_when_exchanges_are_dropped()
    {
        int counts = 0;
        int budget = PromptInputs.Words(PromptInputs.Text(PromptInputs.WithHistory(40)));
        string prompt = PromptBuilder.BuildText(PromptInputs.WithHistory(1000), Count, budget);

        Assert.That(counts, Is.LessThanOrEqualTo(12));
        Assert.That(prompt, Does.Contain("question 1000"));

        int Count(string text)
        {
            counts++;
            return PromptInputs.Words(text);
        }
    }

    [Test]
    public void BuildText_drops_personality_then_state()
    {
        PromptInput input = PromptInputs.Full;
        string all = PromptInputs.Text(input with { History = [] });

        string withoutPersonality = PromptBuilder.BuildText(input, PromptInputs.Words, PromptInputs.Words(all) - 1);
        Assert.That(withoutPersonality, Is.EqualTo(PromptInputs.Text(input with { History = [], PersonalityWeight = 0 })));

        string withoutState = PromptBuilder.BuildText(input, PromptInputs.Words, PromptInputs.Words(withoutPersonality) - 1);
        Assert.That(withoutState, Does.Not.Contain("State:").And.Not.Contain("Personality:").And.Contain("\nSituation:\nMia says to Luna: What do you read?\n").And.Contain("\nGuidelines:\n"));
    }

    [Test]
    public void BuildText_shortens_the_users_words_in_the_middle()
    {
        string words = string.Join(' ', Enumerable.Range(1, 5000));
        string prompt = PromptBuilder.BuildText(Saying(words), PromptInputs.Words, 200);

        Assert.That(PromptInputs.Words(prompt), Is.LessThanOrEqualTo(200).And.GreaterThan(190));
        Assert.That(prompt, Does.Match("\nSituation:\nMia says to Luna: 1 2 3 [0-9 ]+ … [0-9 ]+ 4999 5000\n").And.EndWith("\nYour response:"));
    }

    [Test]
    public void BuildMessages_shortens_the_users_words_in_the_middle()
    {
        string words = string.Join(' ', Enumerable.Range(1, 5000));
        IReadOnlyList<ChatMessage> messages = PromptBuilder.BuildMessages(Saying(words), PromptInputs.Words, 200);

        Assert.That(PromptInputs.Words(messages), Is.LessThanOrEqualTo(200).And.GreaterThan(190));
        Assert.That(messages.Select(message => message.Role), Is.EqualTo(new[] { "system", "user" }));
        Assert.That(messages[1].Content, Does.StartWith("1 2 3 ").And.Contain(" … ").And.EndWith(" 4999 5000"));
    }

    [Test]
    public void BuildMessages_drops_the_oldest_exchanges_first()
    {
        PromptInput input = PromptInputs.WithHistory(20);
        IReadOnlyList<ChatMessage> expected = PromptInputs.Messages(input with { MaxHistoryLength = 6 });

        Assert.That(PromptBuilder.BuildMessages(input, PromptInputs.Words, PromptInputs.Words(expected)), Is.EqualTo(expected));
    }

    [Test]
    public void BuildText_breaks_no_character_when_it_shortens()
    {
        string words = string.Concat(Enumerable.Repeat("👩‍👩‍👧e\u0301🇩🇪", 100));
        HashSet<string> whole = Elements(words);
        for (int budget = 400; budget < 900; budget += 13)
        {
            string prompt = PromptBuilder.BuildText(Saying(words), text => text.Length, budget);
            string said = prompt.Split("Luna: ")[1].Split('\n')[0].Replace(" … ", "", StringComparison.Ordinal);

            Assert.That(Elements(said), Is.SubsetOf(whole.Append("…")));
        }
    }

    [Test]
    public void BuildText_counts_little_when_the_users_words_are_long()
    {
        string words = string.Join(' ', Enumerable.Range(1, 20_000));
        long counted = 0;
        string prompt = PromptBuilder.BuildText(Saying(words), Count, 1000);

        Assert.That(PromptInputs.Words(prompt), Is.InRange(990, 1000));
        Assert.That(counted, Is.LessThan(5 * words.Length));

        int Count(string text)
        {
            counted += text.Length;
            return PromptInputs.Words(text);
        }
    }

    [Test]
    public void BuildText_takes_the_longest_that_fits_whatever_the_budget()
    {
        PromptInput input = Saying(new string('x', 300)) with { History = [] };
        int bare = PromptBuilder.BuildText(input, text => text.Length, 0).Length;
        for (int budget = bare; budget < bare + 299; budget++)
        {
            string prompt = PromptBuilder.BuildText(input, text => text.Length, budget);
            Assert.That(prompt, Has.Length.InRange(Math.Max(bare, budget - 2), budget));
        }
    }

    [TestCase(0)]
    [TestCase(-100)]
    public void BuildText_keeps_situation_and_response_when_nothing_fits(int budget)
    {
        string prompt = PromptBuilder.BuildText(PromptInputs.Full, PromptInputs.Words, budget);
        Assert.That(prompt, Is.EqualTo("""
            You are Luna. About you: a shy cat who keeps the library.

            Situation:
            Mia says to Luna: …

            Guidelines:
            - Speak as Luna would, in one or two short sentences.
            - Write only the spoken words: no name before them, no quotation marks, no comments.
            - Let the personality, the mood and what was said before show.

            Your response:
            """));
    }

    [Test]
    public void BuildText_takes_a_count_of_zero_for_granted() =>
        Assert.That(PromptBuilder.BuildText(PromptInputs.Full, _ => 0, -1), Does.Contain("Luna: …\n"));

    [Test]
    public void BuildText_keeps_an_action_when_nothing_fits() =>
        Assert.That(PromptBuilder.BuildText(PromptInputs.Minimal, PromptInputs.Words, 0), Does.Contain("\nSituation:\nThe user clicks on Luna").And.EndWith("\nYour response:"));

    [Test]
    public void BuildText_takes_the_shortest_template_when_nothing_fits()
    {
        PromptInput input = PromptInputs.Full with { SystemPrompt = "{personality}|{characterState}|{conversationHistory}|{currentSituation}" };
        Assert.That(PromptBuilder.BuildText(input, PromptInputs.Words, 0), Is.EqualTo("|||Mia says to Luna: …\n\nYour response:"));
    }

    [TestCase("name ")]
    [TestCase("👩‍👩‍👧")]
    [TestCase("\u0301")]
    [TestCase("x\u0301")]
    [TestCase(":")]
    public void BuildText_stays_within_the_budget_whatever_the_users_name(string part)
    {
        string name = string.Concat(Enumerable.Repeat(part, 20_000));
        PromptInput input = PromptInputs.WithHistory(30);
        input = input with { Context = input.Context with { UserName = name } };

        string prompt = PromptBuilder.BuildText(input, text => text.Length, 1500);

        Assert.That(prompt, Has.Length.LessThanOrEqualTo(1500).And.Contain("Situation:\n").And.Contain(" says to Luna: What do you read?").And.Contain("question 30"));
    }

    [Test]
    public void BuildText_refuses_what_is_missing()
    {
        Assert.That(() => PromptBuilder.BuildText(null!, PromptInputs.Words, 1), Throws.ArgumentNullException);
        Assert.That(() => PromptBuilder.BuildText(PromptInputs.Full, null!, 1), Throws.ArgumentNullException);
        Assert.That(() => PromptBuilder.BuildMessages(PromptInputs.Full, null!, 1), Throws.ArgumentNullException);
    }

    [Test]
    public void BuildText_may_be_called_while_it_counts()
    {
        string prompt = PromptBuilder.BuildText(PromptInputs.Full, text => PromptInputs.Text(PromptInputs.Minimal).Length, int.MaxValue);
        Assert.That(prompt, Is.EqualTo(PromptInputs.Text(PromptInputs.Full)));
    }

    [Test]
    public void BuildText_survives_a_very_long_history_and_text()
    {
        PromptInput input = PromptInputs.WithHistory(2000) with { Context = PromptInputs.Full.Context with { UserText = new string('x', 100_000) } };
        Assert.That(PromptInputs.Text(input), Has.Length.GreaterThan(150_000).And.EndsWith("Your response:"));
        Assert.That(PromptBuilder.BuildText(input, text => text.Length, 1000), Has.Length.LessThanOrEqualTo(1000));
    }

    private static PromptInput Saying(string words) => PromptInputs.Full with { Context = PromptInputs.Full.Context with { UserText = words } };

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
