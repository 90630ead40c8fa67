using System.Text;
using SessionSigner.Ethereum;
using SessionSigner.Grants;
using SessionSigner.V1;

namespace SessionSigner.Client.Tests;

/// <summary>A version of a policy in each state, and the roster that decides on it.</summary>
public static partial class FakeKeys
{
    public const string Document =
        """{"ceiling":{"chains":["1"],"permissions":[{"function":"transfer(address to, uint256 amount)","kind":"call","name":"pay","targets":["0xA0b86991c6218b36c1d19D4a2e9Eb0cE3606eB48"]}],"version":1},"name":"desk","version":1}""";

    public static string PolicyDigest { get; } = Keccak256.Hash(Encoding.UTF8.GetBytes(Document)).ToString();

    public static string Statement { get; } =
        ApprovalStatement
            .Activate(
                "desk",
                Keccak256.Hash(Encoding.UTF8.GetBytes(Document)),
                null,
                Keccak256.Hash("roster"u8),
                "desk.example/sessionsigner",
                Now + 86_400
            )
            .Text;

    /// <param name="step">0 proposed, 1 approved by one, 2 by both, 3 in force, 4 retired.</param>
    public static PolicyVersion PolicyVersion(int step)
    {
        var version = new PolicyVersion
        {
            Kind = PolicyDocumentKind.Policy,
            Name = "desk",
            Digest = PolicyDigest,
            State =
                step < 2 ? PolicyState.Proposed
                : step == 2 ? PolicyState.Approved
                : step == 3 ? PolicyState.Active
                : PolicyState.Retired,
            ProposedBy = "spiffe://desk.example/operator/olga",
            ProposedAtMs = Now * 1_000,
            Threshold = 2,
            ExpiresAtMs = step < 3 ? (Now + 86_400) * 1_000 : 0,
            EffectiveAtMs = step >= 2 ? (Now + 3_600) * 1_000 : 0,
            ActivatedAtMs = step >= 3 ? (Now + 3_600) * 1_000 : 0,
        };
        foreach (var (name, i) in new[] { "dora", "erik" }.Take(step).Select((name, i) => (name, i)))
        {
            version.Approvals.Add(
                new PolicyApproval
                {
                    Approver = name,
                    KeyFingerprint = "SHA256:" + new string('A', 43),
                    Principal = "spiffe://desk.example/approver",
                    ApprovedAtMs = (Now + i) * 1_000,
                    AuditIndex = (ulong)(5 + i),
                }
            );
        }
        version.MissingApprovers.Add(step >= 2 ? [] : new[] { "dora", "erik", "fay" }.Skip(step));
        if (step == 4)
        {
            (version.EndedAtMs, version.EndedBy, version.EndReason) = ((Now + 7_200) * 1_000, version.ProposedBy, "incident 42");
        }
        return version;
    }

    public static V1.ApproverRoster Roster() =>
        new()
        {
            Digest = Keccak256.Hash("roster"u8).ToString(),
            Threshold = 2,
            TimeLockSeconds = 3_600,
            Approvers =
            {
                new[] { "dora", "erik", "fay" }.Select(name => new RosterApprover
                {
                    Name = name,
                    KeyFingerprint = "SHA256:" + new string('A', 43),
                    KeyType = name == "fay" ? "sk-ssh-ed25519@openssh.com" : "ssh-ed25519",
                    UserVerification = name == "fay",
                }),
            },
        };
}
