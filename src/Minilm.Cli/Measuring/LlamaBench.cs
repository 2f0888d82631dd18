using System.Diagnostics;

namespace Minilm.Cli.Measuring;

/// <summary>Measures prefill and decode as llama-bench does (its tests pp and tg), so that the numbers can be compared.</summary>
/// <remarks>
/// From llama.cpp, tools/llama-bench/llama-bench.cpp: a context of its own for each test, as large as the test; a warm-up;
/// memory cleared before each repetition; random tokens, none of them sampled; the clock around a whole repetition.
/// </remarks>
internal sealed class LlamaBench(LlamaModel model, FlashAttention flashAttention, int threads)
{
    private const int BatchSize = 2048;
    private const int MicroBatchSize = 512;

    private readonly LlamaVocab _vocab = model.Vocab;
    private readonly Random _random = new(0);

    /// <summary>Measures how fast a prompt of random tokens is processed.</summary>
    public Throughput MeasurePrefill(int tokens, int repetitions, CancellationToken cancellationToken)
    {
        int[] batch = new int[Math.Min(tokens, BatchSize)];
        return Measure(tokens, repetitions, (context, count) => Prefill(context, batch, count, cancellationToken), warmUp: tokens, cancellationToken);
    }

    /// <summary>Measures how fast tokens are decoded one by one.</summary>
    public Throughput MeasureDecode(int tokens, int repetitions, CancellationToken cancellationToken) =>
        Measure(tokens, repetitions, (context, count) => Decode(context, count, cancellationToken), warmUp: 1, cancellationToken);

    private Throughput Measure(int tokens, int repetitions, Action<LlamaContext, int> test, int warmUp, CancellationToken cancellationToken)
    {
        using LlamaContext context = CreateContext(tokens);
        using CancellationTokenRegistration cancellation = cancellationToken.Register(context.Cancel);
        test(context, warmUp);
        double[] tokensPerSecond = new double[repetitions];
        for (int i = 0; i < repetitions; i++)
        {
            context.ClearMemory();
            long start = Stopwatch.GetTimestamp();
            test(context, tokens);
            tokensPerSecond[i] = tokens / Stopwatch.GetElapsedTime(start).TotalSeconds;
        }
        return Throughput.Of(tokensPerSecond);
    }

    private LlamaContext CreateContext(int size) => model.CreateContext(new LlamaContextOptions
    {
        ContextSize = size,
        BatchSize = BatchSize,
        MicroBatchSize = MicroBatchSize,
        Threads = threads,
        PromptThreads = threads,
        FlashAttention = flashAttention,
    });

    private void Prefill(LlamaContext context, int[] batch, int count, CancellationToken cancellationToken)
    {
        for (int position = 0; position < count;)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Span<int> tokens = batch.AsSpan(0, Math.Min(batch.Length, count - position));
            foreach (ref int token in tokens)
            {
                token = RandomToken();
            }
            if (position == 0)
            {
                tokens[0] = FirstToken();
            }
            context.Decode(tokens, position);
            position += tokens.Length;
        }
        context.Synchronize();
    }

    private void Decode(LlamaContext context, int count, CancellationToken cancellationToken)
    {
        int token = FirstToken();
        for (int position = 0; position < count; position++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            context.Decode(new ReadOnlySpan<int>(ref token), position);
            context.Synchronize();
            token = RandomToken();
        }
    }

    private int FirstToken() => _vocab is { AddsBeginningOfText: true, BeginningOfText: { } beginning } ? beginning : RandomToken();

    private int RandomToken() => _random.Next(_vocab.Count);
}
