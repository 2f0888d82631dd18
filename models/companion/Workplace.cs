using System.CommandLine;
using Minilm.Companion.Dialogs;
using Minilm.Companion.Grammar;
using Minilm.Dialog;
using Minilm.Dialog.Cards;

namespace Minilm.Companion;

/// <summary>The folders of the repository that this tool reads, and what is in them.</summary>
internal sealed class Workplace
{
    private Workplace(string root)
    {
        Root = root;
        Grammar = CompanionGrammar.Load(Path.Combine(root, "models", "companion", "grammar"));
        Cards = Directory.EnumerateFiles(Path.Combine(root, "assets", "characters"), "character.json", SearchOption.AllDirectories)
            .ToDictionary(path => Path.GetFileName(Path.GetDirectoryName(path))!, CharacterCard.Load, StringComparer.Ordinal);
        var madeUp = new MadeUp(Grammar);
        Personas = new PersonaSampler(Grammar, madeUp, Cards);
        Dialogs = new DialogSampler(Grammar, Personas, madeUp);
        ListedDialogs = new DialogSampler(Grammar, Personas, madeUp: null);
    }

    public static Option<string> RootOption { get; } = new("--root") { Description = "The root of the repository.", HelpName = "FOLDER", DefaultValueFactory = _ => ".", Recursive = true };

    public string Root { get; }

    public CompanionGrammar Grammar { get; }

    public IReadOnlyDictionary<string, CharacterCard> Cards { get; }

    public PersonaSampler Personas { get; }

    public DialogSampler Dialogs { get; }

    /// <summary>Gets a sampler that says nothing but what the grammar has.</summary>
    public DialogSampler ListedDialogs { get; }

    public static Workplace Open(string root) => new(root);
}
