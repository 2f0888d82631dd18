using Minilm.Gguf;

namespace Minilm.Tests.Cli;

[TestFixture]
public sealed class DamagedFileTests
{
    private const int Copies = 1000;

    private string _file = "";

    [SetUp]
    public void NameFile() => _file = Path.Combine(Path.GetTempPath(), $"minilm-damaged-{Guid.NewGuid():N}.gguf");

    [TearDown]
    public void DeleteFile() => File.Delete(_file);

    [Test]
    public Task A_thousand_damaged_copies_of_a_random_model_never_end_the_process() => SurviveAsync(TestModels.Tiny);

    [Test]
    public Task A_thousand_damaged_copies_of_a_real_model_never_end_the_process() => SurviveAsync(TestModels.Companion);

    private async Task SurviveAsync(string model)
    {
        byte[] sound = await File.ReadAllBytesAsync(model);
        int header = checked((int)GgufFile.Read(model).DataOffset);
        int refused = 0;
        for (int seed = 0; seed < Copies; seed++)
        {
            await File.WriteAllBytesAsync(_file, Damage(sound, header, new Random(seed)));
            foreach (string[] args in (string[][])[["info", _file], ["complete", _file, "--prompt", "Once", "--max-tokens", "2", "--threads", "1", "--seed", "1"]])
            {
                CliRun run = await CliRun.OfAsync(args);
                Assert.That(run.ExitCode, Is.Zero.Or.EqualTo(1), $"seed {seed}, {args[0]}: {run.Error}");
                if (run.ExitCode == 1)
                {
                    refused++;
                    Assert.That(run.Error, Does.Match("^minilm: .{20,}\n$"), $"seed {seed}, {args[0]}");
                }
            }
        }
        Assert.That(refused, Is.GreaterThan(Copies / 4));
    }

    /// <summary>Cuts, flips, overwrites or inserts, mostly in what comes before the weights.</summary>
    private static byte[] Damage(byte[] sound, int header, Random random)
    {
        byte[] bytes = [.. sound];
        for (int wounds = random.Next(1, 9); wounds > 0; wounds--)
        {
            int at = random.Next(random.Next(4) == 0 ? bytes.Length : Math.Min(header, bytes.Length));
            switch (random.Next(8))
            {
                case 0:
                    bytes = bytes[..Math.Max(at, 1)];
                    break;
                case 1:
                    bytes = [.. bytes[..at], .. new byte[random.Next(1, 64)], .. bytes[at..]];
                    break;
                case 2:
                    random.NextBytes(bytes.AsSpan(at, Math.Min(8, bytes.Length - at)));
                    break;
                case 3:
                    bytes.AsSpan(at, Math.Min(4, bytes.Length - at)).Fill(0xFF);
                    break;
                default:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
            }
            if (bytes.Length < 10)
            {
                break;
            }
        }
        return bytes;
    }
}
