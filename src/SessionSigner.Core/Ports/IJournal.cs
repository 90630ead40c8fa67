using SessionSigner.Audit;
using SessionSigner.Ethereum;

namespace SessionSigner.Core;

/// <summary>State of the log: an RFC 6962 tree over the entries.</summary>
/// <param name="Size">Number of entries.</param>
/// <param name="Root">Root hash.</param>
public readonly record struct TreeHead(long Size, Hash32 Root);

/// <summary>The answer to a request, kept so that a retry gets the same answer without a second debit.</summary>
/// <param name="SessionId">The session, or for OpenSession the opening principal's identity.</param>
/// <param name="RequestId">The client's request identifier; for the end of a session and for a release one that no client can choose.</param>
/// <param name="BodyHash">Hash of the request without its identifier.</param>
/// <param name="Answer">The signature (65 bytes); for OpenSession the session identifier, for the end of a session its reason, in UTF-8.</param>
public sealed record StoredAnswer(string SessionId, string RequestId, Hash32 BodyHash, ReadOnlyMemory<byte> Answer);

/// <summary>What is kept of a session.</summary>
public sealed record SessionRecord
{
    /// <summary>32 lower-case hexadecimal digits.</summary>
    public required string SessionId { get; init; }

    /// <summary>Identity of the owner.</summary>
    public required string Principal { get; init; }

    /// <summary>Name of the policy.</summary>
    public required string Policy { get; init; }

    /// <summary>Digest of the policy.</summary>
    public required Hash32 PolicyDigest { get; init; }

    /// <summary>Label of the primary key.</summary>
    public required string PrimaryKey { get; init; }

    /// <summary>Identifier of the grant.</summary>
    public required Hash32 GrantId { get; init; }

    /// <summary>The account it acts for.</summary>
    public required Address Account { get; init; }

    /// <summary>Address of the session key.</summary>
    public required Address Address { get; init; }

    /// <summary>Public session key, 33 bytes.</summary>
    public required ReadOnlyMemory<byte> PublicKey { get; init; }

    /// <summary>First second in which it may sign.</summary>
    public required long NotBefore { get; init; }

    /// <summary>First second in which it may no longer sign.</summary>
    public required long NotAfter { get; init; }

    /// <summary>Unix time in milliseconds.</summary>
    public required long OpenedAtMs { get; init; }

    /// <summary>The signed grant as JSON in UTF-8; holds the effective scope.</summary>
    public required ReadOnlyMemory<byte> GrantJson { get; init; }

    /// <summary>Whether and why it has ended.</summary>
    public SessionEndReason EndReason { get; init; }

    /// <summary>Who ended it, or empty.</summary>
    public string EndedBy { get; init; } = "";

    /// <summary>Unix time in milliseconds, or 0.</summary>
    public long EndedAtMs { get; init; }

    /// <summary>Signatures released.</summary>
    public long Signatures { get; init; }
}

/// <summary>Why a session ended. The zero value is an open session.</summary>
public enum SessionEndReason
{
    /// <summary>It has not ended.</summary>
    None = 0,

    /// <summary>Its owner closed it.</summary>
    Closed = 1,

    /// <summary>Its window ended.</summary>
    Expired = 2,

    /// <summary>An operator revoked it.</summary>
    Revoked = 3,

    /// <summary>The daemon shut down.</summary>
    Shutdown = 4,

    /// <summary>The daemon had stopped without shutting down.</summary>
    Lost = 5,
}

/// <summary>An amount taken by one session from one budget, its own or a shared one.</summary>
/// <param name="SessionId">The session.</param>
/// <param name="Budget">The budget's rule path.</param>
/// <param name="Amount">What is taken.</param>
public readonly record struct BudgetDelta(string SessionId, string Budget, UInt256 Amount)
{
    /// <summary>What shares the budget, as in the entry's debit; empty if it is the session's own.</summary>
    public string Per { get; init; } = "";

    /// <summary>Kind of window, as in the entry's debit; empty if it lasts for ever.</summary>
    public string Window { get; init; } = "";

    /// <summary>The part of the window that the amount counts in, as in the entry's debit.</summary>
    public long Bucket { get; init; }
}

/// <summary>What identifies a budget that sessions share. Another version of the policy with a budget of the same name goes on with it.</summary>
/// <param name="Per">"principal", "policy" or "primary_key".</param>
/// <param name="Subject">Identity of the principal, name of the policy, or label of the primary key.</param>
/// <param name="Policy">Name of the policy.</param>
/// <param name="Budget">The budget's rule path.</param>
public sealed record SharedBudgetKey(string Per, string Subject, string Policy, string Budget)
{
    /// <summary>Who shares a budget, of what is known of a session.</summary>
    public static string SubjectOf(string per, string principal, string policy, string primaryKey) =>
        per switch
        {
            "principal" => principal,
            "policy" => policy,
            "primary_key" => primaryKey,
            _ => throw new ArgumentOutOfRangeException(nameof(per)),
        };
}

/// <summary>What was taken from a shared budget in one part of a window.</summary>
/// <param name="Window">Kind of window, as in an entry's debit.</param>
/// <param name="Bucket">The part of the window, as in an entry's debit.</param>
/// <param name="LastMs">Time of the latest entry that took from it, Unix time in milliseconds.</param>
/// <param name="Spent">Sum of what was taken.</param>
public readonly record struct SharedBudgetRow(string Window, long Bucket, long LastMs, UInt256 Spent);

/// <summary>The end of one session.</summary>
/// <param name="SessionId">The session.</param>
/// <param name="Reason">Why.</param>
/// <param name="EndedBy">Who, or empty.</param>
/// <param name="EndedAtMs">When.</param>
public sealed record SessionEnd(string SessionId, SessionEndReason Reason, string EndedBy, long EndedAtMs)
{
    /// <summary>
    /// The identifier under which the end of a session is found again. No client can use it: it has a character that request identifiers may not have.
    /// </summary>
    public const string AnswerId = "$end";

    /// <summary>A reason as the detail of the entry says it.</summary>
    public static string WordOf(SessionEndReason reason) => reason.ToString().ToLowerInvariant();
}

/// <summary>A signature whose reservation is given back.</summary>
/// <param name="Index">Index of its entry.</param>
/// <param name="Session">Its session, which says who shares budgets.</param>
public sealed record ReleasedReservation(long Index, SessionRecord Session)
{
    /// <summary>The identifier under which a release is found again; no client can choose it, and there is one for each signature.</summary>
    public static string AnswerIdOf(long index) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"$release {index}");
}

/// <summary>What becomes durable together: one audit entry and the changes it stands for.</summary>
/// <param name="Entry">The audit entry. What opens, signs in, ends or releases in a session has an answer; nothing else has one.</param>
public sealed record JournalWrite(Entry Entry)
{
    /// <summary>The answer to keep.</summary>
    public StoredAnswer? Answer { get; init; }

    /// <summary>A session that opens.</summary>
    public SessionRecord? Opened { get; init; }

    /// <summary>A session that ends.</summary>
    public SessionEnd? Ended { get; init; }

    /// <summary>A reservation that is given back.</summary>
    public ReleasedReservation? Released { get; init; }

    /// <summary>Amounts taken; given back if a reservation is.</summary>
    public IReadOnlyList<BudgetDelta> Debits { get; init; } = [];

    /// <summary>
    /// The policy or roster that the entry proposes, or the first roster: canonical JSON in UTF-8, kept under its Keccak-256, which is the entry's
    /// policy digest. Else empty.
    /// </summary>
    public ReadOnlyMemory<byte> Document { get; init; }
}

/// <summary>An entry as stored.</summary>
/// <param name="Index">Position in the log, from 0.</param>
/// <param name="Bytes">The entry's bytes.</param>
public readonly record struct StoredEntry(long Index, ReadOnlyMemory<byte> Bytes);

/// <summary>An answer found again.</summary>
/// <param name="BodyHash">Hash of the body it answered.</param>
/// <param name="Answer">The answer.</param>
/// <param name="AuditIndex">Index of its entry.</param>
public sealed record FoundAnswer(Hash32 BodyHash, ReadOnlyMemory<byte> Answer, long AuditIndex);

/// <summary>
/// The durable journal: audit log, answers, sessions and budgets. One writer commits in groups; a failed commit stops all writing
/// until the journal has been closed, opened and verified again. Thread safe.
/// </summary>
public interface IJournal
{
    /// <summary>False once a commit has failed.</summary>
    bool IsWritable { get; }

    /// <summary>Queues a write. Writes become durable in the order of these calls; the call itself does not block and does no I/O.</summary>
    /// <returns>Completes with the entry's index once the write is durable; fails with <see cref="ErrorCode.JournalFailed"/> if it may not be.</returns>
    /// <exception cref="SignerException">At once: <see cref="ErrorCode.Overloaded"/> if the queue is full (nothing was queued); <see cref="ErrorCode.JournalFailed"/>.</exception>
    Task<long> Append(JournalWrite write);

    /// <summary>Size and root of what is durable now.</summary>
    TreeHead Head { get; }

    /// <summary>Reads durable entries in order.</summary>
    /// <param name="start">Index of the first.</param>
    /// <param name="countMax">Most entries to read.</param>
    IReadOnlyList<StoredEntry> ReadEntries(long start, int countMax);

    /// <summary>Completes when the log has more than this many entries.</summary>
    Task WaitForGrowthAsync(long size, CancellationToken cancellationToken);

    /// <summary>Finds the answer to a request, durable ones only.</summary>
    FoundAnswer? FindAnswer(string sessionId, string requestId);

    /// <summary>Finds a session, open or ended.</summary>
    SessionRecord? FindSession(string sessionId);

    /// <summary>Finds the session of a grant.</summary>
    SessionRecord? FindSessionByGrant(Hash32 grantId);

    /// <summary>Lists sessions, newest first.</summary>
    /// <param name="principal">Only of this owner, or null.</param>
    /// <param name="includeEnded">Also those that have ended.</param>
    /// <param name="beforeSequence">Only those older than this sequence number, or null.</param>
    /// <param name="countMax">Most sessions to list.</param>
    /// <returns>Each with its sequence number, for paging.</returns>
    IReadOnlyList<(long Sequence, SessionRecord Session)> ListSessions(
        string? principal,
        bool includeEnded,
        long? beforeSequence,
        int countMax
    );

    /// <summary>Number of grants signed per primary key label.</summary>
    IReadOnlyDictionary<string, long> CountGrants();

    /// <summary>Total taken from each of a session's own budgets, in all parts of their windows.</summary>
    IReadOnlyDictionary<string, UInt256> ReadBudgets(string sessionId);

    /// <summary>The policy entries (kinds 10 to 13) that the log had when the journal was opened, in their order.</summary>
    IReadOnlyList<StoredEntry> PolicyHistory { get; }

    /// <summary>Finds a proposed document by its digest, durable only.</summary>
    ReadOnlyMemory<byte>? FindDocument(Hash32 digest);

    /// <summary>What was taken from a shared budget, durable only.</summary>
    /// <param name="key">The budget.</param>
    /// <param name="sinceMs">Only what was taken in, or is of a part of a window that begins in, this millisecond of Unix time or later.</param>
    IReadOnlyList<SharedBudgetRow> ReadSharedBudget(SharedBudgetKey key, long sinceMs);
}
