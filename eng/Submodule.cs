using System.Diagnostics;

namespace Minilm.Build;

/// <summary>The checkout of llama.cpp in third_party/llama.cpp.</summary>
internal sealed class Submodule(Repository repository, Steps steps)
{
    private const string Name = "third_party/llama.cpp";
    private static readonly TimeSpan LookTime = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan FetchTime = TimeSpan.FromMinutes(15);

    private readonly string _folder = repository.PathOf("third_party", "llama.cpp");

    /// <summary>Remembers that the submodule's host did not answer.</summary>
    private readonly string _unreachable = repository.ArtifactOf(".submodule-unreachable");

    public bool IsUnreachable => File.Exists(_unreachable);

    /// <summary>Gets whether all files are there. Git writes its index then: without one, a checkout was interrupted.</summary>
    public bool IsThere =>
        File.Exists(Path.Combine(_folder, "CMakeLists.txt"))
        && (!HasGit || Git("-C", _folder, "rev-parse", "--absolute-git-dir") is not string git || File.Exists(Path.Combine(git, "index")));

    /// <summary>Gets the commit; empty for a copy without git, and where git trusts another user only.</summary>
    public string Commit => (HasGit ? Git("-C", _folder, "rev-parse", "HEAD") : null) ?? "";

    private bool HasGit => Path.Exists(Path.Combine(_folder, ".git"));

    public void ForgetUnreachable() => File.Delete(_unreachable);

    public bool Fetch()
    {
        if (Git("-C", repository.Root, "config", "-f", repository.PathOf(".gitmodules"), $"submodule.{Name}.url") is not string url)
        {
            return false;
        }
        if (steps.Try("submodule", "Looking for llama.cpp's repository", Silent("ls-remote", "--exit-code", url, "HEAD"), LookTime)
            && steps.Try("submodule", $"Fetching the submodule {Name}", Silent("submodule", "update", "--init", "--force", "--depth", "1", Name), FetchTime)
            && IsThere)
        {
            ForgetUnreachable();
            return true;
        }
        File.WriteAllBytes(_unreachable, []);
        return false;
    }

    /// <summary>After a pull that moves the pin, the files are still those of before; or somebody tries another commit.</summary>
    public void NoteOtherCommit()
    {
        if (Git("-C", repository.Root, "rev-parse", $":{Name}") is string pinned && Commit is { Length: > 0 } actual && actual != pinned)
        {
            Terminal.Say($"Note: {Name} is at {actual[..9]}, not at {pinned[..9]} as recorded; 'git submodule update' brings it there");
        }
    }

    private static string? Git(params string[] arguments) => Programs.Read(Programs.Command("git", arguments));

    /// <summary>A call of git that asks nobody for a password.</summary>
    private static ProcessStartInfo Silent(params string[] arguments)
    {
        ProcessStartInfo git = Programs.Command("git", arguments);
        git.Environment["GIT_TERMINAL_PROMPT"] = "0";
        git.Environment["GIT_SSH_COMMAND"] = "ssh -o BatchMode=yes";
        return git;
    }
}
