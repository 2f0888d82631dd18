using System.Globalization;
using System.Runtime.InteropServices;
using Minilm.Gguf;
using Minilm.Interop;
using Minilm.Interop.Handles;
using Minilm.Validation;

namespace Minilm.Runtime;

/// <summary>Looks at a model file before native code does, and loads it.</summary>
internal static class ModelFile
{
    /// <summary>Reads the header of a file and checks all that native code would trip over.</summary>
    /// <exception cref="ModelLoadException">The file is not a valid model; the inner <see cref="GgufException"/> has the field and the byte offset.</exception>
    public static GgufFile ReadChecked(string path, bool vocabularyOnly = false, long offset = 0, bool anyExtension = false)
    {
        try
        {
            if (Path.GetExtension(path) is { Length: > 0 } extension && offset == 0 && !anyExtension && !extension.Equals(".gguf", StringComparison.OrdinalIgnoreCase) && File.Exists(path))
            {
                throw new ModelLoadException($"Model file '{path}' has the extension '{extension}'; Minilm loads GGUF files ('.gguf'). Convert it, or rename it if it is one.");
            }
            GgufFile file = GgufFile.Read(path, offset);
            if (offset > 0 && file.Facts.SplitCount > 1)
            {
                throw new ModelLoadException($"The model at byte {offset} of '{path}' is the first of {file.Facts.SplitCount} parts; a model inside of a larger file must be whole.");
            }
            if (vocabularyOnly)
            {
                GgufModelValidator.ValidateVocabulary(file);
            }
            else
            {
                GgufModelValidator.Validate(file);
            }
            return file;
        }
        catch (Exception e) when (e is GgufException or IOException or UnauthorizedAccessException)
        {
            throw new ModelLoadException(e.Message, e);
        }
    }

    /// <summary>Finds the context size to use.</summary>
    /// <param name="file">The model.</param>
    /// <param name="requested">Tokens for all sequences together; 0 or less is the default.</param>
    /// <param name="sequences">How many sequences share them.</param>
    /// <exception cref="ModelLoadException">A sequence gets more than the model was trained for, or less than a token.</exception>
    public static int RequireContextSize(GgufFile file, int requested, int sequences)
    {
        int trained = file.Facts.ContextLength ?? int.MaxValue;
        if (requested / sequences > trained)
        {
            throw new ModelLoadException(string.Create(CultureInfo.InvariantCulture,
                $"A context of {requested / sequences} tokens was asked for, but '{file.Path}' was trained for {trained}. Ask for {trained} or less."));
        }
        int size = requested > 0 ? requested : Math.Min(LlamaModelOptions.DefaultContextSize, trained);
        if (size < sequences)
        {
            throw new ModelLoadException(string.Create(CultureInfo.InvariantCulture,
                $"A context of {size} tokens has no room for {sequences} sequences. Ask for a larger context."));
        }
        return size;
    }

    /// <summary>Makes sure that the memory of this machine holds what is about to be allocated.</summary>
    /// <param name="file">The model.</param>
    /// <param name="estimate">What it takes.</param>
    /// <param name="withWeights">Whether the weights are allocated too: mapped ones are not, and those that are there already are not again.</param>
    /// <param name="availableMemory">Bytes.</param>
    /// <exception cref="ModelLoadException">It does not.</exception>
    public static void RequireMemory(GgufFile file, ModelMemoryEstimate estimate, bool withWeights, long availableMemory)
    {
        long needed = withWeights ? estimate.TotalBytes : (estimate with { WeightBytes = 0 }).TotalBytes;
        if (needed > availableMemory)
        {
            string weights = withWeights ? $"{estimate.WeightBytes >> 20} for the weights, " : "";
            throw new ModelLoadException(string.Create(CultureInfo.InvariantCulture,
                $"A context of {estimate.ContextSize} tokens on '{file.Path}' takes {needed >> 20} MiB ({weights}{estimate.KvBytes >> 20} for the KV memory, {estimate.ComputeBytes >> 20} for computing), but the machine has {availableMemory >> 20} MiB available. Ask for a smaller context{(withWeights ? ", or map the weights" : "")}."));
        }
    }

    /// <summary>Loads a checked file.</summary>
    /// <exception cref="ModelLoadException">The library refused it; the message has the library's words.</exception>
    /// <exception cref="OperationCanceledException">The load was stopped.</exception>
    public static unsafe SafeLlamaModelHandle Load(string path, LlamaModelOptions? options = null, LoadProgress? progress = null, DeviceChoice? devices = null)
    {
        var parameters = new minilm_model_params { size = (uint)sizeof(minilm_model_params) };
        NativeMethods.minilm_model_default_params(&parameters);
        parameters.vocab_only = options is null;
        parameters.n_gpu_layers = 0;
        if (options is null)
        {
            return Load(path, 0, parameters, progress);
        }

        devices ??= DeviceChoice.Of(options);
        parameters.n_gpu_layers = devices.GpuLayers;
        parameters.check_tensors = options.CheckTensors;
        ModelLoadMode mode = LoadModeOf(options);
        if (mode != ModelLoadMode.Auto)
        {
            parameters.load_mode = (int)mode;
        }
        if (devices.GpuLayers != 0)
        {
            parameters.split_mode = (int)options.SplitMode;
            parameters.main_gpu = options.MainGpu;
        }
        minilm_tensor_override[] overrides = new minilm_tensor_override[options.TensorOverrides.Count];
        try
        {
            for (int i = 0; i < overrides.Length; i++)
            {
                overrides[i].buffer_type = DeviceChoice.FindBufferType(options.TensorOverrides[i].BufferType);
                overrides[i].pattern = (byte*)Marshal.StringToCoTaskMemUTF8(options.TensorOverrides[i].Pattern);
            }
            fixed (GgmlDevice* chosen = devices.Devices)
            fixed (minilm_tensor_override* first = overrides)
            {
                parameters.devices = chosen;
                parameters.n_devices = devices.Devices?.Length ?? -1;
                parameters.overrides = first;
                parameters.n_overrides = overrides.Length;
                return Load(path, options.ModelOffset, parameters, progress);
            }
        }
        finally
        {
            foreach (minilm_tensor_override entry in overrides)
            {
                Marshal.FreeCoTaskMem((nint)entry.pattern);
            }
        }
    }

    /// <summary>Finds the load mode to ask the library for; Auto leaves it to the library.</summary>
    public static ModelLoadMode LoadModeOf(LlamaModelOptions options)
    {
        bool canMap = options.UseMemoryMap && options.ModelOffset % MemoryDoor.MappedAlignment == 0;
        return options.LoadMode != ModelLoadMode.Auto || canMap ? options.LoadMode : ModelLoadMode.Buffered;
    }

    private static SafeLlamaModelHandle Load(string path, long offset, minilm_model_params parameters, LoadProgress? progress)
    {
        if (offset > 0 && !NativeMethods.minilm_model_loads_at())
        {
            // Older versions of the library begin at the start of a file.
            using var copy = TemporaryModelFile.CopyPart(path, offset);
            parameters.load_mode = (int)ModelLoadMode.Buffered; // the copy is gone after the load
            return Load(copy.Path, 0, parameters, progress);
        }
        SafeLlamaModelHandle model = progress is null ? SafeLlamaModelHandle.Load(path, parameters, offset) : progress.Load(path, parameters, offset);
        if (model.IsInvalid)
        {
            ModelLoadException failure = NativeFailure.Load($"libllama could not load '{path}'");
            model.Dispose();
            progress?.ThrowIfStopped();
            throw failure;
        }
        return model;
    }
}
