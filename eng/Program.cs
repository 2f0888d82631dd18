using Minilm.Build;

// Started by build.sh: Minilm.Build.dll ROOT [-v] COMMAND ARGS...
bool verbose = args is [_, "-v", ..];
var repository = new Repository(args[0]);
string command = args[verbose ? 2 : 1];
string[] rest = args[(verbose ? 3 : 2)..];
var steps = new Steps(repository, verbose);
var natives = new NativeLibraries(repository, steps);
var managed = new ManagedBuild(repository, steps);
try
{
    return command switch
    {
        "make" => new MakeCommand(repository, natives, managed).Run(rest),
        "test" => new TestCommand(repository, steps, natives, managed).Run(rest),
        "bench" => new BenchCommand(repository, natives, managed).Run(rest),
        "companion" => new CompanionCommand(repository, natives, managed).Run(rest),
        "native" => new NativeCommand(natives).Run(rest),
        "pack" => new PackCommand(repository, steps).Run(rest),
        "clean" => new CleanCommand(repository).Run(),
        _ => throw new UsageException($"unknown command '{command}'"),
    };
}
catch (Exception e) when (e is IOException or UnauthorizedAccessException)
{
    Terminal.Error(e.Message);
    return 1;
}
catch (BuildException e)
{
    Terminal.Error(e.Message);
    return e.ExitCode;
}
