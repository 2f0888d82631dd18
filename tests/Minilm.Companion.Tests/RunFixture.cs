namespace Minilm.Tests.Companion;

[SetUpFixture]
public sealed class RunFixture : RunFixtureBase;
