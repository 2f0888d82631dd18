namespace Minilm.Build;

/// <summary>'native': builds the native libraries.</summary>
internal sealed class NativeCommand(NativeLibraries natives)
{
    public int Run(string[] arguments)
    {
        const string Llama = "--llama=";
        string? provider = null;
        string portable = "OFF";
        List<string> options = [];
        foreach (string argument in arguments)
        {
            switch (argument)
            {
                case not null when argument.StartsWith(Llama, StringComparison.Ordinal):
                    provider = argument[Llama.Length..];
                    break;
                case "--portable":
                    portable = "ON";
                    break;
                case ['-', 'D', ..]:
                    options.Add(argument);
                    break;
                default:
                    throw new UsageException($"native does not know '{argument}'");
            }
        }
        natives.Rebuild(provider, [$"-DMINILM_PORTABLE={portable}", .. options]);
        return 0;
    }
}
