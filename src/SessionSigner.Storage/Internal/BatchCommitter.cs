using System.Buffers.Binary;
using Microsoft.Data.Sqlite;
using SessionSigner.Audit;
using SessionSigner.Core;
using SessionSigner.Ethereum;
using SQLitePCL;

namespace SessionSigner.Storage;

/// <summary>Makes a batch durable in one transaction: entries, head, sessions, budgets, answers. Any exception leaves it unusable. Writer thread only.</summary>
internal sealed class BatchCommitter
{
    private const int CheckpointPages = 4096;
    private const int DbStatusCacheWrite = 9;

    private readonly SqliteConnection _connection;
    private readonly MerkleTree _tree;
    private readonly SessionLedger _ledger;
    private readonly PolicyLog _policies;
    private readonly ReleasedEntries _released;
    private readonly Statement _begin;
    private readonly Statement _commit;
    private readonly Statement _rollback;
    private readonly Statement _checkpoint;
    private readonly Statement _insertAnswer;
    private readonly Statement _insertDocument;
    private readonly Statement _insertBatch;
    private readonly Statement _updateHead;
    private readonly byte[] _root = new byte[MerkleTree.HashSize];
    private readonly byte[] _bodyHash = new byte[Hash32.Size];
    private readonly byte[] _frontier = new byte[63 * MerkleTree.HashSize];
    private byte[] _entries = new byte[64 * 1024];
    private int _entriesSize;
    private long _answers;
    private int _pagesWritten;

    public BatchCommitter(SqliteConnection connection, OpenedLog log)
    {
        _connection = connection;
        _tree = log.Tree;
        _answers = log.Answers;
        _policies = log.Policies;
        _released = log.Released;
        _ledger = new SessionLedger(connection);
        _begin = connection.Prepare("BEGIN IMMEDIATE");
        _commit = connection.Prepare("COMMIT");
        _rollback = connection.Prepare("ROLLBACK");
        _checkpoint = connection.Prepare("PRAGMA wal_checkpoint(PASSIVE)");
        _insertAnswer = connection.Prepare(
            "INSERT INTO answer VALUES ($session, $request, $body, $answer, $index) ON CONFLICT DO NOTHING",
            "$session",
            "$request",
            "$body",
            "$answer",
            "$index"
        );
        _insertDocument = connection.Prepare("INSERT INTO policy_document VALUES ($digest, $document)", "$digest", "$document");
        _insertBatch = connection.Prepare(
            "INSERT INTO batch VALUES ($first, $count, $entries, $root)",
            "$first",
            "$count",
            "$entries",
            "$root"
        );
        _updateHead = connection.Prepare(
            "UPDATE head SET size = $size, root = $root, frontier = $frontier, answers = $answers",
            "$size",
            "$root",
            "$frontier",
            "$answers"
        );
    }

    /// <summary>Commits the batch; each write then has its index or its rejection. Rejected writes leave no trace.</summary>
    /// <returns>The head that is now durable.</returns>
    public TreeHead Commit(List<PendingWrite> batch)
    {
        var first = _tree.Size;
        _entriesSize = 0;
        _begin.Run();
        foreach (var pending in batch)
        {
            pending.Rejection = Admit(pending.Write);
            if (pending.Rejection is null)
            {
                pending.Index = _tree.Size;
                _ledger.Apply(pending.Write);
                ApplyPolicy(pending.Write);
                ApplyRelease(pending.Write);
                AddEntry(pending.Entry);
                _tree.AppendLeafHash(pending.Leaf);
            }
        }
        var count = _tree.Size - first;
        _tree.WriteRoot(_root);
        if (count == 0)
        {
            _rollback.Run();
            return new TreeHead(_tree.Size, new Hash32(_root));
        }
        _ledger.Flush();
        _insertBatch.Set(0, first).Set(1, count).SetPrefix(2, _entries, _entriesSize).Set(3, _root).Run();
        _tree.Frontier.CopyTo(_frontier);
        var changed = _updateHead.Set(0, _tree.Size).Set(1, _root).SetPrefix(2, _frontier, _tree.Frontier.Length).Set(3, _answers).Run();
        if (changed != 1)
        {
            throw new InvalidOperationException("The head's row is gone.");
        }
        _commit.Run();
        return new TreeHead(_tree.Size, new Hash32(_root));
    }

    /// <summary>Copies the WAL into the database once it has grown enough. An I/O error here is as fatal as one in a commit.</summary>
    public void CheckpointIfDue()
    {
        raw.sqlite3_db_status(_connection.Handle, DbStatusCacheWrite, out var pages, out _, 1);
        _pagesWritten += pages;
        if (_pagesWritten >= CheckpointPages)
        {
            _pagesWritten = 0;
            using var reader = _checkpoint.Read();
            reader.Read();
        }
    }

    private void ApplyPolicy(JournalWrite write)
    {
        _policies.Apply(write.Entry);
        if (write.Document.Length > 0)
        {
            _insertDocument.Set(0, write.Entry.PolicyDigest.ToArray()).Set(1, write.Document.ToArray()).Run();
        }
    }

    private void ApplyRelease(JournalWrite write)
    {
        if (write.Released is { } released)
        {
            _released.Add(released.Index);
        }
    }

    // Says why not, or null; an admitted write's answer is then stored. The answer comes last because its insertion is its own test.
    private SignerException? Admit(JournalWrite write)
    {
        if (_ledger.FindRejection(write) is { } rejection)
        {
            return rejection;
        }
        if (_policies.FindFault(write.Entry) is not null)
        {
            return JournalErrors.PolicyOrder();
        }
        if (write.Released is { } released && FindRejection(released) is { } notReleased)
        {
            return notReleased;
        }
        if (write.Answer is not { } answer)
        {
            return null;
        }
        answer.BodyHash.CopyTo(_bodyHash);
        var inserted = _insertAnswer
            .Set(0, answer.SessionId)
            .Set(1, answer.RequestId)
            .Set(2, _bodyHash)
            .Set(3, answer.Answer.ToArray())
            .Set(4, _tree.Size)
            .Run();
        if (inserted != 1)
        {
            return JournalErrors.RequestIdReused();
        }
        _answers++;
        return null;
    }

    // That there was no release before is also what the table of answers says, unless somebody else has written to it.
    private SignerException? FindRejection(ReleasedReservation released) =>
        released.Index >= _tree.Size ? JournalErrors.NotSigned()
        : _released.Contains(released.Index) ? JournalErrors.RequestIdReused()
        : null;

    private void AddEntry(byte[] entry)
    {
        if (_entries.Length - _entriesSize < entry.Length + sizeof(ushort))
        {
            Array.Resize(ref _entries, Math.Max(_entries.Length * 2, _entriesSize + entry.Length + sizeof(ushort)));
        }
        BinaryPrimitives.WriteUInt16BigEndian(_entries.AsSpan(_entriesSize), checked((ushort)entry.Length));
        entry.CopyTo(_entries.AsSpan(_entriesSize + sizeof(ushort)));
        _entriesSize += sizeof(ushort) + entry.Length;
    }
}
