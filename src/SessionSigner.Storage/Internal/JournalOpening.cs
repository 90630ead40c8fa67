using Microsoft.Data.Sqlite;
using SessionSigner.Audit;
using SessionSigner.Core;
using SessionSigner.Ethereum;

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
        // Before the WAL is copied and emptied: what it still holds is evidence.
        CheckAcknowledged(connection, file);
        RewriteFromWal(connection);
        if (!file.IsInitialised)
        {
            file.MarkInitialised();
        }
        var log = new StoredLogVerification(connection, onVerified).Run();
        file.Acknowledged.Write(new TreeHead(log.Tree.Size, new Hash32(log.Tree.Root())));
        return log;
    }

    /// <summary>What an operator does who means the journal as it is.</summary>
    /// <param name="lockPath">The file that says what was acknowledged.</param>
    public static string HowToAccept(string lockPath) =>
        "Keep all files of the journal for the auditors. "
        + $"If a backup was put there on purpose (deploy/README.md, \"Backup and restore\"), remove {lockPath} while no daemon runs and start: "
        + "what came after it is then forgotten, its request identifiers can be used again, and shared budgets have back what it took.";

    // The roots of batches in the table are held to the entries when the log is verified, so the one at the recorded size is enough. A record is always of the
    // end of a batch.
    private static void CheckAcknowledged(SqliteConnection connection, JournalFile file)
    {
        if (file.Acknowledged.Read(file.LockPath) is not { Size: > 0 } acknowledged)
        {
            return;
        }
        var size = connection.ReadLong("SELECT size FROM head");
        if (size < acknowledged.Size)
        {
            throw new JournalOpenException(
                $"The journal {file.Path} has {size} entries, but {acknowledged.Size} were acknowledged here: the file or its WAL was damaged, lost, or replaced "
                    + $"by an older one, and signatures may have been released that it does not record. {HowToAccept(file.LockPath)}"
            );
        }
        var statement = connection.Prepare(
            "SELECT first_index + count, root FROM batch WHERE first_index < $size ORDER BY first_index DESC LIMIT 1",
            "$size"
        );
        using var reader = statement.Set(0, acknowledged.Size).Read();
        if (!reader.Read() || reader.GetInt64(0) != acknowledged.Size || new Hash32(reader.GetFieldValue<byte[]>(1)) != acknowledged.Root)
        {
            throw new JournalOpenException(
                $"The first {acknowledged.Size} entries of the journal {file.Path} are not those that were acknowledged here. {HowToAccept(file.LockPath)}"
            );
        }
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
