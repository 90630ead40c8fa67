using SessionSigner.Ethereum;
using SessionSigner.Grants;

namespace SessionSigner.Core;

/// <summary>A version as the ledger keeps it. Not thread safe.</summary>
internal sealed class LedgerVersion(PolicyDocumentKind kind, string name, Hash32 digest)
{
    // Within what a statement may be valid for, also if the clock is set back a little.
    private const long ValiditySeconds = ApprovalStatement.ValiditySecondsMax - 86_400;

    private readonly List<PolicyApproval> _approvals = [];
    private readonly List<string> _signatures = [];
    private long _statementsBefore = -1;
    private PolicyDocument? _document;

    public PolicyDocumentKind Kind { get; } = kind;

    public string Name { get; } = name;

    public Hash32 Digest { get; } = digest;

    /// <summary>What it says; null once the version is over, or if this program cannot read it.</summary>
    public PolicyDocument? Document
    {
        get => _document;
        set
        {
            _document = value;
            Principals = value?.Policy?.Principals ?? Principals;
        }
    }

    /// <summary>Whom the policy names. Kept when the version is over: only they may learn that it is.</summary>
    public IReadOnlyList<string> Principals { get; private set; } = [];

    public PolicyState State { get; private set; } = PolicyState.Proposed;

    public string ProposedBy { get; init; } = "";

    public long ProposedAtMs { get; init; }

    /// <summary>Index of the audit entry of the latest change.</summary>
    public long AuditIndex { get; private set; }

    /// <summary>From when on it may be activated, Unix time in milliseconds; 0 as long as the quorum is not reached.</summary>
    public long EffectiveAtMs { get; private set; }

    /// <summary>How many approvals it needs: of the roster in force, or of the one that put it in force.</summary>
    public int Threshold { get; private set; }

    /// <summary>
    /// First second in which its approvals are no longer good, Unix time. Every statement ends a second before the one it replaces, so none comes back: a signature
    /// that was forgotten is never good again.
    /// </summary>
    public long ExpiresSeconds => (ProposedAtMs / 1_000) + ValiditySeconds - Math.Max(0, _statementsBefore);

    /// <summary>The armored signatures, in the order of the approvals; empty once they have done their work.</summary>
    public IReadOnlyList<string> Signatures => _signatures;

    public bool IsPending => State is PolicyState.Proposed or PolicyState.Approved;

    private long ActivatedAtMs { get; set; }

    private long EndedAtMs { get; set; }

    private string EndedBy { get; set; } = "";

    private string EndReason { get; set; } = "";

    public bool HasApproved(string approver) => _approvals.Exists(approval => approval.Approver == approver);

    /// <summary>Begins to gather approvals of a statement; those of another one, under another roster or in place of another version, do not count.</summary>
    public void Begin(ApproverRoster roster, long auditIndex)
    {
        _approvals.Clear();
        _signatures.Clear();
        _statementsBefore++;
        Threshold = roster.Threshold;
        EffectiveAtMs = 0;
        State = PolicyState.Proposed;
        AuditIndex = Math.Max(AuditIndex, auditIndex);
    }

    /// <summary>Counts an approval; with the last one that is needed the time lock begins.</summary>
    public void Approve(ApproverRoster roster, PolicyApproval approval, string signature)
    {
        _signatures.Add(signature);
        _approvals.Add(approval);
        AuditIndex = approval.AuditIndex;
        if (_approvals.Count >= roster.Threshold)
        {
            State = PolicyState.Approved;
            // The clock may have been set back between two approvals.
            EffectiveAtMs = _approvals.Max(item => item.ApprovedAtMs) + (roster.TimeLockSeconds * 1_000L);
        }
    }

    public void Activate(long atMs, long auditIndex)
    {
        State = PolicyState.Active;
        ActivatedAtMs = atMs;
        AuditIndex = auditIndex;
        _signatures.Clear();
    }

    public void End(PolicyState state, long atMs, string by, string reason, long auditIndex)
    {
        State = state;
        EndedAtMs = atMs;
        EndedBy = by;
        EndReason = reason;
        AuditIndex = auditIndex;
        Document = null;
        _signatures.Clear();
    }

    public PolicyVersion ToView(ApproverRoster roster) =>
        new()
        {
            Kind = Kind,
            Name = Name,
            Digest = Digest,
            State = State,
            ProposedBy = ProposedBy,
            ProposedAtMs = ProposedAtMs,
            Approvals = [.. _approvals],
            Threshold = Threshold,
            Missing =
                State == PolicyState.Proposed
                    ? [.. roster.Approvers.Select(approver => approver.Name).Where(name => !HasApproved(name))]
                    : [],
            EffectiveAtMs = EffectiveAtMs,
            ExpiresAtMs = IsPending ? ExpiresSeconds * 1_000 : 0,
            ActivatedAtMs = ActivatedAtMs,
            EndedAtMs = EndedAtMs,
            EndedBy = EndedBy,
            EndReason = EndReason,
        };
}
