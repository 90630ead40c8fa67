using SessionSigner.Ethereum;

namespace SessionSigner.Core;

/// <summary>Where a version of a policy or roster is in its life. The zero value lets nothing be opened.</summary>
public enum PolicyState
{
    /// <summary>There is no such version.</summary>
    Unknown = 0,

    /// <summary>Proposed; the quorum is not reached.</summary>
    Proposed = 1,

    /// <summary>The quorum is reached; it may be activated once its time lock has passed.</summary>
    Approved = 2,

    /// <summary>In force.</summary>
    Active = 3,

    /// <summary>Another version took its place. Final.</summary>
    Superseded = 4,

    /// <summary>Withdrawn by an operator. Final.</summary>
    Retired = 5,
}

/// <summary>Kind of document that a quorum approves.</summary>
public enum PolicyDocumentKind
{
    /// <summary>Not stated; refused.</summary>
    Unspecified = 0,

    /// <summary>A policy.</summary>
    Policy = 1,

    /// <summary>The roster of approvers.</summary>
    Roster = 2,
}

/// <summary>An approval that counts.</summary>
/// <param name="Approver">Name of the approver in the roster.</param>
/// <param name="KeyFingerprint">Fingerprint of the key, as OpenSSH prints it.</param>
/// <param name="Principal">Identity that brought the signature.</param>
/// <param name="ApprovedAtMs">When, Unix time in milliseconds.</param>
/// <param name="AuditIndex">Index of the audit entry that holds the signature.</param>
public sealed record PolicyApproval(string Approver, string KeyFingerprint, string Principal, long ApprovedAtMs, long AuditIndex);

/// <summary>A version of a policy, or of the roster, as it is at a moment.</summary>
public sealed record PolicyVersion
{
    /// <summary>What it is a version of.</summary>
    public required PolicyDocumentKind Kind { get; init; }

    /// <summary>Name of the policy; empty for a roster.</summary>
    public required string Name { get; init; }

    /// <summary>Keccak-256 of its canonical JSON.</summary>
    public required Hash32 Digest { get; init; }

    /// <summary>Where it is in its life.</summary>
    public required PolicyState State { get; init; }

    /// <summary>Who proposed it; empty for the first roster, which comes from the configuration.</summary>
    public required string ProposedBy { get; init; }

    /// <summary>When, Unix time in milliseconds.</summary>
    public required long ProposedAtMs { get; init; }

    /// <summary>Approvals of the statement as it is now; for a version that was in force, those that put it there.</summary>
    public required IReadOnlyList<PolicyApproval> Approvals { get; init; }

    /// <summary>How many approvals it needs.</summary>
    public required int Threshold { get; init; }

    /// <summary>Approvers of the roster who have not approved; empty once the quorum is reached.</summary>
    public required IReadOnlyList<string> Missing { get; init; }

    /// <summary>From when on it may be activated, Unix time in milliseconds; 0 as long as the quorum is not reached.</summary>
    public required long EffectiveAtMs { get; init; }

    /// <summary>From when on its approvals are no longer good, Unix time in milliseconds; 0 once it is in force or over.</summary>
    public required long ExpiresAtMs { get; init; }

    /// <summary>When it came into force, Unix time in milliseconds, or 0.</summary>
    public required long ActivatedAtMs { get; init; }

    /// <summary>When it was superseded or retired, Unix time in milliseconds, or 0.</summary>
    public required long EndedAtMs { get; init; }

    /// <summary>Who did that, or empty.</summary>
    public required string EndedBy { get; init; }

    /// <summary>Why it was retired, or empty.</summary>
    public required string EndReason { get; init; }
}

/// <summary>A version and what there is to approve.</summary>
/// <param name="Version">The version.</param>
/// <param name="DocumentJson">Its canonical JSON, UTF-8.</param>
/// <param name="Statement">The text that an approver signs; empty once the version is in force or over.</param>
/// <param name="Warnings">What the linter says of it.</param>
public sealed record PolicyDetails(
    PolicyVersion Version,
    ReadOnlyMemory<byte> DocumentJson,
    string Statement,
    IReadOnlyList<string> Warnings
);

/// <summary>What a change of a version answers.</summary>
/// <param name="Version">The version afterwards.</param>
/// <param name="AuditIndex">Index of the audit entry that records the change; of the earlier one if it had been made before.</param>
/// <param name="EndedSessions">Identifiers of the sessions it ended.</param>
public sealed record VersionChange(PolicyVersion Version, long AuditIndex, IReadOnlyList<string> EndedSessions);
