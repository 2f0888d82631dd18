namespace Minilm.Dialog;

/// <summary>A backend is still being prepared. Unlike a failure, this does not take it out of service.</summary>
/// <inheritdoc/>
public sealed class DialogBackendNotReadyException(string message, Exception? innerException = null) : MinilmException(message, innerException);
