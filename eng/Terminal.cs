namespace Minilm.Build;

/// <summary>Messages. They go to standard error: standard output is for results.</summary>
internal static class Terminal
{
    private static readonly bool HasColors = !Console.IsErrorRedirected && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));

    public static void Say(string text) => Console.Error.WriteLine(HasColors ? $"\e[1m{text}\e[0m" : text);

    public static void Error(string text) => Console.Error.WriteLine(HasColors ? $"\e[31merror:\e[0m {text}" : $"error: {text}");
}
