namespace Minilm.Loading;

/// <summary>What a load takes of the devices.</summary>
/// <param name="GpuLayers">How many layers go to devices.</param>
/// <param name="Devices">The devices that take them, by their place in <see cref="LlamaRuntime.Devices"/>; null leaves the choice to libllama.</param>
/// <param name="FallbackReason">Why the CPU computes instead of what was asked for; null when nothing is missing.</param>
internal sealed record DeviceChoice(int GpuLayers, int[]? Devices, string? FallbackReason)
{
    /// <summary>Chooses from the devices that ggml found.</summary>
    /// <exception cref="ModelLoadException">A device that was asked for is not there, and no fallback is allowed.</exception>
    public static DeviceChoice Of(LlamaModelOptions options)
    {
        IReadOnlyList<NativeDevice> present = LlamaRuntime.Devices;
        if (FindProblem(options, present) is { } problem)
        {
            return options.AllowCpuFallback
                ? new DeviceChoice(0, [], problem)
                : throw new ModelLoadException($"{problem} Set {nameof(options.GpuLayers)} to 0 and {nameof(options.Devices)} to none, allow the CPU with {nameof(options.AllowCpuFallback)}, or build the native library with the backend of that device.", ModelLoadReason.DeviceNotFound);
        }
        if (options.Devices.Count == 0)
        {
            return new DeviceChoice(options.GpuLayers ?? 0, null, null);
        }
        List<int> chosen = [];
        for (int i = 0; i < present.Count; i++)
        {
            if (present[i].Type != NativeDeviceType.Cpu && options.Devices.Contains(present[i].Name, StringComparer.OrdinalIgnoreCase))
            {
                chosen.Add(i);
            }
        }
        return new DeviceChoice(options.GpuLayers ?? 0, [.. chosen], null);
    }

    private static string? FindProblem(LlamaModelOptions options, IReadOnlyList<NativeDevice> present)
    {
        foreach (string name in options.Devices)
        {
            if (!present.Any(device => device.Name.Equals(name, StringComparison.OrdinalIgnoreCase)))
            {
                return $"{nameof(options.Devices)} names '{name}', but the native library found only: {string.Join(", ", present.Select(device => device.Name))}.";
            }
        }
        int gpus = present.Count(device => IsGpu(device) && (options.Devices.Count == 0 || options.Devices.Contains(device.Name, StringComparer.OrdinalIgnoreCase)));
        if (options.GpuLayers > 0 && gpus == 0)
        {
            return $"{nameof(options.GpuLayers)} is {options.GpuLayers}, but there is no GPU that the native library can use{(options.Devices.Count == 0 ? "" : $" among {string.Join(", ", options.Devices)}")}.";
        }
        return options.GpuLayers > 0 && options.SplitMode == GpuSplitMode.None && options.MainGpu >= gpus
            ? $"{nameof(options.MainGpu)} is {options.MainGpu}, but there are {gpus} GPUs, counted from 0."
            : null;
    }

    private static bool IsGpu(NativeDevice device) => device.Type is NativeDeviceType.Gpu or NativeDeviceType.IntegratedGpu;
}
