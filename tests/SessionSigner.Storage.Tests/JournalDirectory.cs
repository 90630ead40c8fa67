namespace SessionSigner.Storage.Tests;

/// <summary>A directory of mode 0700 for one journal, removed at the end.</summary>
public sealed class JournalDirectory : IDisposable
{
    public string Root { get; } = Directory.CreateTempSubdirectory("journal-").FullName;

    public string Path => System.IO.Path.Combine(Root, "journal.db");

    public SqliteJournal Open() => SqliteJournal.Open(new SqliteJournalOptions { Path = Path }, TimeProvider.System);

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
