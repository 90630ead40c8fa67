using SessionSigner.Core;
using SessionSigner.V1;

namespace SessionSigner.Server;

/// <summary>Turns policies into messages.</summary>
internal static class PolicyMapper
{
    public static PolicySummary ToMessage(Policy policy) =>
        new()
        {
            Name = policy.Name,
            Digest = policy.Digest.ToString(),
            Principals = { policy.Principals },
            PrimaryKeys = { policy.PrimaryKeys },
            Accounts = { policy.Accounts.Select(account => account.ToString()) },
            MaxLifetimeSeconds = checked((uint)policy.MaxLifetimeSeconds),
            CeilingJson = policy.Ceiling.ToCanonicalJson(),
            Warnings = { PolicyLint.Check(policy) },
        };

    public static V1.PolicyVersion ToMessage(Core.PolicyVersion version) =>
        new()
        {
            Kind = (V1.PolicyDocumentKind)(int)version.Kind,
            Name = version.Name,
            Digest = version.Digest.ToString(),
            State = (V1.PolicyState)(int)version.State,
            ProposedBy = version.ProposedBy,
            ProposedAtMs = version.ProposedAtMs,
            Approvals = { version.Approvals.Select(ToMessage) },
            Threshold = checked((uint)version.Threshold),
            MissingApprovers = { version.Missing },
            EffectiveAtMs = version.EffectiveAtMs,
            ExpiresAtMs = version.ExpiresAtMs,
            ActivatedAtMs = version.ActivatedAtMs,
            EndedAtMs = version.EndedAtMs,
            EndedBy = version.EndedBy,
            EndReason = version.EndReason,
        };

    public static V1.ApproverRoster ToMessage(Grants.ApproverRoster roster) =>
        new()
        {
            Digest = roster.Digest.ToString(),
            Threshold = checked((uint)roster.Threshold),
            TimeLockSeconds = checked((uint)roster.TimeLockSeconds),
            Approvers =
            {
                roster.Approvers.Select(approver => new RosterApprover
                {
                    Name = approver.Name,
                    KeyFingerprint = approver.Key.Fingerprint,
                    KeyType = approver.Key.Type,
                    UserVerification = approver.UserVerification,
                }),
            },
            Warnings = { RosterLint.Check(roster) },
        };

    private static V1.PolicyApproval ToMessage(Core.PolicyApproval approval) =>
        new()
        {
            Approver = approval.Approver,
            KeyFingerprint = approval.KeyFingerprint,
            Principal = approval.Principal,
            ApprovedAtMs = approval.ApprovedAtMs,
            AuditIndex = checked((ulong)approval.AuditIndex),
        };
}
