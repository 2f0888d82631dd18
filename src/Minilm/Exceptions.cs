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
public sealed class ModelLoadException(string message, Exception? innerException = null) : MinilmException(message, innerException)
{
    /// <summary>Creates the exception with its reason.</summary>
    /// <param name="message">What was tried, with what value, and what to do next.</param>
    /// <param name="reason">Why it failed.</param>
    /// <param name="innerException">The cause, if there is one.</param>
    public ModelLoadException(string message, ModelLoadReason reason, Exception? innerException = null)
        : this(message, innerException) => Reason = reason;

    /// <summary>Gets why it failed, as far as that is known.</summary>
    public ModelLoadReason Reason { get; }
}

/// <summary>Says why a model, an adapter or a context could not be loaded or created.</summary>
public enum ModelLoadReason
{
    /// <summary>The message has the only words there are.</summary>
    Unknown = 0,

    /// <summary>There is no such file, or it may not be read.</summary>
    FileNotFound,

    /// <summary>The file is of another format.</summary>
    NotGguf,

    /// <summary>The file is incomplete or contradicts itself: fetch it again.</summary>
    Damaged,

    /// <summary>The file needs what this version does not know, such as an architecture, a tokenizer or a tensor type.</summary>
    Unsupported,

    /// <summary>The file is valid, but does not fit the model it is used with, such as an adapter of another model.</summary>
    Incompatible,

    /// <summary>Options ask for what the model cannot give, such as a larger context than it was trained for.</summary>
    InvalidOptions,

    /// <summary>A device or a kind of memory that options name is not there.</summary>
    DeviceNotFound,

    /// <summary>The memory of the machine or of a device does not suffice.</summary>
    OutOfMemory,

    /// <summary>A progress listener failed, which stopped the load.</summary>
    Interrupted,
}

/// <summary>The library could not compute.</summary>
/// <inheritdoc/>
public sealed class InferenceException(string message, Exception? innerException = null) : MinilmException(message, innerException)
{
    /// <summary>Creates the exception with libllama's code.</summary>
    /// <param name="message">What was tried, and libllama's words.</param>
    /// <param name="code">What the function of libllama returned.</param>
    /// <param name="innerException">The cause, if there is one.</param>
    public InferenceException(string message, int code, Exception? innerException = null)
        : this(message, innerException) => Code = code;

    /// <summary>Gets what the function of libllama returned (such as a negative number of <c>llama_decode</c>); 0 when it returned nothing that says more.</summary>
    public int Code { get; }
}

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
