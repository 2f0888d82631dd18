namespace Minilm;

/// <summary>Says how the weights come into memory (<c>llama.h</c>, <c>llama_load_mode</c>).</summary>
public enum ModelLoadMode
{
    /// <summary>libllama decides by the devices; on a CPU it maps.</summary>
    Auto = -1,

    /// <summary>Reads the file into memory.</summary>
    Buffered = 0,

    /// <summary>Maps the file into memory: pages are shared between processes and read when they are needed.</summary>
    Mapped = 1,

    /// <summary>Reads the file and keeps it from being swapped out (mlock), where the system's limits allow it; a warning in the log says when not.</summary>
    Locked = 2,

    /// <summary>Maps the file and keeps it from being swapped out (mlock), where the system's limits allow it; a warning in the log says when not.</summary>
    MappedLocked = 3,

    /// <summary>Reads the file past the page cache, where the file system can; elsewhere as <see cref="Buffered"/>.</summary>
    DirectIo = 4,
}
