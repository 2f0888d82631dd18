namespace Minilm.Tests;

[SetUpFixture]
public sealed class RunFixture : RunFixtureBase;
