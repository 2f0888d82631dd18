using Minilm.Interop;

namespace Minilm;

/// <summary>What ggml found to compute on. Devices and buffer types live as long as the process.</summary>
internal static class LlamaDevices
{
    public static unsafe NativeDevice[] ReadAll()
    {
        var devices = new NativeDevice[(int)NativeMethods.ggml_backend_dev_count()];
        for (int i = 0; i < devices.Length; i++)
        {
            GgmlDevice device = Get(i);
            nuint free = 0, total = 0;
            NativeFailure.Require(NativeMethods.minilm_backend_dev_memory(device, &free, &total), "ggml_backend_dev_memory");
            devices[i] = new NativeDevice(
                NativeMethods.ggml_backend_dev_name(device) ?? "",
                NativeMethods.ggml_backend_dev_description(device) ?? "",
                (NativeDeviceType)NativeMethods.ggml_backend_dev_type(device),
                (long)free,
                (long)total);
        }
        return devices;
    }

    /// <summary>Gets a device by its place in <see cref="LlamaRuntime.Devices"/>.</summary>
    public static GgmlDevice Get(int index) => NativeMethods.ggml_backend_dev_get((nuint)index);

    /// <summary>Finds the kind of memory that tensors may be put into, by name.</summary>
    /// <exception cref="ModelLoadException">There is none of the name.</exception>
    public static GgmlBufferType FindBufferType(string name)
    {
        SortedDictionary<string, GgmlBufferType> known = new(StringComparer.OrdinalIgnoreCase);
        for (int i = 0; i < (int)NativeMethods.ggml_backend_dev_count(); i++)
        {
            GgmlBufferType type = NativeMethods.minilm_backend_dev_buffer_type(Get(i));
            if (!type.IsNull && NativeMethods.ggml_backend_buft_name(type) is { } typeName)
            {
                known.TryAdd(typeName, type);
            }
        }
        return known.TryGetValue(name, out GgmlBufferType found)
            ? found
            : throw new ModelLoadException($"{nameof(LlamaModelOptions.TensorOverrides)} names the buffer type '{name}', which the native library does not have. It has: {string.Join(", ", known.Keys)}.", ModelLoadReason.DeviceNotFound);
    }
}
