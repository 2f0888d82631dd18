namespace Minilm.Dialog;

/// <summary>A dialog backend could not answer, or a backend that is not registered was asked for.</summary>
/// <inheritdoc/>
public sealed class DialogException(string message, Exception? innerException = null) : MinilmException(message, innerException);
