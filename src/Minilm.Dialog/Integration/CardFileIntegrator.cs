using Minilm.Abstractions;
using Minilm.Dialog.Characters;

namespace Minilm.Dialog.Integration;

/// <summary>Adds the configuration of the backend <c>llm</c> to card files, as planned by <see cref="CardIntegrator"/>. A file that fails is left unchanged and does not stop the others.</summary>
/// <remarks>A file is replaced as a whole: hard links to it keep the old content, and the new file belongs to the user who runs this.</remarks>
public sealed class CardFileIntegrator
{
    private readonly CardFileIntegratorOptions _options;

    /// <summary>Creates an integrator.</summary>
    /// <param name="options">The options; null uses the defaults.</param>
    /// <exception cref="ArgumentException">The model file is an empty path.</exception>
    public CardFileIntegrator(CardFileIntegratorOptions? options = null)
    {
        _options = options ?? new CardFileIntegratorOptions();
        if (_options.ModelFile is "")
        {
            throw new ArgumentException("The model file is an empty path: give the path of a GGUF file, or leave it out.", nameof(options));
        }
    }

    /// <summary>
    /// Integrates a file, whatever its name, or the cards of a folder: those in its <c>characters</c> or <c>assets/characters</c> if it
    /// has one, else all below it, subfolders included. Hidden files and folders are skipped.
    /// </summary>
    /// <param name="path">The file or folder.</param>
    /// <param name="cancellationToken">Stops before the next file.</param>
    /// <returns>One result for each file, as soon as it is done: the work happens during enumeration.</returns>
    /// <exception cref="FileNotFoundException">There is no such file or folder.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public IEnumerable<IntegrationResult> Integrate(string path, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (Directory.Exists(path))
        {
            return Integrate(CardFinder.Find(path, _options.Match), cancellationToken);
        }
        return File.Exists(path)
            ? Integrate([(path, null)], cancellationToken)
            : throw new FileNotFoundException($"There is no file or folder '{path}'. Give a character card, or a folder that contains some.", path);
    }

    private IEnumerable<IntegrationResult> Integrate(IEnumerable<(string Path, string? Problem)> files, CancellationToken cancellationToken)
    {
        foreach ((string path, string? problem) in files)
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return problem is null ? Integrate(path) : Failed(path, problem);
        }
    }

    private IntegrationResult Integrate(string path)
    {
        IntegrationPlan? plan = null;
        string? backup = null;
        try
        {
            string target = RealPath.Of(path);
            plan = new CardIntegrator(new CardIntegratorOptions { ModelPath = ModelPathFor(path), Activate = _options.Activate }).Plan(Read(target));
            if (plan.Edits.Count > 0)
            {
                ThrowIfTooLarge(plan.Result.Length, "would have");
                if (!IsWritable(target))
                {
                    return Failed(path, "it is read-only; make it writable, then try again") with { Plan = plan };
                }
                if (!_options.DryRun)
                {
                    backup = _options.Backup ? AtomicFile.Backup(target, plan.Original.Span) : null;
                    AtomicFile.Replace(target, plan.Original.Span, plan.Result.Span);
                }
            }
            return new IntegrationResult { Path = path, Verdict = plan.Verdict, Reason = plan.Reason, BackupPath = backup, Plan = plan };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Failed(path, e.Message) with { BackupPath = backup, Plan = plan };
        }
    }

    private string ModelPathFor(string card)
    {
        if (_options.ModelFile is null)
        {
            return CardIntegratorOptions.DefaultModelPath;
        }
        string relative = Path.GetRelativePath(Path.GetDirectoryName(Path.GetFullPath(card))!, Path.GetFullPath(_options.ModelFile));
        return relative.Replace(Path.DirectorySeparatorChar, '/');
    }

    // Replacing a file as a whole needs the folder's permission only; a read-only file is respected all the same.
    private static bool IsWritable(string path)
    {
        try
        {
            using FileStream file = new(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
            return true;
        }
        catch (UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static byte[] Read(string path)
    {
        long length = new FileInfo(path).Length;
        ThrowIfTooLarge(length, "has");
        return length == 0 ? [] : File.ReadAllBytes(path); // a pipe has no length either, and reading one may block forever
    }

    private static void ThrowIfTooLarge(long bytes, string verb)
    {
        if (bytes > CardSource.MaxBytes)
        {
            throw new IOException($"it {verb} {bytes} bytes; cards have at most {CardSource.MaxBytes}");
        }
    }

    private static IntegrationResult Failed(string path, string reason) => new() { Path = path, Verdict = IntegrationVerdict.Failed, Reason = reason };
}
