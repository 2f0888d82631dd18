using Minilm.Interop.Handles;
using Minilm.Tests.Support;

namespace Minilm.Tests;

/// <summary>Around the whole run: files are deleted, and a handle that somebody forgot to dispose fails it.</summary>
[SetUpFixture]
public sealed class RunFixture
{
    private IReadOnlyCollection<string> _leaked = [];

    [OneTimeSetUp]
    public void Record_leaked_handles() => _leaked = SafeMinilmHandle.RecordLeaks();

    [OneTimeTearDown]
    public void No_handle_was_left_to_the_finalizer()
    {
        TestModels.Delete();
        GC.Collect();
        GC.WaitForPendingFinalizers();
        Assert.That(_leaked, Is.Empty, "native handles that were not disposed, by type");
    }
}
