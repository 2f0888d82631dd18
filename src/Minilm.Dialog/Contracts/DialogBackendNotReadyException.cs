namespace Minilm.Dialog;

/// <summary>A backend is still being prepared. This does not count as a failure of the backend.</summary>
/// <inheritdoc/>
public sealed class DialogBackendNotReadyException(string message, Exception? innerException = null) : MinilmException(message, innerException);
