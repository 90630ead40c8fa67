using SessionSigner.Ethereum;

namespace SessionSigner.Core;

/// <summary>Where a session is in its life. The zero value may not sign.</summary>
public enum SessionState
{
    /// <summary>Not stated; treat as ended.</summary>
    Unspecified = 0,

    /// <summary>The session key is in the vault and may sign within the scope.</summary>
    Open = 1,

    /// <summary>The session key has been wiped.</summary>
    Ended = 2,
}

/// <summary>A session as its owner, an operator or an auditor sees it. A snapshot; holds no key.</summary>
public sealed record SessionView
{
    /// <summary>32 lower-case hexadecimal digits.</summary>
    public required string SessionId { get; init; }

    /// <summary>Whether it may sign.</summary>
    public required SessionState State { get; init; }

    /// <summary>Why it ended, if it has.</summary>
    public required SessionEndReason EndReason { get; init; }

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

    /// <summary>First second in which it may sign, Unix time.</summary>
    public required long NotBefore { get; init; }

    /// <summary>First second in which it may no longer sign, Unix time.</summary>
    public required long NotAfter { get; init; }

    /// <summary>The effective scope as canonical JSON.</summary>
    public required string ScopeJson { get; init; }

    /// <summary>What is left of every budget, rate and count; empty after the end.</summary>
    public required IReadOnlyList<Headroom> Headroom { get; init; }

    /// <summary>Signatures released so far.</summary>
    public required long Signatures { get; init; }

    /// <summary>Who ended it, or empty.</summary>
    public required string EndedBy { get; init; }

    /// <summary>Unix time in milliseconds.</summary>
    public required long OpenedAtMs { get; init; }

    /// <summary>Unix time in milliseconds, or 0.</summary>
    public required long EndedAtMs { get; init; }
}

/// <summary>A page of sessions, newest first.</summary>
/// <param name="Sessions">The sessions.</param>
/// <param name="NextPageToken">Token of the next page, or empty on the last.</param>
public sealed record SessionPage(IReadOnlyList<SessionView> Sessions, string NextPageToken);

/// <summary>A session that was closed, or had already ended.</summary>
/// <param name="Session">The session, ended.</param>
/// <param name="AuditIndex">Index of the audit entry that records the end; -1 if it had ended before this call.</param>
public sealed record ClosedSession(SessionView Session, long AuditIndex);
