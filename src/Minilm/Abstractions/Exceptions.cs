namespace Minilm;

/// <summary>The base of what Minilm throws beside the framework's own argument and state exceptions.</summary>
/// <param name="message">What was tried, with what value, and what to do next.</param>
/// <param name="innerException">The cause, if there is one.</param>
public class MinilmException(string message, Exception? innerException = null) : Exception(message, innerException);

/// <summary>The native library was not found, could not be loaded, or does not fit this assembly.</summary>
/// <inheritdoc/>
public sealed class NativeLibraryException(string message, Exception? innerException = null) : MinilmException(message, innerException);

/// <summary>Says why a model, an adapter or a context could not be loaded or created.</summary>
public enum ModelLoadReason
{
    /// <summary>The message has the only words there are.</summary>
    Unknown = 0,

    /// <summary>There is no file at the path.</summary>
    FileNotFound,

    /// <summary>The file cannot be read: it is a folder, or access is denied.</summary>
    FileUnreadable,

    /// <summary>The file is of another format.</summary>
    NotGguf,

    /// <summary>The file is incomplete, contradicts itself, or breaks a rule that native code relies on: fetch it again.</summary>
    Damaged,

    /// <summary>The file needs what this version does not know, or cannot do what was asked for: an encoder cannot complete, a model without a head cannot rank.</summary>
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

/// <summary>A model, or a context on it, could not be created.</summary>
/// <param name="message">What was tried, with what value, and what to do next.</param>
/// <param name="reason">Why, for programs.</param>
/// <param name="innerException">The cause, if there is one.</param>
public sealed class ModelLoadException(string message, ModelLoadReason reason = ModelLoadReason.Unknown, Exception? innerException = null) : MinilmException(message, innerException)
{
    /// <summary>Gets why, for programs; the message says it for people.</summary>
    public ModelLoadReason Reason { get; } = reason;
}

/// <summary>libllama could not compute.</summary>
/// <param name="message">What was tried, with libllama's words.</param>
/// <param name="code">The code that the native function returned; 0 where there was none.</param>
/// <param name="innerException">The cause, if there is one.</param>
public sealed class InferenceException(string message, int code = 0, Exception? innerException = null) : MinilmException(message, innerException)
{
    /// <summary>Gets the code that the native function returned (of <c>llama_decode</c>, for example); 0 where there was none.</summary>
    public int Code { get; } = code;
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
public sealed class CompletionTimeoutException(string message, Completion partial) : MinilmException(message)
{
    /// <summary>Gets what was generated until the deadline.</summary>
    public Completion Partial { get; } = partial;
}

/// <summary>A model has more to do than it takes on: the caller may wait and ask again, or do without.</summary>
/// <param name="message">The message.</param>
/// <param name="retryAfter">When asking again is worthwhile, counted from now.</param>
public sealed class ModelBusyException(string message, TimeSpan retryAfter) : MinilmException(message)
{
    /// <summary>Gets the time after which asking again is worthwhile, counted from when this was thrown.</summary>
    public TimeSpan RetryAfter { get; } = retryAfter;
}
