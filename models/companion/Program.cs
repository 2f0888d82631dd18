using System.CommandLine;
using Minilm;
using Minilm.Companion;
using Minilm.Companion.Grammar;

try
{
    return await new CompanionCommand().Parse(args).InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false }).ConfigureAwait(false);
}
catch (Exception e) when (e is IOException or UnauthorizedAccessException or GrammarException or MinilmException)
{
    await Console.Error.WriteLineAsync(e.Message).ConfigureAwait(false);
    return 1;
}
