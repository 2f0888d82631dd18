using System.CommandLine;

namespace Minilm.Cli.Commands;

/// <summary>An option that may stand for a member of the API's options.</summary>
internal interface ICliOption
{
    /// <summary>Gets the option's name, with its dashes.</summary>
    string Name { get; }

    /// <summary>Gets the member that it sets, as messages of Minilm's libraries name it; null where there is none.</summary>
    string? Member { get; }

    /// <summary>Gets the value when the option is absent, in words or as it would be given; null where it has none.</summary>
    string? DefaultText { get; }
}

/// <summary>An option whose help ends with its default.</summary>
internal class CliOption<T> : Option<T>, ICliOption
{
    /// <param name="name">The name, with its dashes.</param>
    /// <param name="valueName">What its value is called in the help; null for a switch.</param>
    /// <param name="description">What it does, in sentences.</param>
    /// <param name="defaultText">The value when it is absent.</param>
    public CliOption(string name, string? valueName, string description, string? defaultText = null)
        : base(name)
    {
        HelpName = valueName;
        DefaultText = defaultText;
        Description = defaultText is null ? description : $"{description} Default: {defaultText}.";
    }

    /// <inheritdoc/>
    public string? Member { get; init; }

    /// <inheritdoc/>
    public string? DefaultText { get; }
}
