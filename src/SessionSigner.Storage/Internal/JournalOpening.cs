using Microsoft.Data.Sqlite;
using SessionSigner.Audit;

namespace SessionSigner.Storage;

/// <summary>What happens between opening the database and the first write.</summary>
internal static class JournalOpening
{
    /// <summary>Creates an empty journal or verifies the stored one.</summary>
    public static OpenedLog Run(SqliteConnection connection, JournalFile file, Action<long, long>? onVerified)
    {
        if (connection.ReadLong("SELECT count(*) FROM sqlite_schema") == 0)
        {
            if (file.IsInitialised)
            {
                throw new JournalOpenException($"The journal {file.Path} is empty although one was kept here. Restore it.");
            }
            Schema.Create(connection, new MerkleTree().Root());
        }
        Schema.Verify(connection);
        RewriteFromWal(connection);
        if (!file.IsInitialised)
        {
            file.MarkInitialised();
        }
        return new StoredLogVerification(connection, onVerified).Run();
    }

    // If an earlier process saw a failed fsync, parts of the WAL may exist only in the page cache, where a read finds them and a power cut does
    // not leave them. Copying the whole WAL into the database and syncing that makes them durable before anything is built on them.
    private static void RewriteFromWal(SqliteConnection connection)
    {
        if (connection.ReadLong("PRAGMA wal_checkpoint(TRUNCATE)") != 0)
        {
            throw new JournalOpenException("Another process reads the journal, so that its WAL cannot be emptied. Stop it first.");
        }
    }
}
