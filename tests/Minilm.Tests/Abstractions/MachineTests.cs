using Minilm.Abstractions;

namespace Minilm.Tests.Abstractions;

public sealed class MachineTests
{
    [Test]
    public void PhysicalCores_counts_processors_that_share_a_core_once()
    {
        string sysfs = TestModels.PathOf("sysfs");
        foreach ((int cpu, string siblings) in new[] { (0, "0-1"), (1, "0-1"), (2, "2-3"), (3, "2-3") })
        {
            string topology = Path.Combine(sysfs, $"cpu{cpu}", "topology");
            Directory.CreateDirectory(topology);
            File.WriteAllText(Path.Combine(topology, "thread_siblings_list"), siblings + "\n");
        }
        Directory.CreateDirectory(Path.Combine(sysfs, "cpufreq"));

        Assert.Multiple(() =>
        {
            Assert.That(Machine.CountPhysicalCores(sysfs, logical: 4), Is.EqualTo(2));
            Assert.That(Machine.CountPhysicalCores(sysfs, logical: 1), Is.EqualTo(1), "a process may use fewer than there are");
            Assert.That(Machine.CountPhysicalCores(sysfs + "-missing", logical: 6), Is.EqualTo(6));
        });
    }

    [Test]
    public void ReadMemAvailable_reads_kibibytes_and_gives_null_when_it_is_not_stated()
    {
        string meminfo = TestModels.PathOf("meminfo");
        File.WriteAllText(meminfo, "MemTotal:       24684092 kB\nMemAvailable:   20000000 kB\n");
        string without = TestModels.PathOf("meminfo-without");
        File.WriteAllText(without, "MemTotal:       24684092 kB\n");

        Assert.Multiple(() =>
        {
            Assert.That(Machine.ReadMemAvailable(meminfo), Is.EqualTo(20000000L * 1024));
            Assert.That(Machine.ReadMemAvailable(without), Is.Null);
            Assert.That(Machine.ReadMemAvailable(meminfo + "-missing"), Is.Null);
        });
    }

    [Test]
    public void AvailableMemory_is_what_a_machine_can_have() =>
        Assert.That(Machine.AvailableMemory, Is.InRange(1L << 20, 1L << 50));
}
