namespace Minilm.Build;

/// <summary>Ends the command with a message and an exit code.</summary>
internal class BuildException(string message, int exitCode = 1) : Exception(message)
{
    public int ExitCode => exitCode;
}

/// <summary>What was typed is not understood: exit code 2.</summary>
internal sealed class UsageException(string problem)
    : BuildException($"{problem}; './build.sh help' lists the commands", exitCode: 2);
