namespace Minilm;

/// <summary>The kinds of device, as in ggml-backend.h.</summary>
public enum NativeDeviceType
{
    /// <summary>A processor with system memory.</summary>
    Cpu,

    /// <summary>A GPU with its own memory.</summary>
    Gpu,

    /// <summary>A GPU that shares the system's memory.</summary>
    IntegratedGpu,

    /// <summary>An accelerator used together with the processor, such as BLAS.</summary>
    Accelerator,

    /// <summary>Several devices used as one.</summary>
    Meta,
}

/// <summary>A device that can compute.</summary>
/// <param name="Name">The short name.</param>
/// <param name="Description">The product name.</param>
/// <param name="Type">The kind.</param>
/// <param name="FreeMemory">Free memory in bytes.</param>
/// <param name="TotalMemory">Total memory in bytes.</param>
public sealed record NativeDevice(string Name, string Description, NativeDeviceType Type, long FreeMemory, long TotalMemory);
