using Minilm.Cli;
using Minilm.Cli.Terminal;

using var signals = new InterruptSignals();
using var console = CliConsole.OfProcess();
return await CliApp.RunAsync(args, console, signals.Token).ConfigureAwait(false);
