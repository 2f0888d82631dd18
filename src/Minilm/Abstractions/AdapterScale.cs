namespace Minilm;

/// <summary>Names a LoRA adapter of a model and says how strongly it takes part in a call.</summary>
/// <param name="Name">The name under which the model has it (<see cref="LlamaModel.LoadAdapter"/>).</param>
/// <param name="Scale">The factor of what it adds: 1 as it was trained, 0 not at all; negative takes away.</param>
public sealed record AdapterScale(string Name, float Scale = 1);
