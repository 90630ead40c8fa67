using SessionSigner.Grants;
using SessionSigner.V1;

namespace SessionSigner.Cli;

internal sealed record PolicyApprovalView(string Approver, string KeyFingerprint, string Principal, long ApprovedAtMs, ulong AuditIndex);

/// <summary>A version of a policy or of the roster. The JSON shape is stable.</summary>
internal sealed record PolicyVersionView(
    string Kind,
    string Name,
    string Digest,
    string State,
    string ProposedBy,
    long ProposedAtMs,
    IReadOnlyList<PolicyApprovalView> Approvals,
    uint Threshold,
    IReadOnlyList<string> MissingApprovers,
    long EffectiveAtMs,
    long ExpiresAtMs,
    long ActivatedAtMs,
    long EndedAtMs,
    string EndedBy,
    string EndReason
)
{
    private static readonly IReadOnlyList<string> Columns = ["what", "state", "approvals", "missing", "from", "digest"];

    public static PolicyVersionView From(PolicyVersion v) =>
        new(
            Names.Of(v.Kind),
            v.Name,
            v.Digest,
            Names.Of(v.State),
            v.ProposedBy,
            v.ProposedAtMs,
            [.. v.Approvals.Select(a => new PolicyApprovalView(a.Approver, a.KeyFingerprint, a.Principal, a.ApprovedAtMs, a.AuditIndex))],
            v.Threshold,
            [.. v.MissingApprovers],
            v.EffectiveAtMs,
            v.ExpiresAtMs,
            v.ActivatedAtMs,
            v.EndedAtMs,
            v.EndedBy,
            v.EndReason
        );

    /// <summary>The policy's name, or that it is a roster.</summary>
    private string What => Name.Length > 0 ? Name : "(roster)";

    private string Count => $"{Approvals.Count} of {Threshold}";

    public static void WriteTable(Report report, IReadOnlyList<PolicyVersionView> versions) =>
        report.Table(
            Columns,
            versions
                .Select(v =>
                    (IReadOnlyList<string>)
                        [v.What, v.State, v.Count, string.Join(", ", v.MissingApprovers), Names.Time(v.EffectiveAtMs / 1_000), v.Digest]
                )
                .ToList(),
            "No versions."
        );

    /// <summary>Writes what became of a version that came into or went out of force.</summary>
    public static int WriteChange(Report report, PolicyVersion version, IReadOnlyList<string> endedSessionIds, ulong auditIndex)
    {
        var view = From(version);
        if (report.IsJson)
        {
            report.Json(
                new
                {
                    Version = view,
                    EndedSessionIds = endedSessionIds,
                    AuditIndex = auditIndex,
                }
            );
            return ExitCode.Ok;
        }
        view.Write(report, []);
        report.Line($"Sessions ended: {endedSessionIds.Count}; audit index {auditIndex}.");
        return ExitCode.Ok;
    }

    /// <summary>Everything about the version, and what to do next.</summary>
    public void Write(Report report, IEnumerable<string> warnings)
    {
        report.Fields([
            ("version of", What),
            ("digest", Digest),
            ("state", State),
            ("proposed", $"{Names.TimeMs(ProposedAtMs)} {ProposedBy}"),
            ("approvals", Count),
            .. Approvals.Select(a => ("approved by", $"{a.Approver}  {a.KeyFingerprint}  {Names.TimeMs(a.ApprovedAtMs)}")),
            ("missing", string.Join(", ", MissingApprovers)),
            ("effective from", Names.TimeMs(EffectiveAtMs)),
            ("approvals end", Names.Time(ExpiresAtMs / 1_000)),
            ("activated", Names.TimeMs(ActivatedAtMs)),
            ("ended", EndedAtMs == 0 ? "" : $"{Names.TimeMs(EndedAtMs)} {EndedBy} {EndReason}"),
            .. warnings.Select(warning => ("warning", warning)),
        ]);
        foreach (var line in Next())
        {
            report.Line(line);
        }
    }

    private IEnumerable<string> Next() =>
        State switch
        {
            "proposed" =>
            [
                $"{Count} approvals; missing: {string.Join(", ", MissingApprovers)}. Each of them reviews it, signs it and brings the signature:",
                $"  sessionsigner policy review {Digest} --out approval.txt",
                $"  ssh-keygen -Y sign -f KEY -n {ApprovalStatement.SignatureNamespace} approval.txt",
                $"  sessionsigner policy approve {Digest} --signature approval.txt.sig",
            ],
            "approved" =>
            [
                $"{Count} approvals. As an operator, from {Names.TimeMs(EffectiveAtMs)} on:",
                $"  sessionsigner policy activate {Digest}",
            ],
            _ => [],
        };
}

internal sealed record RosterApproverView(string Name, string KeyFingerprint, string KeyType, bool UserVerification);

/// <summary>The roster of approvers in force. The JSON shape is stable.</summary>
internal sealed record RosterView(
    string Digest,
    uint Threshold,
    uint TimeLockSeconds,
    IReadOnlyList<RosterApproverView> Approvers,
    IReadOnlyList<string> Warnings
)
{
    public static RosterView From(V1.ApproverRoster r) =>
        new(
            r.Digest,
            r.Threshold,
            r.TimeLockSeconds,
            [.. r.Approvers.Select(a => new RosterApproverView(a.Name, a.KeyFingerprint, a.KeyType, a.UserVerification))],
            [.. r.Warnings]
        );

    public void Write(Report report) =>
        report.Fields([
            ("roster", Digest),
            ("quorum", $"{Threshold} of {Approvers.Count}"),
            ("time lock", Names.Lifetime(TimeLockSeconds)),
            .. Approvers.Select(a =>
                ("approver", $"{a.Name}  {a.KeyType}  {a.KeyFingerprint}{(a.UserVerification ? "  verifies its user" : "")}")
            ),
            .. Warnings.Select(warning => ("warning", warning)),
        ]);
}
