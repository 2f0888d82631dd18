namespace Minilm;

/// <summary>The base of what the library throws beside the framework's own argument and state exceptions.</summary>
/// <param name="message">What was tried, with what value, and what to do next.</param>
/// <param name="innerException">The cause, if there is one.</param>
public class MinilmException(string message, Exception? innerException = null) : Exception(message, innerException);

/// <summary>The native library was not found, could not be loaded, or does not fit this assembly.</summary>
/// <inheritdoc/>
public sealed class NativeLibraryException(string message, Exception? innerException = null) : MinilmException(message, innerException);

/// <summary>A model, or a context on it, could not be created.</summary>
/// <inheritdoc/>
public sealed class ModelLoadException(string message, Exception? innerException = null) : MinilmException(message, innerException);

/// <summary>The library could not compute.</summary>
/// <inheritdoc/>
public sealed class InferenceException(string message, Exception? innerException = null) : MinilmException(message, innerException);

/// <summary>A prompt does not fit into the context window. The model stays usable.</summary>
/// <param name="message">The message.</param>
/// <param name="promptTokens">The length of the prompt in tokens.</param>
/// <param name="contextSize">The context window in tokens.</param>
public sealed class ContextOverflowException(string message, long promptTokens, int contextSize) : MinilmException(message)
{
    /// <summary>Gets the length of the prompt in tokens (a lower bound when it was refused by its size alone).</summary>
    public long PromptTokens { get; } = promptTokens;

    /// <summary>Gets the context window in tokens.</summary>
    public int ContextSize { get; } = contextSize;
}

/// <summary>The deadline of a call passed.</summary>
/// <param name="message">The message.</param>
/// <param name="partial">What was generated until then.</param>
public sealed class CompletionTimeoutException(string message, Completion partial) : TimeoutException(message)
{
    /// <summary>Gets what was generated until the deadline.</summary>
    public Completion Partial { get; } = partial;
}
