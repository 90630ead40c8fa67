namespace SessionSigner.Vault.Tests;

/// <summary>What the kernel says of the arena, and what happens where it cannot be had.</summary>
public class ProtectedMemoryTests
{
    [Fact]
    public void The_arena_is_secret_memory_locked_never_dumped_never_inherited_between_guard_pages()
    {
        using var vault = LockedVault.Create(new VaultOptions { Capacity = 64 });

        var lines = File.ReadAllLines("/proc/self/smaps");
        var start = Array.FindLastIndex(lines, line => line.Contains("/secretmem", StringComparison.Ordinal));
        Assert.True(start > 0);
        var flags = lines[start..].First(line => line.StartsWith("VmFlags:", StringComparison.Ordinal)).Split(' ');
        Assert.Contains("lo", flags);
        Assert.Contains("dd", flags);
        Assert.Contains("dc", flags);
        var maps = File.ReadAllLines("/proc/self/maps");
        var arena = Array.FindLastIndex(maps, line => line.Contains("/secretmem", StringComparison.Ordinal));
        var range = maps[arena].Split(' ')[0].Split('-');
        Assert.StartsWith("---p", maps[arena - 1].Split(' ')[1], StringComparison.Ordinal);
        Assert.EndsWith("-" + range[0], maps[arena - 1].Split(' ')[0], StringComparison.Ordinal);
        Assert.StartsWith("---p", maps[arena + 1].Split(' ')[1], StringComparison.Ordinal);
        Assert.StartsWith(range[1] + "-", maps[arena + 1].Split(' ')[0], StringComparison.Ordinal);
    }

    [Fact]
    public void The_process_cannot_be_dumped_or_write_a_core_image()
    {
        using var vault = LockedVault.Create(new VaultOptions());

        Assert.True(vault.State.Undumpable);
        var core = File.ReadLines("/proc/self/limits").Single(line => line.StartsWith("Max core file size", StringComparison.Ordinal));
        Assert.Equal(["0", "0", "bytes"], core["Max core file size".Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public void Weaker_memory_is_refused_unless_allowed()
    {
        using var refused = new ScannedProcess("without-memfd-secret");
        Assert.StartsWith("unavailable The kernel offers no memfd_secret.", refused.Greeting, StringComparison.Ordinal);
        Assert.Contains("secretmem.enable=1", refused.Greeting, StringComparison.Ordinal);

        using var degraded = new ScannedProcess("without-memfd-secret", "allow-degraded");
        Assert.Contains("Memory = mlock, Degraded = True", degraded.Greeting, StringComparison.Ordinal);
        Assert.Contains(
            File.ReadLines($"/proc/{degraded.Id}/smaps"),
            line =>
                line.StartsWith("VmFlags:", StringComparison.Ordinal)
                && line.Split(' ') is var f
                && f.Contains("lo")
                && f.Contains("dd")
                && f.Contains("dc")
        );
        Assert.Equal(66, degraded.Ask("generate").Length);
    }

    [Fact]
    public void A_memory_limit_that_is_too_low_names_what_to_raise()
    {
        using var scanned = new ScannedProcess("with-little-locked-memory");
        Assert.StartsWith("unavailable mmap of secret memory of 16 KiB was refused", scanned.Greeting, StringComparison.Ordinal);
        Assert.Contains("RLIMIT_MEMLOCK is 4 KiB. Raise it (LimitMEMLOCK=", scanned.Greeting, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(VaultOptions.CapacityMax + 1)]
    public void A_capacity_out_of_range_is_refused(int capacity) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => LockedVault.Create(new VaultOptions { Capacity = capacity }));
}
