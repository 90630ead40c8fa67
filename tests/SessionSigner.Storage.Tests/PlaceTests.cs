using Microsoft.Data.Sqlite;

namespace SessionSigner.Storage.Tests;

/// <summary>Where the journal may lie, who may reach it, and the settings that make it durable.</summary>
public sealed class PlaceTests : IDisposable
{
    private const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly JournalDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Everything_it_makes_is_closed_to_others()
    {
        var path = Path.Combine(_directory.Root, "made", "journal.db");
        await using var journal = SqliteJournal.Open(new SqliteJournalOptions { Path = path }, TimeProvider.System);
        await journal.Append(Writes.Started());
        Assert.NotEmpty(journal.ReadEntries(0, 1));

        Assert.Equal(Owner | UnixFileMode.UserExecute, File.GetUnixFileMode(Path.GetDirectoryName(path)!));
        Assert.Equal(
            ["journal.db", "journal.db-shm", "journal.db-wal", "journal.db.lock"],
            Directory.GetFiles(Path.GetDirectoryName(path)!).Select(Path.GetFileName).Order(StringComparer.Ordinal)
        );
        Assert.All(Directory.GetFiles(Path.GetDirectoryName(path)!), file => Assert.Equal(Owner, File.GetUnixFileMode(file)));
    }

    [Fact]
    public async Task A_directory_or_file_others_may_reach_is_refused()
    {
        await _directory.Open().DisposeAsync();
        foreach (var open in (UnixFileMode[])[UnixFileMode.GroupRead, UnixFileMode.OtherWrite, UnixFileMode.OtherExecute])
        {
            File.SetUnixFileMode(_directory.Root, Owner | UnixFileMode.UserExecute | open);
            Assert.Contains("chmod 0700", Assert.Throws<JournalOpenException>(_directory.Open).Message, StringComparison.Ordinal);
            File.SetUnixFileMode(_directory.Root, Owner | UnixFileMode.UserExecute);
            foreach (var file in (string[])[_directory.Path, _directory.Path + ".lock"])
            {
                File.SetUnixFileMode(file, Owner | open);
                Assert.Contains("chmod 0600", Assert.Throws<JournalOpenException>(_directory.Open).Message, StringComparison.Ordinal);
                File.SetUnixFileMode(file, Owner);
            }
        }
        await _directory.Open().DisposeAsync();
    }

    [Fact]
    public async Task A_directory_or_file_of_another_user_is_refused()
    {
        var own = Path.Combine(_directory.Root, "own");
        await File.WriteAllTextAsync(own, "");
        if (FileOwner.EffectiveUser() == 0)
        {
            await _directory.Open().DisposeAsync();
            // As a crash leaves them: the WAL and the memory map are there.
            await File.WriteAllTextAsync(_directory.Path + "-wal", "");
            await File.WriteAllTextAsync(_directory.Path + "-shm", "");
            foreach (var path in (string[])[_directory.Root, .. Directory.GetFiles(_directory.Root).Where(file => file != own)])
            {
                File.SetUnixFileMode(path, path == _directory.Root ? Owner | UnixFileMode.UserExecute : Owner);
                await ChangeOwnerAsync(path, "65534");
                var message = Assert.Throws<JournalOpenException>(_directory.Open).Message;
                Assert.StartsWith($"{path} is owned by another user", message, StringComparison.Ordinal);
                await ChangeOwnerAsync(path, "0");
            }
            await ChangeOwnerAsync(own, "65534");
        }
        var owner = FileOwner.Of(own);
        JournalFile.CheckOwner(own, owner);
        Assert.True(Assert.Throws<JournalOpenException>(() => JournalFile.CheckOwner(own, owner + 1)).IsPlaceUnsafe);
        Assert.Throws<JournalOpenException>(() => JournalFile.CheckOwner(own, 0));
        JournalFile.CheckOwner("/", owner);
    }

    [Fact]
    public async Task A_symbolic_link_is_refused()
    {
        await _directory.Open().DisposeAsync();
        File.Move(_directory.Path, _directory.Path + ".moved");
        File.CreateSymbolicLink(_directory.Path, _directory.Path + ".moved");
        Assert.Contains("symbolic link", Assert.Throws<JournalOpenException>(_directory.Open).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nfs")]
    [InlineData("cifs")]
    [InlineData("smb2")]
    [InlineData("fuse")]
    [InlineData("ceph")]
    [InlineData("0x6969")]
    [InlineData("")]
    public void A_file_system_that_is_not_known_to_be_local_is_refused(string format)
    {
        Assert.Contains(
            format,
            Assert.Throws<JournalOpenException>(() => JournalFile.CheckFileSystem(_directory.Root, format)).Message,
            StringComparison.Ordinal
        );
        JournalFile.CheckFileSystem(_directory.Root, "ext4");
    }

    [Fact]
    public void The_kernel_names_the_file_system_a_link_leads_to()
    {
        var link = Path.Combine(_directory.Root, "link");
        Directory.CreateSymbolicLink(link, "/proc/self");
        Assert.Equal("proc", FileSystemStatus.Of(link).Type);
        Assert.Equal("tmpfs", FileSystemStatus.Of("/dev/shm").Type);
        Assert.True(FileSystemStatus.Of(_directory.Root).FreeBytes > 0);
        Assert.Throws<IOException>(() => FileSystemStatus.Of(_directory.Root + "/none"));
    }

    /// <summary>A file system that is really mounted, and a directory on it that nobody else may reach.</summary>
    [Fact]
    public void A_journal_on_another_file_system_than_those_listed_is_refused()
    {
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserExecute, File.GetUnixFileMode("/proc/self/fd"));
        var refused = Assert.Throws<JournalOpenException>(() =>
            SqliteJournal.Open(new SqliteJournalOptions { Path = "/proc/self/fd/journal.db" }, TimeProvider.System)
        );
        Assert.Contains("/proc/self/fd is on a file system of type \"proc\"", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("synchronous", "NORMAL")]
    [InlineData("synchronous", "OFF")]
    [InlineData("journal_mode", "DELETE")]
    [InlineData("foreign_keys", "OFF")]
    [InlineData("wal_autocheckpoint", "1000")]
    [InlineData("trusted_schema", "ON")]
    public void A_setting_that_does_not_stay_is_refused(string name, string value)
    {
        Connections.CheckLibrary();
        File.Create(_directory.Path).Dispose();
        using var connection = Connections.OpenWriter(_directory.Path);
        Connections.VerifyWriter(connection);
        connection.Run($"PRAGMA {name} = {value}");
        Assert.Contains(
            name,
            Assert.Throws<JournalOpenException>(() => Connections.VerifyWriter(connection)).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_reader_from_outside_neither_stops_the_writer_nor_the_next_start_for_ever()
    {
        await using (var journal = _directory.Open())
        {
            await journal.Append(Writes.Opened(1));
            using var outside = new SqliteConnection($"Data Source={_directory.Path};Mode=ReadOnly;Pooling=false");
            await outside.OpenAsync();
            outside.Run("BEGIN");
            Assert.Equal(1, outside.ReadLong("SELECT count(*) FROM batch"));
            for (var i = 0; i < 50; i++)
            {
                await journal.Append(Writes.Signed(1, $"r-{i}", 1));
            }
        }
        await using var reopened = _directory.Open();
        Assert.Equal(51, reopened.Head.Size);
    }

    private static async Task ChangeOwnerAsync(string path, string owner)
    {
        using var chown = System.Diagnostics.Process.Start("chown", [owner, path]);
        await chown.WaitForExitAsync();
        Assert.Equal(0, chown.ExitCode);
    }
}
