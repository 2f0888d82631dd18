using System.Reflection;
using Minilm.Cli.Commands;
using Minilm.Cli.Output;

namespace Minilm.Tests.Cli;

/// <summary>Messages of Minilm's libraries name options by member; the command line names its own.</summary>
public sealed class ApiTermsTests
{
    private static readonly Type[] OptionTypes = [typeof(LlamaModelOptions), typeof(CompletionOptions), typeof(EmbedderOptions), typeof(LlamaQuantizeOptions)];

    // What a message could be about, and what the command line gives under another name or form.
    private static readonly string[] WithoutMember = ["--prompt", "--prompt-file", "--text", "--file", "--cache", "--chat", "--timings", "--stream", "--no-stream", "--special", "--pieces", "--n-prompt", "--n-gen", "--repetitions"];

    private static IEnumerable<TestCaseData> Members =>
        from command in CliCommands.All()
        from option in command.Options.OfType<ICliOption>()
        where option.Member is not null
        select new TestCaseData(command, option).SetArgDisplayNames(command.Name, option.Member!);

    [TestCaseSource(nameof(Members))]
    public void A_member_in_a_message_becomes_the_option_that_sets_it(object command, object option)
    {
        (string member, string name) = (((ICliOption)option).Member!, ((ICliOption)option).Name);
        ApiTerms terms = ((CliCommand)command).TermsAmong(CliCommands.All());

        Assert.Multiple(() =>
        {
            Assert.That(terms.Describe(new ArgumentException($"{member} is 7; it must be from 1 to 5", nameof(option))), Is.EqualTo($"{name} is 7; it must be from 1 to 5"));
            Assert.That(terms.Translate($"Take the original, or set {member}."), Is.EqualTo($"Take the original, or pass {name}."));
            Assert.That(terms.Translate($"Set {member} to 5, not 6."), Is.EqualTo($"Pass {name} 5, not 6."));
            Assert.That(terms.Translate($"Split it, configure a larger {member}, or wait."), Is.EqualTo($"Split it, pass a larger {name}, or wait."));
            Assert.That(terms.Translate($"The model's file '/home/{member}/set {member}' does not exist."), Does.Contain($"'/home/{member}/set {member}'"), "quoted");
            Assert.That(terms.Translate($"Values.{member} and My{member} and set.{member}"), Does.Not.Contain("--"), "parts of other names");
        });
    }

    [TestCaseSource(nameof(Members))]
    public void A_member_exists_and_takes_every_number_that_the_option_takes(object command, object option)
    {
        PropertyInfo[] members = [.. OptionTypes.Select(type => type.GetProperty(((ICliOption)option).Member!)).OfType<PropertyInfo>()];
        Assert.That(members, Is.Not.Empty);
        (double Minimum, double Maximum)? accepted = option switch
        {
            NumberOption<int> whole => (whole.Minimum, whole.Maximum),
            NumberOption<float> number => (number.Minimum, number.Maximum),
            _ => null,
        };
        if (accepted is { } bounds && members.Select(RangeOf).OfType<(double, double)>().ToArray() is { Length: > 0 } ranges)
        {
            Assert.That(ranges, Has.Some.Matches<(double Minimum, double Maximum)>(range => range.Minimum <= bounds.Minimum && range.Maximum >= bounds.Maximum));
        }
    }

    [TestCase("complete")]
    [TestCase("embed")]
    [TestCase("quantize")]
    [TestCase("bench")]
    [TestCase("tokenize")]
    [TestCase("perplexity")]
    public void An_option_of_a_model_names_its_member_or_has_none(string command)
    {
        IEnumerable<string> unnamed = CliCommands.All().Single(candidate => candidate.Name == command).Options.OfType<ICliOption>().Where(option => option.Member is null).Select(option => option.Name);

        Assert.That(unnamed, Is.SubsetOf(WithoutMember));
    }

    [Test]
    public void Types_become_the_commands_that_do_their_work()
    {
        ApiTerms terms = CliCommands.All().Single(command => command.Name == "complete").TermsAmong(CliCommands.All());

        Assert.That(terms.Translate("'m.gguf' is an encoder. LlamaEmbedder turns texts into vectors with it."), Is.EqualTo("'m.gguf' is an encoder. 'minilm embed' turns texts into vectors with it."));
    }

    [Test]
    public void A_message_without_terms_stays_as_it_is()
    {
        const string Message = "Set it, don't: the model's 'x y' isn't 'z', and it's \u201cfine\u201d (5.0 > 4).";

        Assert.That(ApiTerms.None.Translate(Message), Is.EqualTo(Message));
        Assert.That(ApiTerms.None.Translate(""), Is.Empty);
    }

    private static (double Minimum, double Maximum)? RangeOf(PropertyInfo member) =>
        member.GetCustomAttributes().FirstOrDefault(attribute => attribute.GetType().Name == "InRangeAttribute") is { } range
            ? ((double)range.GetType().GetProperty("Minimum")!.GetValue(range)!, (double)range.GetType().GetProperty("Maximum")!.GetValue(range)!)
            : null;
}
