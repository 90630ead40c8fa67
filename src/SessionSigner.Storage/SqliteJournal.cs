using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using SessionSigner.Audit;
using SessionSigner.Core;
using SessionSigner.Ethereum;

namespace SessionSigner.Storage;

/// <summary>
/// The journal in one SQLite file. A dedicated thread commits what waits in the queue in one transaction with synchronous=FULL, then releases the
/// waiters. After a failed commit or checkpoint nothing more is written: SQLite itself would go on, but after a failed fsync the kernel no longer
/// knows what is on the disk. Only disposing and opening again heals: opening copies the WAL anew and verifies the whole log. Thread safe.
/// </summary>
public sealed class SqliteJournal : IJournal, IAsyncDisposable
{
    private readonly JournalFile _file;
    private readonly ReaderPool _readers;
    private readonly WriterThread _writer;

    private SqliteJournal(JournalFile file, ReaderPool readers, WriterThread writer, IReadOnlyList<StoredEntry> policyHistory)
    {
        _file = file;
        _readers = readers;
        _writer = writer;
        PolicyHistory = policyHistory;
    }

    /// <inheritdoc/>
    public bool IsWritable => _writer.IsWritable;

    /// <inheritdoc/>
    public TreeHead Head => _writer.Head;

    /// <summary>
    /// Opens the journal, or creates it. Takes sole ownership of the file, checks its place and SQLite's settings, and verifies everything that is
    /// stored; that takes some seconds per million entries.
    /// </summary>
    /// <exception cref="JournalOpenException">The place is unsafe, another process owns the journal, or what is stored does not verify.</exception>
    public static SqliteJournal Open(SqliteJournalOptions options, TimeProvider time, ILogger? logger = null)
    {
        Connections.CheckLibrary();
        var file = TakeFile(options.Path);
        SqliteConnection? connection = null;
        try
        {
            connection = Connections.OpenWriter(file.Path);
            var started = time.GetTimestamp();
            var log = JournalOpening.Run(connection, file, options.OnVerified);
            if (logger is not null)
            {
                JournalLog.Opened(logger, file.Path, log.Tree.Size, (long)time.GetElapsedTime(started).TotalMilliseconds);
            }
            var writer = WriterThread.Start(connection, file.Acknowledged, log, logger);
            return new SqliteJournal(file, new ReaderPool(file.Path), writer, log.PolicyHistory);
        }
        catch (Exception e) when (e is SqliteException or InvalidCastException or ArgumentException or IOException)
        {
            GiveUp(connection, file);
            throw new JournalOpenException($"The journal {file.Path} cannot be read: {e.Message}", e);
        }
        catch
        {
            GiveUp(connection, file);
            throw;
        }
    }

    /// <inheritdoc/>
    /// <remarks>
    /// Besides the errors of the port: the task fails with <see cref="ErrorCode.RequestIdReused"/>, <see cref="ErrorCode.SessionNotFound"/> or
    /// <see cref="ErrorCode.SessionEnded"/> if at the write's turn the request has an answer, or the session that signs or ends is unknown or over, and with
    /// <see cref="ErrorCode.InvalidRequest"/> if the policy is not in a state that allows the entry; nothing is stored then.
    /// </remarks>
    /// <exception cref="ArgumentException">At once: the entry breaks its format or does not record what the write changes.</exception>
    public Task<long> Append(JournalWrite write)
    {
        WriteRules.Check(write);
        var entry = EntryCodec.Encode(write.Entry);
        var leaf = new byte[MerkleTree.HashSize];
        MerkleTree.HashLeaf(entry, leaf);
        var pending = new PendingWrite(write, entry, leaf);
        _writer.Add(pending);
        return pending.Task;
    }

    /// <inheritdoc/>
    /// <remarks>Stops after 1 MiB of entries, but always has at least one if there is one.</remarks>
    public IReadOnlyList<StoredEntry> ReadEntries(long start, int countMax)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfNegative(countMax);
        var size = Head.Size;
        return start >= size || countMax == 0 ? [] : _readers.Read(reader => reader.ReadEntries(start, countMax, size));
    }

    /// <inheritdoc/>
    public Task WaitForGrowthAsync(long size, CancellationToken cancellationToken) => _writer.WaitForGrowthAsync(size, cancellationToken);

    /// <inheritdoc/>
    /// <exception cref="SignerException"><see cref="ErrorCode.JournalFailed"/> if the stored answer is not the one its audit entry records.</exception>
    public FoundAnswer? FindAnswer(string sessionId, string requestId) =>
        _readers.Read(reader =>
        {
            var found = reader.FindAnswer(sessionId, requestId);
            if (found is not null && !IsRecorded(reader, sessionId, requestId, found))
            {
                throw JournalErrors.Failed();
            }
            return found;
        });

    /// <inheritdoc/>
    public SessionRecord? FindSession(string sessionId) => _readers.Read(reader => reader.FindSession(sessionId));

    /// <inheritdoc/>
    public SessionRecord? FindSessionByGrant(Hash32 grantId) => _readers.Read(reader => reader.FindSessionByGrant(grantId));

    /// <inheritdoc/>
    public IReadOnlyList<(long Sequence, SessionRecord Session)> ListSessions(
        string? principal,
        bool includeEnded,
        long? beforeSequence,
        int countMax
    )
    {
        ArgumentOutOfRangeException.ThrowIfNegative(countMax);
        return _readers.Read(reader => reader.ListSessions(principal, includeEnded, beforeSequence ?? long.MaxValue, countMax));
    }

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, long> CountGrants() => _readers.Read(reader => reader.CountGrants());

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, UInt256> ReadBudgets(string sessionId) => _readers.Read(reader => reader.ReadBudgets(sessionId));

    /// <inheritdoc/>
    public IReadOnlyList<StoredEntry> PolicyHistory { get; }

    /// <inheritdoc/>
    /// <exception cref="SignerException"><see cref="ErrorCode.JournalFailed"/> if what is stored has another digest.</exception>
    public ReadOnlyMemory<byte>? FindDocument(Hash32 digest)
    {
        if (_readers.Read(reader => reader.FindDocument(digest)) is not { } found)
        {
            return null;
        }
        return Keccak256.Hash(found) == digest ? found : throw JournalErrors.Failed();
    }

    /// <inheritdoc/>
    public IReadOnlyList<SharedBudgetRow> ReadSharedBudget(SharedBudgetKey key, long sinceMs) =>
        _readers.Read(reader => reader.ReadSharedBudget(key, sinceMs));

    /// <summary>Takes no more writes, commits those that wait, and gives the file up.</summary>
    public async ValueTask DisposeAsync()
    {
        await _writer.StopAsync();
        _readers.Dispose();
        _writer.CloseConnection();
        _file.Dispose();
    }

    // Nothing is written any more: what is wrong stays as it was found, the WAL too.
    private static void GiveUp(SqliteConnection? connection, JournalFile file)
    {
        if (connection is not null)
        {
            Connections.DisableCheckpointOnClose(connection);
            connection.Dispose();
        }
        file.Dispose();
    }

    private static JournalFile TakeFile(string path)
    {
        try
        {
            return JournalFile.Take(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new JournalOpenException($"The journal {path} cannot be reached: {e.Message}", e) { IsPlaceUnsafe = true };
        }
    }

    private static bool IsRecorded(JournalReader reader, string sessionId, string requestId, FoundAnswer found)
    {
        var entries = reader.ReadEntries(found.AuditIndex, 1, long.MaxValue);
        return entries.Count == 1
            && entries[0].Index == found.AuditIndex
            && EntryCodec.TryDecode(entries[0].Bytes.Span, out var entry, out _)
            && AnswerRules.Matches(entry!, sessionId, requestId, found.Answer.Span);
    }
}
