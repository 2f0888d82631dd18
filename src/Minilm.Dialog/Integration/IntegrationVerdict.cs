namespace Minilm.Dialog.Integration;

/// <summary>The outcome of integrating a file.</summary>
public enum IntegrationVerdict
{
    /// <summary>Something was added (in a dry run: would be added).</summary>
    Integrated,

    /// <summary>The card has everything already. Nothing was written.</summary>
    AlreadyIntegrated,

    /// <summary>The file is JSON, but not a character card. Nothing was written.</summary>
    NotACard,

    /// <summary>The file is not JSON, has a value of a wrong type where something is to be added, or could not be read or written. It is unchanged.</summary>
    Failed,
}
