namespace Minilm;

/// <summary>Says what happens when the context window is full.</summary>
public enum ContextOverflow
{
    /// <summary>The completion ends with <see cref="FinishReason.Length"/>. A prompt that does not fit is an error.</summary>
    Stop,

    /// <summary><see cref="ContextOverflowException"/>; the model stays usable.</summary>
    Error,

    /// <summary>
    /// The first tokens are kept (<see cref="CompletionOptions.KeptTokens"/>), the older half of the others is dropped,
    /// and the completion goes on. A prompt that does not fit loses tokens in the same place. Models whose memory cannot
    /// shift stop instead.
    /// </summary>
    Shift,
}
