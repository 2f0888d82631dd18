namespace Minilm.Dialog;

/// <summary>A dialog backend could not answer, or a dialog system was configured with what does not exist.</summary>
/// <inheritdoc/>
public sealed class DialogException(string message, Exception? innerException = null) : MinilmException(message, innerException);
