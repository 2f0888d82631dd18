using Minilm.Interop.Handles;

namespace Minilm.Testing;

/// <summary>Around a whole run: deletes the generated models, and fails when a native handle was left to the finalizer. Each test project derives its set-up fixture from it.</summary>
public abstract class RunFixtureBase
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
