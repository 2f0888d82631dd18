namespace Minilm;

/// <summary>Says how the system's scheduler treats threads (<c>ggml.h</c>, <c>ggml_sched_priority</c>). More than normal may need privileges; without them it stays normal.</summary>
public enum ThreadPriority
{
    /// <summary>Below other work.</summary>
    Low = -1,

    /// <summary>Like other work.</summary>
    Normal = 0,

    /// <summary>Above other work.</summary>
    Medium = 1,

    /// <summary>Far above other work.</summary>
    High = 2,

    /// <summary>Before all other work.</summary>
    Realtime = 3,
}

/// <summary>Configures a <see cref="LlamaThreadPool"/>. What is null takes the default.</summary>
public sealed record LlamaThreadPoolOptions
{
    /// <summary>Gets the number of threads, the calling one included. Default: the physical cores.</summary>
    [InRange(1, 512)]
    public int? Threads { get; init; }

    /// <summary>Gets how the scheduler treats the threads. Default: normal.</summary>
    [InRange(-1, 3)]
    public ThreadPriority Priority { get; init; }

    /// <summary>Gets how long idle threads wait busily for the next graph: 0 sleeps at once, 100 waits longest. Default: 50, that of ggml.</summary>
    [InRange(0, 100)]
    public int Poll { get; init; } = 50;
}
