namespace Minilm.Tests.Dialog;

[SetUpFixture]
public sealed class RunFixture : RunFixtureBase;
