namespace SessionSigner.Core;

/// <summary>Everything that can go wrong, grouped by who is at fault. Mapped to gRPC status in one place, in the server.</summary>
public enum ErrorCode
{
    /// <summary>Not stated; a defect of the daemon.</summary>
    Unspecified = 0,

    // The caller is at fault.

    /// <summary>A field of the request breaks a rule; Field and message name it.</summary>
    InvalidRequest = 100,

    /// <summary>The caller has no role that allows this call.</summary>
    RoleMissing = 101,

    /// <summary>No such session, or not the caller's.</summary>
    SessionNotFound = 102,

    /// <summary>No such policy, primary key or grant, or not the caller's.</summary>
    NotFound = 103,

    /// <summary>The request identifier was used with another body.</summary>
    RequestIdReused = 104,

    /// <summary>The session has ended.</summary>
    SessionEnded = 105,

    /// <summary>The policy's version is not in a state that allows the call: approvals or time are missing, or it is over.</summary>
    PolicyState = 106,

    /// <summary>The reservation cannot be given back: it is a transaction that another one may replace or has replaced, or whose session has ended.</summary>
    NotReleasable = 107,

    // The scope or the policy refuses.

    /// <summary>Outside the scope; the denial says why.</summary>
    Denied = 200,

    // The daemon is at its limits.

    /// <summary>Too much is under way; try again.</summary>
    Overloaded = 300,

    /// <summary>The vault holds as many keys as it can.</summary>
    VaultFull = 301,

    /// <summary>The deadline passed or the caller cancelled before anything was decided.</summary>
    Cancelled = 302,

    // Something the daemon depends on is at fault.

    /// <summary>The token does not answer.</summary>
    TokenUnavailable = 400,

    /// <summary>The token answered with something that does not verify.</summary>
    TokenMisbehaved = 401,

    /// <summary>The journal cannot be written; nothing is signed until it has been reopened and verified.</summary>
    JournalFailed = 402,

    /// <summary>The daemon is shutting down.</summary>
    ShuttingDown = 403,
}

/// <summary>An error with a code of the closed list. The message is constant text that may go to clients; causes are logged, never sent.</summary>
public sealed class SignerException : Exception
{
    /// <param name="code">What went wrong.</param>
    /// <param name="message">Constant text for the client: what is wrong and what to do next. No secret, no cause.</param>
    /// <param name="field">The request's field at fault, or empty.</param>
    /// <param name="inner">The cause, for the log.</param>
    public SignerException(ErrorCode code, string message, string field = "", Exception? inner = null)
        : base(message, inner)
    {
        Code = code;
        Field = field;
    }

    /// <summary>What went wrong.</summary>
    public ErrorCode Code { get; }

    /// <summary>The request's field at fault, or empty.</summary>
    public string Field { get; }

    /// <summary>The refusal, if <see cref="Code"/> is <see cref="ErrorCode.Denied"/> or <see cref="ErrorCode.SessionEnded"/>.</summary>
    public Denial? Denial { get; init; }

    /// <summary>What was considered before the refusal; empty if there is none.</summary>
    public DecisionTrace Trace { get; init; } = DecisionTrace.Empty;

    /// <summary>Index of the audit entry that records the refusal, if there is one.</summary>
    public long? AuditIndex { get; init; }
}
