using System.Globalization;

namespace Minilm.Abstractions;

/// <summary>What this machine has: cores and memory.</summary>
internal static class Machine
{
    /// <summary>Gets the physical cores that this process may use; the logical ones where the system does not tell them apart.</summary>
    public static int PhysicalCores { get; } = CountPhysicalCores("/sys/devices/system/cpu", Environment.ProcessorCount);

    /// <summary>Gets the bytes that can be allocated without swapping, container limits included.</summary>
    public static long AvailableMemory => Math.Min(
        GC.GetGCMemoryInfo().TotalAvailableMemoryBytes,
        ReadMemAvailable("/proc/meminfo") ?? long.MaxValue);

    /// <summary>Counts groups of logical processors that share a core (Linux sysfs).</summary>
    internal static int CountPhysicalCores(string sysfs, int logical)
    {
        var cores = new HashSet<string>(StringComparer.Ordinal);
        if (Directory.Exists(sysfs))
        {
            foreach (string cpu in Directory.EnumerateDirectories(sysfs, "cpu*"))
            {
                string siblings = Path.Combine(cpu, "topology", "thread_siblings_list");
                if (File.Exists(siblings))
                {
                    cores.Add(File.ReadAllText(siblings).Trim());
                }
            }
        }
        return cores.Count > 0 ? Math.Min(cores.Count, logical) : logical;
    }

    /// <summary>Reads MemAvailable (Linux procfs), in bytes; null where there is none.</summary>
    internal static long? ReadMemAvailable(string meminfo)
    {
        if (!File.Exists(meminfo))
        {
            return null;
        }
        const string Key = "MemAvailable:";
        foreach (string line in File.ReadLines(meminfo))
        {
            if (line.StartsWith(Key, StringComparison.Ordinal)
                && long.TryParse(line.AsSpan(Key.Length).Trim().TrimEnd("kB").Trim(), CultureInfo.InvariantCulture, out long kibibytes))
            {
                return kibibytes * 1024;
            }
        }
        return null;
    }
}
