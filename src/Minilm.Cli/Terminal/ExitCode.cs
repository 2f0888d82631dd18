namespace Minilm.Cli.Terminal;

/// <summary>What the process returns. Scripts depend on these values.</summary>
internal static class ExitCode
{
    public const int Done = 0;

    /// <summary>A run failed; standard error says why.</summary>
    public const int Failed = 1;

    /// <summary>The command line is wrong.</summary>
    public const int Usage = 2;

    /// <summary>Some files failed, the others were processed (<c>integrate</c>); the verdicts say which.</summary>
    public const int SomeFailed = 2;

    /// <summary>The time limit passed; standard output has what was generated until then.</summary>
    public const int TimedOut = 3;

    /// <summary>Interrupted (128 + SIGINT, as shells report it); standard output has what was generated until then.</summary>
    public const int Interrupted = 130;
}
