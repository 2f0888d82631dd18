namespace Minilm.Dialog.Integration;

/// <summary>What became of a file.</summary>
public enum IntegrationVerdict
{
    /// <summary>Something was added (in a dry run: would be).</summary>
    Integrated,

    /// <summary>The card has all of it. Nothing was written.</summary>
    AlreadyIntegrated,

    /// <summary>The file is JSON, but not a character card. Nothing was written.</summary>
    NotACard,

    /// <summary>The file is not JSON, has a value of a wrong type on the way, or could not be read or written. It is as it was.</summary>
    Failed,
}
