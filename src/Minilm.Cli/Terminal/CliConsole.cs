using System.Text;
using Spectre.Console;

namespace Minilm.Cli.Terminal;

/// <summary>The three streams of a run, and which of them a person looks at. Tests pass their own.</summary>
internal sealed class CliConsole : IDisposable
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    private IAnsiConsole? _styledOut;
    private IAnsiConsole? _styledError;

    /// <summary>Gets where results go, and nothing else.</summary>
    public required TextWriter Out { get; init; }

    /// <summary>Gets where messages, progress and statistics go.</summary>
    public required TextWriter Error { get; init; }

    /// <summary>Gets the bytes of standard input.</summary>
    public required Stream In { get; init; }

    /// <summary>Gets a value indicating whether results go to a terminal.</summary>
    public bool IsOutInteractive { get; init; }

    /// <summary>Gets a value indicating whether messages go to a terminal.</summary>
    public bool IsErrorInteractive { get; init; }

    /// <summary>Gets a value indicating whether a person types what is read.</summary>
    public bool IsInInteractive { get; init; }

    /// <summary>Gets a value indicating whether a person reads results and answers them.</summary>
    public bool IsInteractive => IsInInteractive && IsOutInteractive;

    /// <summary>Gets what styles results; only for a terminal (<see cref="IsOutInteractive"/>).</summary>
    public IAnsiConsole StyledOut => _styledOut ??= Style(Out);

    /// <summary>Gets what styles messages; only for a terminal (<see cref="IsErrorInteractive"/>).</summary>
    public IAnsiConsole StyledError => _styledError ??= Style(Error);

    /// <summary>Opens the streams of this process, as UTF-8 without a byte order mark.</summary>
    public static CliConsole OfProcess()
    {
        if (OperatingSystem.IsWindows() && !(Console.IsOutputRedirected && Console.IsErrorRedirected))
        {
            Console.OutputEncoding = Utf8;
        }
        return new CliConsole
        {
            Out = new StreamWriter(Console.OpenStandardOutput(), Utf8),
            Error = new StreamWriter(Console.OpenStandardError(), Utf8) { AutoFlush = true },
            In = Console.OpenStandardInput(),
            IsOutInteractive = !Console.IsOutputRedirected,
            IsErrorInteractive = !Console.IsErrorRedirected,
            IsInInteractive = !Console.IsInputRedirected,
        };
    }

    public void Dispose()
    {
        Out.Dispose();
        Error.Dispose();
        In.Dispose();
    }

    private static IAnsiConsole Style(TextWriter writer) => AnsiConsole.Create(new AnsiConsoleSettings
    {
        Out = new AnsiConsoleOutput(writer),
        Interactive = InteractionSupport.Yes,
    });
}
