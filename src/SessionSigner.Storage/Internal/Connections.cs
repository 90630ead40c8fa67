using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace SessionSigner.Storage;

/// <summary>Opens the one connection that writes and checkpoints, and those that only read. Reads back every setting durability rests on.</summary>
internal static class Connections
{
    // Before 3.51.3 a WAL that two connections write or checkpoint at the same moment can be corrupted (sqlite.org/wal.html, "the WAL-reset bug").
    private const int SqliteVersionMin = 3_051_003;

    private const int DbConfigNoCheckpointOnClose = 1006;

    // What is set, and what must be read back. Checkpoints are run by the writer itself, never automatically, because an automatic
    // checkpoint hides its I/O errors.
    private static readonly (string Name, string Set, string Expected)[] WriterSettings =
    [
        ("journal_mode", "WAL", "wal"),
        ("synchronous", "FULL", "2"),
        ("foreign_keys", "ON", "1"),
        ("wal_autocheckpoint", "0", "0"),
        ("mmap_size", "0", "0"),
        ("trusted_schema", "OFF", "0"),
        ("cell_size_check", "ON", "1"),
        ("temp_store", "MEMORY", "2"),
        ("cache_size", "-16384", "-16384"),
        ("journal_size_limit", "67108864", "67108864"),
    ];

    private static readonly (string Name, string Set, string Expected)[] ReaderSettings =
    [
        ("query_only", "ON", "1"),
        ("wal_autocheckpoint", "0", "0"),
        ("mmap_size", "0", "0"),
        ("trusted_schema", "OFF", "0"),
        ("cell_size_check", "ON", "1"),
    ];

    public static void CheckLibrary()
    {
        Batteries_V2.Init();
        var version = raw.sqlite3_libversion_number();
        if (version < SqliteVersionMin)
        {
            throw new JournalOpenException(
                $"SQLite {version} was loaded; at least {SqliteVersionMin} is needed (older ones can corrupt a journal)."
            );
        }
    }

    public static SqliteConnection OpenWriter(string path)
    {
        var connection = Open(path, SqliteOpenMode.ReadWrite);
        try
        {
            Apply(connection, WriterSettings);
            VerifyWriter(connection);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    public static SqliteConnection OpenReader(string path)
    {
        var connection = Open(path, SqliteOpenMode.ReadOnly);
        try
        {
            Apply(connection, ReaderSettings);
            Verify(connection, ReaderSettings);
            DisableCheckpointOnClose(connection);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Reads back what durability rests on.</summary>
    /// <exception cref="JournalOpenException">A setting did not take.</exception>
    public static void VerifyWriter(SqliteConnection connection) => Verify(connection, WriterSettings);

    /// <summary>Closing the connection then writes nothing.</summary>
    public static void DisableCheckpointOnClose(SqliteConnection connection) =>
        raw.sqlite3_db_config(connection.Handle, DbConfigNoCheckpointOnClose, 1, out _);

    private static SqliteConnection Open(string path, SqliteOpenMode mode)
    {
        var settings = new SqliteConnectionStringBuilder
        {
            DataSource = path,
            Mode = mode,
            Pooling = false,
            DefaultTimeout = 5,
        };
        var connection = new SqliteConnection(settings.ToString());
        connection.Open();
        return connection;
    }

    private static void Apply(SqliteConnection connection, (string Name, string Set, string Expected)[] settings)
    {
        foreach (var (name, set, _) in settings)
        {
            connection.Run($"PRAGMA {name} = {set}");
        }
    }

    private static void Verify(SqliteConnection connection, (string Name, string Set, string Expected)[] settings)
    {
        foreach (var (name, _, expected) in settings)
        {
            var actual = connection.ReadText($"PRAGMA {name}");
            if (actual != expected)
            {
                throw new JournalOpenException(
                    $"SQLite's {name} is \"{actual}\" and must be \"{expected}\"; the journal would not be durable or safe."
                );
            }
        }
    }
}
