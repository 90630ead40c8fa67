using Microsoft.Data.Sqlite;

namespace SessionSigner.Storage.Tests;

/// <summary>A directory of mode 0700 for one journal, removed at the end.</summary>
public sealed class JournalDirectory : IDisposable
{
    public string Root { get; } = Directory.CreateTempSubdirectory("journal-").FullName;

    public string Path => System.IO.Path.Combine(Root, "journal.db");

    public SqliteJournal Open() => SqliteJournal.Open(new SqliteJournalOptions { Path = Path }, TimeProvider.System);

    /// <summary>Keeps the journal's writer waiting, for some seconds at most, until disposed.</summary>
    public IDisposable HoldWriteLock()
    {
        var connection = new SqliteConnection($"Data Source={Path};Pooling=false");
        connection.Open();
        using var begin = connection.CreateCommand();
        begin.CommandText = "BEGIN IMMEDIATE";
        begin.ExecuteNonQuery();
        return connection;
    }

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
