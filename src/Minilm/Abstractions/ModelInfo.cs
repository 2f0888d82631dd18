namespace Minilm;

/// <summary>Describes a model: what is configured and, once it is loaded, what was found.</summary>
public sealed record ModelInfo
{
    /// <summary>Gets the path of the model file, or <c>mock://model</c>.</summary>
    public required string Path { get; init; }

    /// <summary>Gets the model type: the architecture that the file states (such as <c>llama</c>) once loaded, <c>gguf</c> before, or <c>mock</c>.</summary>
    public required string ModelType { get; init; }

    /// <summary>Gets what answers: <see cref="BackendLlama"/> or <see cref="BackendMock"/>.</summary>
    public required string Backend { get; init; }

    /// <summary>Gets why the mock answers instead of the model that was asked for; null when nothing went wrong.</summary>
    public string? FallbackReason { get; init; }

    /// <summary>Gets the context window in tokens.</summary>
    public int ContextSize { get; init; }

    /// <summary>Gets the number of threads that decode.</summary>
    public int Threads { get; init; }

    /// <summary>Gets the default temperature.</summary>
    public float Temperature { get; init; }

    /// <summary>Gets the default nucleus (top-p).</summary>
    public float TopP { get; init; }

    /// <summary>Gets a value indicating whether the model is loaded.</summary>
    public bool IsInitialized { get; init; }

    /// <summary>Gets libllama's one-line description (such as <c>llama 1B Q4_0</c>) once loaded.</summary>
    public string? Description { get; init; }

    /// <summary>Gets the number of parameters once loaded, else 0.</summary>
    public long ParameterCount { get; init; }

    /// <summary>Gets a value indicating whether the loaded model has a chat template that can be applied for chats.</summary>
    public bool HasChatTemplate { get; init; }

    /// <summary>The backend name of the real model.</summary>
    public const string BackendLlama = "llama.cpp";

    /// <summary>The backend name of the mock.</summary>
    public const string BackendMock = "mock";
}
