using System.Diagnostics;

namespace Minilm.Build;

/// <summary>Programs that build something: each says one line, and writes into artifacts/logs/NAME.log.</summary>
internal sealed class Steps(Repository repository, bool verbose)
{
    private string? _failedLog;

    /// <summary>Runs a step in the root of the repository.</summary>
    /// <returns>Whether it succeeded.</returns>
    public bool Try(string name, string text, ProcessStartInfo command, TimeSpan? timeout = null)
    {
        Terminal.Say(text);
        string log = repository.ArtifactOf("logs", $"{name}.log");
        Directory.CreateDirectory(Path.GetDirectoryName(log)!);
        command.WorkingDirectory = repository.Root;
        using StreamWriter file = new(log, append: false);
        int? exitCode = Programs.Run(command, timeout, line =>
        {
            lock (file)
            {
                file.WriteLine(line);
                file.Flush(); // the log can be followed
                if (verbose)
                {
                    Console.Error.WriteLine(line);
                }
            }
        });
        if (exitCode != 0)
        {
            _failedLog = log;
        }
        return exitCode == 0;
    }

    /// <summary>Runs a step that the command cannot do without.</summary>
    /// <exception cref="BuildException">It failed.</exception>
    public void Require(string name, string text, ProcessStartInfo command)
    {
        if (!Try(name, text, command))
        {
            throw Failure();
        }
    }

    /// <summary>Shows the end of the log of the step that failed last.</summary>
    public void ShowFailure(int lines = 30)
    {
        if (_failedLog is null)
        {
            return;
        }
        if (!verbose)
        {
            foreach (string line in File.ReadLines(_failedLog).TakeLast(lines))
            {
                Console.Error.WriteLine(line);
            }
        }
        Terminal.Say($"failed: the whole log is {_failedLog}");
    }

    /// <summary>Shows the failure, and ends the command with advice.</summary>
    public BuildException Failure(string message = "the step failed")
    {
        ShowFailure();
        return new BuildException(message);
    }
}
