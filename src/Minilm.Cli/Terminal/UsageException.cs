namespace Minilm.Cli.Terminal;

/// <summary>The command line asks for something that does not make sense; only seen once a command runs.</summary>
/// <param name="message">What is wrong and what to write instead.</param>
internal sealed class UsageException(string message) : Exception(message);
