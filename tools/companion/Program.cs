using System.CommandLine;
using Minilm.Companion;

return await new CompanionCommand().Parse(args).InvokeAsync().ConfigureAwait(false);
