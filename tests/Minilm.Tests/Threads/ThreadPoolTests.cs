namespace Minilm.Tests.Threads;

public sealed class ThreadPoolTests
{
    private static readonly int[] Prompt = [1, 300, 301, 302, 303, 304];

    [Test]
    public async Task Contexts_that_share_a_pool_decode_at_once_as_they_do_without()
    {
        using LlamaModel model = TestModels.LoadTiny();
        float[] expected;
        using (LlamaContext alone = model.CreateContext(new LlamaContextOptions { ContextSize = 256, Threads = 2 }))
        {
            expected = Decode(alone, 100);
        }
        using var pool = new LlamaThreadPool(new LlamaThreadPoolOptions { Threads = 2 });
        using LlamaContext first = model.CreateContext(new LlamaContextOptions { ContextSize = 256 }, pool);
        using LlamaContext second = model.CreateContext(new LlamaContextOptions { ContextSize = 256, Threads = 2 });
        second.AttachThreadPool(pool);

        float[][] both = await Task.WhenAll(Task.Run(() => Decode(first, 100)), Task.Run(() => Decode(second, 100))).Within("two contexts on one pool");

        Assert.That(both[0], Is.EqualTo(expected));
        Assert.That(both[1], Is.EqualTo(expected));
    }

    [Test]
    public void Models_that_share_a_pool_answer_as_they_do_without()
    {
        var greedy = new CompletionOptions { MaxTokens = 20, Temperature = 0 };
        string expected;
        using (LlamaModel alone = TestModels.LoadTiny())
        {
            expected = alone.Predict("Hello", greedy).Text;
        }
        using var pool = new LlamaThreadPool(new LlamaThreadPoolOptions { Threads = 2 });
        using LlamaModel first = TestModels.LoadTiny(threadPool: pool);
        using LlamaModel second = TestModels.LoadTiny(options => options.Threads = null, pool);

        Assert.Multiple(() =>
        {
            Assert.That(second.GetModelInfo().Threads, Is.EqualTo(2), "all threads of the pool are the default");
            Assert.That(first.Predict("Hello", greedy).Text, Is.EqualTo(expected));
            Assert.That(second.Predict("Hello", greedy).Text, Is.EqualTo(expected));
        });
    }

    [Test]
    public void Dispose_before_the_context_leaves_it_usable()
    {
        using LlamaModel model = TestModels.LoadTiny();
        var pool = new LlamaThreadPool(new LlamaThreadPoolOptions { Threads = 2 });
        using LlamaContext context = model.CreateContext(new LlamaContextOptions { ContextSize = 256 }, pool);

        pool.Dispose();

        Assert.That(Decode(context, 10), Has.None.NaN);
        Assert.That(() => context.AttachThreadPool(pool), Throws.TypeOf<ObjectDisposedException>());
    }

    [Test]
    public void Dispose_after_model_and_context_is_safe()
    {
        using var pool = new LlamaThreadPool(new LlamaThreadPoolOptions { Threads = 2, Priority = ThreadPriority.Low, Poll = 0 });
        using (LlamaModel model = TestModels.LoadTiny(threadPool: pool))
        {
            LlamaContext context = model.CreateContext();
            model.Free();
            Decode(context, 5);
            context.Dispose();
        }
        Assert.That(pool.Threads, Is.EqualTo(2));
    }

    [Test]
    public void Detach_and_another_pool_leave_the_results_as_they_were()
    {
        using LlamaModel model = TestModels.LoadTiny();
        using LlamaContext context = model.CreateContext(new LlamaContextOptions { ContextSize = 256, Threads = 2 });
        float[] expected = Decode(context, 10);
        for (int i = 0; i < 3; i++)
        {
            using var pool = new LlamaThreadPool(new LlamaThreadPoolOptions { Threads = 2 + i });
            context.AttachThreadPool(pool);
            Assert.That(Decode(context, 10), Is.EqualTo(expected));
        }
        context.DetachThreadPool();

        Assert.That(Decode(context, 10), Is.EqualTo(expected));
    }

    [Test]
    public void Decode_that_waits_for_its_turn_ends_at_its_deadline()
    {
        using LlamaModel model = TestModels.LoadTiny();
        using var pool = new LlamaThreadPool(new LlamaThreadPoolOptions { Threads = 1 });
        using LlamaContext busy = model.CreateContext(new LlamaContextOptions { ContextSize = 256 }, pool);
        using LlamaContext waiting = model.CreateContext(new LlamaContextOptions { ContextSize = 256 }, pool);
        waiting.Arm(TimeSpan.Zero);
        Assert.That(pool.Enter(busy), Is.True); // on this thread, in place of a decode

        Task<Exception?> waits = Task.Run(() => Catch(() => waiting.Decode(Prompt, 0)));
        bool ended = waits.Wait(TimeSpan.FromSeconds(60)); // a turn belongs to its thread: no await in between
        pool.Leave();

        Assert.That(ended, Is.True, "a decode past its deadline hung");
        Assert.That(waits.Result, Is.TypeOf<TimeoutException>());
    }

    [Test]
    public void Decode_on_a_pool_allocates_nothing()
    {
        using LlamaModel model = TestModels.LoadTiny();
        using var pool = new LlamaThreadPool(new LlamaThreadPoolOptions { Threads = 2 });
        using LlamaContext context = model.CreateContext(new LlamaContextOptions { ContextSize = 256 }, pool);
        Decode(context, 10);

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++)
        {
            context.Decode(Prompt.AsSpan(i % 6, 1), Prompt.Length + 10 + i);
        }

        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero);
    }

    [Test]
    public void Attach_refuses_a_pool_with_fewer_threads_than_the_context()
    {
        using LlamaModel model = TestModels.LoadTiny();
        using var pool = new LlamaThreadPool(new LlamaThreadPoolOptions { Threads = 1 });
        using LlamaContext context = model.CreateContext(new LlamaContextOptions { ContextSize = 256, Threads = 2 });

        Assert.Multiple(() =>
        {
            Assert.That(() => context.AttachThreadPool(pool), Throws.ArgumentException.With.Message.Contains("2 threads").And.Message.Contains("the pool has 1"));
            Assert.That(() => model.CreateContext(new LlamaContextOptions { Threads = 2 }, pool), Throws.ArgumentException.With.Message.Contains("the thread pool has 1"));
            Assert.That(() => new LlamaModel(new LlamaModelOptions { ModelPath = TestModels.Tiny, PromptThreads = 4 }, threadPool: pool), Throws.ArgumentException.With.Message.Contains("PromptThreads is 4"));
        });
    }

    [TestCase(513, 50)]
    [TestCase(1, 101)]
    public void Constructor_refuses_what_is_out_of_range(int threads, int poll) =>
        Assert.That(() => new LlamaThreadPool(new LlamaThreadPoolOptions { Threads = threads, Poll = poll }), Throws.ArgumentException.With.Message.Contains("it must be from"));

    [Test]
    public void Constructor_takes_the_physical_cores_by_default()
    {
        using var pool = new LlamaThreadPool();

        Assert.That(pool.Threads, Is.EqualTo(LlamaModelOptions.DefaultThreads));
    }

    private static Exception? Catch(Action action)
    {
        try
        {
            action();
            return null;
        }
        catch (Exception e)
        {
            return e;
        }
    }

    private static int Largest(ReadOnlySpan<float> logits)
    {
        int largest = 0;
        for (int i = 1; i < logits.Length; i++)
        {
            largest = logits[i] > logits[largest] ? i : largest;
        }
        return largest;
    }

    /// <summary>The logits after the prompt and so many greedy tokens.</summary>
    private static float[] Decode(LlamaContext context, int tokens)
    {
        context.ClearMemory();
        context.Decode(Prompt, 0);
        for (int i = 0; i < tokens; i++)
        {
            ReadOnlySpan<float> logits = context.GetLogits();
            context.Decode([Largest(logits)], Prompt.Length + i);
        }
        return context.GetLogits().ToArray();
    }
}
