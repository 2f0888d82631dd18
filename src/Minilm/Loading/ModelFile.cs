namespace Minilm.Loading;

/// <summary>Loads the weights of a file that was checked.</summary>
internal static class ModelFile
{
    /// <exception cref="ModelLoadException">libllama refused it (the message has its words), or a device or a buffer type is not there.</exception>
    /// <exception cref="OperationCanceledException">The load was stopped.</exception>
    public static LlamaWeights Load(LlamaModelOptions options, LoadProgress? progress = null, DeviceChoice? devices = null)
    {
        devices ??= DeviceChoice.Of(options);
        options = options with { GpuLayers = devices.GpuLayers };
        if (options.ModelOffset == 0 || LlamaWeights.CanLoadAtOffset)
        {
            return Load(options, devices.Devices, progress);
        }
        // Older versions of libllama begin at the start of a file.
        using var copy = TemporaryModelFile.CopyPart(options.ModelPath, options.ModelOffset);
        return Load(options.At(copy.Path, 0) with { LoadMode = ModelLoadMode.Buffered }, devices.Devices, progress); // the copy is gone after the load
    }

    private static LlamaWeights Load(LlamaModelOptions options, int[]? devices, LoadProgress? progress)
    {
        try
        {
            return LlamaWeights.Load(options, devices, progress is null ? null : progress.Report);
        }
        catch (ModelLoadException e) when (e.Reason != ModelLoadReason.Interrupted)
        {
            progress?.ThrowIfStopped();
            throw;
        }
    }
}
