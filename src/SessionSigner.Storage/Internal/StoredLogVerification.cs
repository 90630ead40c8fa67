using Microsoft.Data.Sqlite;
using SessionSigner.Audit;
using SessionSigner.Core;
using SessionSigner.Ethereum;

namespace SessionSigner.Storage;

/// <summary>
/// Recomputes everything from the stored entries when the journal is opened: the root after every batch, the head, the sessions and what each
/// has signed and spent, the answers. What differs is refused: the log is the truth and the tables beside it must follow from it.
/// </summary>
internal sealed class StoredLogVerification(SqliteConnection connection, Action<long, long>? onVerified)
{
    private const int ProgressEntries = 65_536;

    private readonly MerkleTree _tree = new();
    private readonly Dictionary<string, DerivedSession> _sessions = [];
    private readonly DerivedBudgets _budgets = new();
    private readonly DerivedAnswers _answers = new();
    private readonly ReleasedEntries _released = new();
    private readonly PolicyLog _policies = new();
    private readonly List<StoredEntry> _policyHistory = [];
    private readonly HashSet<Hash32> _documents = [];
    private readonly SignedReservations _reservations = new();
    private long _nextProgress = ProgressEntries;

    /// <summary>Verifies the journal.</summary>
    /// <returns>What to go on with.</returns>
    /// <exception cref="JournalOpenException">Something differs; the message says where.</exception>
    public OpenedLog Run()
    {
        CheckFile();
        var size = connection.ReadLong("SELECT size FROM head");
        VerifyEntries(size);
        VerifyHead(size);
        StoredSessions.Verify(connection, _sessions);
        _budgets.Verify(connection, _sessions);
        VerifyDocuments();
        var answers = _answers.Verify(connection);
        onVerified?.Invoke(size, size);
        return new OpenedLog(_tree, answers, _released, _policies, _policyHistory);
    }

    // The quick check does not look into indexes; only these two tables have any, and they are small beside the log.
    private void CheckFile()
    {
        foreach (var pragma in (string[])["quick_check(1)", "integrity_check('session')", "integrity_check('session_state')"])
        {
            var check = connection.ReadText($"PRAGMA {pragma}");
            if (check != "ok")
            {
                throw new JournalOpenException($"The journal's file is damaged: {check}");
            }
        }
    }

    private void VerifyEntries(long size)
    {
        var statement = connection.Prepare("SELECT first_index, count, entries, root FROM batch ORDER BY first_index");
        using var reader = statement.Read();
        var root = new byte[MerkleTree.HashSize];
        while (reader.Read())
        {
            var first = reader.GetInt64(0);
            if (first != _tree.Size)
            {
                throw new JournalOpenException($"The log has a gap: entry {_tree.Size} is missing, the next batch begins with {first}.");
            }
            VerifyBatch(first, reader.GetInt64(1), reader.GetFieldValue<byte[]>(2));
            _tree.WriteRoot(root);
            if (!root.AsSpan().SequenceEqual(reader.GetFieldValue<byte[]>(3)))
            {
                throw new JournalOpenException(
                    $"The log was changed: entries {first} to {_tree.Size - 1} do not give the root stored with them."
                );
            }
            if (_tree.Size >= _nextProgress)
            {
                _nextProgress = _tree.Size + ProgressEntries;
                onVerified?.Invoke(_tree.Size, size);
            }
        }
    }

    private void VerifyBatch(long first, long count, ReadOnlyMemory<byte> bundle)
    {
        for (var index = first; index < first + count; index++)
        {
            if (!EntryBundle.TryTake(ref bundle, out var bytes))
            {
                throw new JournalOpenException($"The log was changed: entry {index} is incomplete.");
            }
            if (!EntryCodec.TryDecode(bytes.Span, out var entry, out var fault))
            {
                throw new JournalOpenException($"The log was changed: entry {index} cannot be decoded. {fault}");
            }
            _tree.Append(bytes.Span);
            Derive(index, entry!);
            _answers.Add(entry!);
            DerivePolicy(index, entry!, bytes);
        }
        if (!bundle.IsEmpty)
        {
            throw new JournalOpenException($"The log was changed: there are bytes behind entry {first + count - 1}.");
        }
    }

    private void Derive(long index, Entry entry)
    {
        if (_reservations.Add(index, entry) is { } fault)
        {
            throw new JournalOpenException($"Entry {index} cannot stand in the log. {fault}");
        }
        switch (entry.Kind)
        {
            case EntryKind.SessionOpened:
                if (!_sessions.TryAdd(entry.SessionId, new DerivedSession(_sessions.Count + 1, entry)))
                {
                    throw new JournalOpenException($"Entry {index} opens session {entry.SessionId} a second time.");
                }
                break;
            case EntryKind.Signed:
                var signing = FindOpen(index, entry);
                signing.CountSignature();
                _budgets.Add(index, entry, signing);
                break;
            case EntryKind.ReservationReleased:
                // The signature it names is of this session, so the session is there.
                _budgets.Subtract(index, entry, _sessions[entry.SessionId]);
                _released.Add(entry.ReleasedIndex);
                break;
            case EntryKind.SessionEnded:
                FindOpen(index, entry).End(entry);
                break;
            default:
                break;
        }
    }

    private void DerivePolicy(long index, Entry entry, ReadOnlyMemory<byte> bytes)
    {
        if (_policies.FindFault(entry) is { } fault)
        {
            throw new JournalOpenException($"Entry {index} does not follow from those before it. {fault}");
        }
        _policies.Apply(entry);
        if (entry.Kind is >= EntryKind.PolicyProposed and <= EntryKind.PolicyRetired)
        {
            _policyHistory.Add(new StoredEntry(index, bytes.ToArray()));
        }
        if (WriteRules.BringsDocument(entry))
        {
            _documents.Add(new Hash32(entry.PolicyDigest.Span));
        }
    }

    private DerivedSession FindOpen(long index, Entry entry) =>
        _sessions.TryGetValue(entry.SessionId, out var session) && !session.HasEnded
            ? session
            : throw new JournalOpenException($"Entry {index} is of session {entry.SessionId}, which is not open at that point of the log.");

    private void VerifyHead(long size)
    {
        var statement = connection.Prepare("SELECT root, frontier FROM head");
        using var reader = statement.Read();
        if (
            !reader.Read()
            || size != _tree.Size
            || !_tree.Root().AsSpan().SequenceEqual(reader.GetFieldValue<byte[]>(0))
            || !_tree.Frontier.SequenceEqual(reader.GetFieldValue<byte[]>(1))
        )
        {
            throw new JournalOpenException($"The stored head says {size} entries, the log has {_tree.Size}, or their roots differ.");
        }
    }

    private void VerifyDocuments()
    {
        var statement = connection.Prepare("SELECT digest, document FROM policy_document");
        using var reader = statement.Read();
        var count = 0;
        while (reader.Read())
        {
            count++;
            var digest = new Hash32(reader.GetFieldValue<byte[]>(0));
            if (!_documents.Contains(digest) || Keccak256.Hash(reader.GetFieldValue<byte[]>(1)) != digest)
            {
                throw new JournalOpenException($"The stored policy document {digest} is not one that the log proposes.");
            }
        }
        if (count != _documents.Count)
        {
            throw new JournalOpenException($"The log proposes {_documents.Count} policy documents, {count} are stored.");
        }
    }
}
