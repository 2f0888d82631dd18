namespace Minilm.Companion.Grammar;

/// <summary>A file of the grammar cannot be used as it is.</summary>
internal sealed class GrammarException(string message) : Exception(message);
