namespace SessionSigner.Audit;

#pragma warning disable CA1027 // The numbers are a wire format with gaps; they are not combined.
/// <summary>What an entry records. The numbers are the wire format; see proto/spec/audit-log.md.</summary>
public enum EntryKind
{
    /// <summary>Not stated; never written, refused when read.</summary>
    Unspecified = 0,

    /// <summary>The daemon started; Detail names its version and configuration digest.</summary>
    DaemonStarted = 1,

    /// <summary>The daemon shut down in order.</summary>
    DaemonStopped = 2,

    /// <summary>A policy came into force.</summary>
    PolicyLoaded = 3,

    /// <summary>A session was opened; Grant holds the signed grant.</summary>
    SessionOpened = 4,

    /// <summary>Opening a session was refused.</summary>
    OpenRefused = 5,

    /// <summary>A payload was signed.</summary>
    Signed = 6,

    /// <summary>Signing a payload was refused.</summary>
    SignRefused = 7,

    /// <summary>A session ended; Detail is the reason.</summary>
    SessionEnded = 8,

    /// <summary>An operator ordered a revocation; Detail is the selector and the stated reason.</summary>
    RevocationOrdered = 9,

    /// <summary>A policy or an approver roster was proposed.</summary>
    PolicyProposed = 10,

    /// <summary>An approver approved a proposed version; Approval holds the signature.</summary>
    PolicyApproved = 11,

    /// <summary>A version came into force and superseded the one before, whose sessions end.</summary>
    PolicyActivated = 12,

    /// <summary>A version was withdrawn for good, and its sessions end; Detail is the stated reason.</summary>
    PolicyRetired = 13,

    /// <summary>What an earlier signature had taken was given back; ReleasedIndex names its entry, Detail says what became of it: "executed" or "void".</summary>
    ReservationReleased = 14,
}
#pragma warning restore CA1027

/// <summary>One amount taken from a budget by a signature.</summary>
/// <param name="Budget">The budget's rule path, for example "ceiling.budgets[usdc]". At most 128 characters.</param>
/// <param name="Amount">Decimal number in the budget's unit.</param>
/// <param name="SpentAfter">
/// Decimal number: the sum of this and all earlier debits of the log with the same counter: the same budget, per, window and bucket, and the same
/// session, or for a shared budget the same policy and principal, policy or primary key; less what releases gave back. In a release: the sum after the
/// amount was given back; empty if it was not, because it no longer counts or the order was executed.
/// </param>
public sealed record BudgetDebit(string Budget, string Amount, string SpentAfter)
{
    /// <summary>What shares the budget: "principal", "policy" or "primary_key"; empty if it is the session's own.</summary>
    public string Per { get; init; } = "";

    /// <summary>Kind of window: "calendar_day" or "rolling"; empty if it lasts for ever.</summary>
    public string Window { get; init; } = "";

    /// <summary>Unix time in seconds: first second of the calendar day; end of the granule of a rolling window; else 0.</summary>
    public long Bucket { get; init; }
}

/// <summary>
/// One entry of the audit log: who, in which session, what was decided under which rule, the digest of what was signed, when.
/// Never a secret, never the payload. Its encoding is protobuf with every field present at most once, in field order, defaults left out.
/// SPEC: proto/spec/audit-log.md
/// </summary>
public sealed record Entry
{
    /// <summary>What happened.</summary>
    public required EntryKind Kind { get; init; }

    /// <summary>When, Unix time in milliseconds, by the daemon's clock.</summary>
    public required long TimeMs { get; init; }

    /// <summary>Identity of the principal that asked, or empty if the daemon acted by itself. At most 256 characters.</summary>
    public string Principal { get; init; } = "";

    /// <summary>The session: 32 lower-case hexadecimal digits, or empty.</summary>
    public string SessionId { get; init; } = "";

    /// <summary>The client's request identifier, at most 64 characters, or empty.</summary>
    public string RequestId { get; init; } = "";

    /// <summary>Name of the policy, or empty.</summary>
    public string Policy { get; init; } = "";

    /// <summary>Digest of the policy: 32 bytes, or empty.</summary>
    public ReadOnlyMemory<byte> PolicyDigest { get; init; }

    /// <summary>Label of the primary key, or empty.</summary>
    public string PrimaryKey { get; init; } = "";

    /// <summary>Kind of payload: "transaction", "typed_data", "message", "digest" or "user_operation", or empty.</summary>
    public string PayloadKind { get; init; } = "";

    /// <summary>Digest that was or would have been signed: 32 bytes, or empty if the payload could not be decoded.</summary>
    public ReadOnlyMemory<byte> PayloadDigest { get; init; }

    /// <summary>SHA-256 of the released signature's r and s (64 bytes): 32 bytes, or empty.</summary>
    public ReadOnlyMemory<byte> SignatureHash { get; init; }

    /// <summary>Path of the permission that allowed or the rule that refused, or empty. At most 256 characters.</summary>
    public string Rule { get; init; } = "";

    /// <summary>Reason of a refusal: the name of the enum value, or empty.</summary>
    public string Reason { get; init; } = "";

    /// <summary>What the request had, for a refusal. At most 256 characters.</summary>
    public string Observed { get; init; } = "";

    /// <summary>What the rule allows, for a refusal. At most 256 characters.</summary>
    public string Limit { get; init; } = "";

    /// <summary>Amounts taken from budgets.</summary>
    public IReadOnlyList<BudgetDebit> Debits { get; init; } = [];

    /// <summary>The signed grant as JSON in UTF-8, for <see cref="EntryKind.SessionOpened"/>; else empty.</summary>
    public ReadOnlyMemory<byte> Grant { get; init; }

    /// <summary>Index of the entry of the signature whose reservation is given back, for <see cref="EntryKind.ReservationReleased"/>; else 0.</summary>
    public long ReleasedIndex { get; init; }

    /// <summary>Free text for people, without control characters. At most 512 characters.</summary>
    public string Detail { get; init; } = "";

    /// <summary>Kind of document that a policy entry is about: "policy" or "roster"; else empty. Its digest is <see cref="PolicyDigest"/>.</summary>
    public string DocumentKind { get; init; } = "";

    /// <summary>Digest of the approver roster in force, for a policy entry: 32 bytes; else empty.</summary>
    public ReadOnlyMemory<byte> RosterDigest { get; init; }

    /// <summary>Fingerprint of the key that approved, as OpenSSH prints it, for <see cref="EntryKind.PolicyApproved"/>; else empty.</summary>
    public string ApproverKey { get; init; } = "";

    /// <summary>The armored OpenSSH signature, for <see cref="EntryKind.PolicyApproved"/>; else empty. At most 4,096 bytes.</summary>
    public ReadOnlyMemory<byte> Approval { get; init; }
}
