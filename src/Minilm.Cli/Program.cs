using Minilm;
var model = new LlamaModel(new LlamaModelOptions { ModelPath = args[0] });
model.Initialize();
var c = model.Predict("Once upon a time", new CompletionOptions { Temperature = 0, MaxTokens = 60 });
Console.WriteLine(c.Text); Console.WriteLine(c);
Console.WriteLine(LlamaRuntime.Versions);
foreach (var d in LlamaRuntime.Devices) { Console.WriteLine(d); }
Console.WriteLine(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes);
model.Dispose();
