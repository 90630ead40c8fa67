using System.Diagnostics;
using Microsoft.Data.Sqlite;
using SessionSigner.Core;

namespace SessionSigner.Storage.Tests;

/// <summary>A journal that has less than was acknowledged, or other entries, does not open, and stays as it was found.</summary>
public sealed class AcknowledgedTests : IDisposable
{
    private const int FirstSlot = 512;
    private const int SecondSlot = 1024;

    private readonly JournalDirectory _directory = new();
    private readonly JournalDirectory _copy = new();

    public void Dispose()
    {
        _directory.Dispose();
        _copy.Dispose();
    }

    [Fact]
    public async Task A_flipped_bit_in_the_WAL_never_loses_an_acknowledged_entry_silently()
    {
        await using (var journal = _directory.Open())
        {
            await FillAsync(journal, 6);
            await CopyAsync(_directory, _copy);
        }
        var wal = await File.ReadAllBytesAsync(_copy.Path + "-wal");
        var lockFile = await File.ReadAllBytesAsync(_copy.Path + ".lock");
        var database = await File.ReadAllBytesAsync(_copy.Path);
        var refused = 0;
        for (var at = 0; at < wal.Length; at += wal.Length / 40)
        {
            var damaged = (byte[])wal.Clone();
            damaged[at] ^= 1;
            await WriteAsync(database, damaged, lockFile);
            try
            {
                await using var opened = _copy.Open();
                Assert.Equal(6, opened.Head.Size);
            }
            catch (JournalOpenException)
            {
                refused++;
                // The evidence is as it was: an auditor can look at it, and the next start refuses too.
                Assert.Equal(damaged, await File.ReadAllBytesAsync(_copy.Path + "-wal"));
                Assert.Throws<JournalOpenException>(_copy.Open);
            }
        }
        Assert.True(refused > 20, $"only {refused} refused");
        await WriteAsync(database, wal, lockFile);
        await using var whole = _copy.Open();
        Assert.Equal(6, whole.Head.Size);
    }

    [Fact]
    public async Task A_lost_WAL_is_found_and_the_message_says_what_to_do()
    {
        await using (var journal = _directory.Open())
        {
            await FillAsync(journal, 3);
        }
        await using (var journal = _directory.Open())
        {
            await journal.Append(Writes.Signed(1, "r-late", 1));
            await CopyAsync(_directory, _copy);
        }
        File.Delete(_copy.Path + "-wal");
        var message = Assert.Throws<JournalOpenException>(_copy.Open).Message;
        Assert.Contains("has 3 entries, but 4 were acknowledged here", message, StringComparison.Ordinal);
        Assert.Contains($"remove {_copy.Path}.lock while no daemon runs", message, StringComparison.Ordinal);
        Assert.Contains("shared budgets have back what it took", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_older_copy_opens_once_its_lock_file_is_removed_and_the_newest_copy_at_once()
    {
        var old = Path.Combine(_copy.Root, "old.db");
        var newest = Path.Combine(_copy.Root, "newest.db");
        await using (var journal = _directory.Open())
        {
            await FillAsync(journal, 2);
            Execute($"VACUUM INTO '{old}'");
            await journal.Append(Writes.Signed(1, "r-late", 1));
            Execute($"VACUUM INTO '{newest}'");
        }
        Restore(newest);
        await using (var journal = _directory.Open())
        {
            Assert.Equal(3, journal.Head.Size);
        }
        Restore(old);
        Assert.Throws<JournalOpenException>(_directory.Open);
        File.Delete(_directory.Path + ".lock");
        await using (var journal = _directory.Open())
        {
            Assert.Equal(2, journal.Head.Size);
            await journal.Append(Writes.Signed(1, "r-other", 1));
        }
        await using (var journal = _directory.Open())
        {
            Assert.Equal(3, journal.Head.Size);
        }
        // As many entries as were acknowledged, but not those.
        Restore(newest);
        Assert.Contains("The first 3 entries", Assert.Throws<JournalOpenException>(_directory.Open).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_record_that_was_cut_off_leaves_the_one_before_and_two_damaged_ones_are_refused()
    {
        await using (var journal = _directory.Open())
        {
            await FillAsync(journal, 3);
            await CopyAsync(_directory, _copy);
        }
        var lockFile = await File.ReadAllBytesAsync(_copy.Path + ".lock");
        Assert.Equal(AcknowledgedHeads.FileSize, lockFile.Length);
        var newest = SizeAt(lockFile, FirstSlot) > SizeAt(lockFile, SecondSlot) ? FirstSlot : SecondSlot;
        Assert.Equal(3, SizeAt(lockFile, newest));
        Assert.Equal(2, SizeAt(lockFile, FirstSlot + SecondSlot - newest));

        foreach (var at in (int[])[0, 15, 16, 47, 48, 63])
        {
            var torn = (byte[])lockFile.Clone();
            torn[newest + at] ^= 1;
            await File.WriteAllBytesAsync(_copy.Path + ".lock", torn);
            using var connection = File.OpenHandle(_copy.Path + ".lock");
            Assert.Equal(2, new AcknowledgedHeads(connection).Read("x")!.Value.Size);
        }
        lockFile[newest + 20] ^= 1;
        lockFile[FirstSlot + SecondSlot - newest + 20] ^= 1;
        await File.WriteAllBytesAsync(_copy.Path + ".lock", lockFile);
        Assert.Contains("it is damaged", Assert.Throws<JournalOpenException>(_copy.Open).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_lock_file_of_before_that_records_nothing_is_taken_up()
    {
        await using (var journal = _directory.Open())
        {
            await FillAsync(journal, 3);
        }
        await File.WriteAllTextAsync(_directory.Path + ".lock", "initialised\n");
        await using (var journal = _directory.Open())
        {
            await journal.Append(Writes.Signed(1, "r-late", 1));
        }
        var lockFile = await File.ReadAllBytesAsync(_directory.Path + ".lock");
        Assert.Equal("initialised\n"u8.ToArray(), lockFile[..12]);
        Assert.Equal([3, 4], ((long[])[SizeAt(lockFile, FirstSlot), SizeAt(lockFile, SecondSlot)]).Order());
    }

    [Fact]
    public async Task A_failed_commit_records_nothing_and_rejected_writes_record_nothing()
    {
        await using (var journal = _directory.Open())
        {
            await FillAsync(journal, 2);
            var before = await ReadLockAsync();
            await Assert.ThrowsAsync<SignerException>(() => journal.Append(Writes.Signed(2, "r", 1)));
            Assert.Equal(before, await ReadLockAsync());
            Execute("CREATE TRIGGER fault BEFORE INSERT ON batch BEGIN SELECT RAISE(ROLLBACK, 'fault'); END");
            await Assert.ThrowsAsync<SignerException>(() => journal.Append(Writes.Signed(1, "r", 1)));
            Assert.Equal(before, await ReadLockAsync());
            Execute("DROP TRIGGER fault");
        }
        await using var reopened = _directory.Open();
        Assert.Equal(2, reopened.Head.Size);
    }

    [Fact]
    public async Task Nothing_is_acknowledged_that_could_not_be_recorded()
    {
        using var child = ChildProcess.Start(
            _directory.Path,
            "unrecorded",
            400,
            1,
            "-P",
            _directory.Path + ".lock",
            "-e",
            "trace=pwrite64",
            "-e",
            "inject=pwrite64:error=EIO:when=9+"
        );
        Assert.Equal(4, await child.WaitExitAsync());
        Assert.Contains("failed JournalFailed False", child.Lines);
        // The writer's thread writes once for each batch, here the session and each request; the ninth write fails.
        Assert.Equal(7, child.Acknowledged.Count);
        await using var journal = _directory.Open();
        Assert.Equal(9, journal.Head.Size);
    }

    private static async Task FillAsync(SqliteJournal journal, int size)
    {
        await journal.Append(Writes.Opened(1));
        for (var i = 1; i < size; i++)
        {
            await journal.Append(Writes.Signed(1, $"r-{i}", Writes.Shared(1, 5)));
        }
    }

    private static long SizeAt(byte[] lockFile, int slot) =>
        System.Buffers.Binary.BinaryPrimitives.ReadInt64BigEndian(lockFile.AsSpan(slot + 8));

    // As SIGKILL leaves it: the files of a journal that is in use.
    private static async Task CopyAsync(JournalDirectory from, JournalDirectory to)
    {
        foreach (var suffix in (string[])["", "-wal", ".lock"])
        {
            // cp, because .NET respects the lock.
            using var copy = Process.Start("cp", ["-p", from.Path + suffix, to.Path + suffix]);
            await copy.WaitForExitAsync();
            Assert.Equal(0, copy.ExitCode);
        }
    }

    private async Task WriteAsync(byte[] database, byte[] wal, byte[] lockFile)
    {
        File.Delete(_copy.Path + "-shm");
        await File.WriteAllBytesAsync(_copy.Path, database);
        if (!File.Exists(_copy.Path + "-wal"))
        {
            File.Copy(_copy.Path + ".lock", _copy.Path + "-wal");
        }
        await File.WriteAllBytesAsync(_copy.Path + "-wal", wal);
        await File.WriteAllBytesAsync(_copy.Path + ".lock", lockFile);
    }

    private async Task<byte[]> ReadLockAsync()
    {
        using var cat = Process.Start(
            new ProcessStartInfo("cat", [_directory.Path + ".lock"]) { UseShellExecute = false, RedirectStandardOutput = true }
        )!;
        var content = new MemoryStream();
        await cat.StandardOutput.BaseStream.CopyToAsync(content);
        return content.ToArray();
    }

    private void Restore(string copy)
    {
        File.Delete(_directory.Path + "-wal");
        File.Delete(_directory.Path + "-shm");
        File.Copy(copy, _directory.Path, overwrite: true);
        File.SetUnixFileMode(_directory.Path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    private void Execute(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={_directory.Path};Pooling=false");
        connection.Open();
        connection.Run(sql);
    }
}
