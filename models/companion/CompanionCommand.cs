using System.CommandLine;

namespace Minilm.Companion;

/// <summary><c>minilm-companion</c>: makes what the model in the box is trained on, and judges the result.</summary>
internal sealed class CompanionCommand : RootCommand
{
    public CompanionCommand()
        : base("Makes the dialogs that the model in the box is trained on, its GGUF file, and its evaluation.")
    {
        Add(new Dialogs.CheckCommand());
        Add(new Dialogs.GenerateCommand());
        Add(new Export.ExportCommand());
        Add(new Evaluation.EvaluateCommand());
    }
}
