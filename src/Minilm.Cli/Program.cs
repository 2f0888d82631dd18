System.Console.WriteLine("minilm");
