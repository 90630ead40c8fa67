using System.Security.Cryptography;

namespace SessionSigner.Audit.Tests;

/// <summary>What must precede what among the entries of policies, rosters and their sessions.</summary>
public sealed class PolicyLogTests
{
    private static readonly Entry s_first = Of(EntryKind.PolicyActivated, "", "r1") with { RosterDigest = default };
    private static readonly Entry s_proposed = Of(EntryKind.PolicyProposed, "desk", "p1");
    private static readonly Entry s_approved = Approval("desk", "p1", "dora");
    private static readonly Entry s_activated = Of(EntryKind.PolicyActivated, "desk", "p1");
    private static readonly Entry s_retired = Of(EntryKind.PolicyRetired, "desk", "p1");
    private static readonly Entry s_opened = Session(EntryKind.SessionOpened, "p1");

    [Fact]
    public void An_orderly_life_has_no_fault() =>
        Assert.Null(
            FaultOf(
                Session(EntryKind.SessionOpened, "anything"),
                s_first,
                s_proposed,
                s_approved,
                Approval("desk", "p1", "erik"),
                s_activated,
                s_opened,
                Session(EntryKind.Signed, "p1"),
                Of(EntryKind.PolicyProposed, "desk", "p2"),
                Approval("desk", "p2", "dora"),
                Of(EntryKind.PolicyActivated, "desk", "p2"),
                Session(EntryKind.SessionOpened, "p2"),
                Of(EntryKind.PolicyProposed, "", "r2"),
                Approval("", "r2", "dora"),
                Of(EntryKind.PolicyActivated, "", "r2"),
                Of(EntryKind.PolicyRetired, "desk", "p2", "r2")
            )
        );

    public static TheoryData<string, Entry[]> Disorders() =>
        new()
        {
            { "no roster", [s_proposed] },
            { "first roster with one before it", [Of(EntryKind.PolicyActivated, "", "r1")] },
            { "proposed twice", [s_first, s_proposed, s_proposed] },
            { "approved, not proposed", [s_first, s_approved] },
            { "approved under another name", [s_first, s_proposed, Approval("other", "p1", "dora")] },
            { "approved twice by one key", [s_first, s_proposed, s_approved, s_approved] },
            { "approved under another roster", [s_first, s_proposed, s_approved with { RosterDigest = Digest("r2") }] },
            { "approved in force", [s_first, s_proposed, s_approved, s_activated, Approval("desk", "p1", "erik")] },
            { "activated, nobody approved", [s_first, s_proposed, s_activated] },
            { "activated twice", [s_first, s_proposed, s_approved, s_activated, s_activated] },
            {
                "approved before another version came into force",
                [
                    s_first,
                    s_proposed,
                    Of(EntryKind.PolicyProposed, "desk", "p2"),
                    Approval("desk", "p2", "dora"),
                    s_approved,
                    s_activated,
                    Of(EntryKind.PolicyActivated, "desk", "p2"),
                ]
            },
            {
                "approved before another roster came into force",
                [
                    s_first,
                    s_proposed,
                    s_approved,
                    Of(EntryKind.PolicyProposed, "", "r2"),
                    Approval("", "r2", "dora"),
                    Of(EntryKind.PolicyActivated, "", "r2"),
                    s_activated with
                    {
                        RosterDigest = Digest("r2"),
                    },
                ]
            },
            { "retired twice", [s_first, s_proposed, s_retired, s_retired] },
            { "activated after retirement", [s_first, s_proposed, s_approved, s_retired, s_activated] },
            { "roster in force retired", [s_first, Of(EntryKind.PolicyRetired, "", "r1")] },
            { "opened under what is proposed", [s_first, s_proposed, s_approved, s_opened] },
            { "opened under what is retired", [s_first, s_proposed, s_approved, s_activated, s_retired, s_opened] },
            {
                "signed under what is retired",
                [s_first, s_proposed, s_approved, s_activated, s_opened, s_retired, Session(EntryKind.Signed, "p1")]
            },
            { "no digest", [s_first, s_proposed with { PolicyDigest = default }] },
            { "no kind", [s_first, s_proposed with { DocumentKind = "" }] },
            { "roster with a name", [s_first, s_proposed with { DocumentKind = "roster" }] },
            { "policy without a name", [s_first, s_proposed with { Policy = "" }] },
            { "approval without signature", [s_first, s_proposed, s_approved with { Approval = default }] },
            { "approval without key", [s_first, s_proposed, s_approved with { ApproverKey = "" }] },
            { "proposal with a signature", [s_first, s_proposed with { ApproverKey = "SHA256:x", Approval = new byte[1] }] },
        };

    [Theory]
    [MemberData(nameof(Disorders))]
    public void Disorder_is_a_fault_at_its_entry(string what, Entry[] entries)
    {
        Assert.NotEqual("", what);
        Assert.Null(FaultOf(entries[..^1]));
        Assert.NotNull(FaultOf(entries));

        // The verifier of logs says so too, whatever the root.
        var verifier = new LogVerifier();
        for (var i = 0; i < entries.Length; i++)
        {
            verifier.Add(
                i,
                EntryCodec.Encode(
                    entries[i] with
                    {
                        SessionId = entries[i].Kind == EntryKind.Signed ? Entries.SessionId : entries[i].SessionId,
                    }
                )
            );
        }
        Assert.Contains(verifier.Complete(entries.Length, new byte[32]).Faults, fault => fault.Index == entries.Length - 1);
    }

    private static string? FaultOf(params Entry[] entries)
    {
        var log = new PolicyLog();
        foreach (var entry in entries)
        {
            if (log.FindFault(entry) is { } fault)
            {
                return fault;
            }
            log.Apply(entry);
        }
        return null;
    }

    private static byte[] Digest(string name) => SHA256.HashData(System.Text.Encoding.ASCII.GetBytes(name));

    private static Entry Of(EntryKind kind, string policy, string digest, string roster = "r1") =>
        new()
        {
            Kind = kind,
            TimeMs = 1_767_225_600_000,
            Policy = policy,
            PolicyDigest = Digest(digest),
            DocumentKind = policy.Length == 0 ? "roster" : "policy",
            RosterDigest = Digest(roster),
        };

    private static Entry Approval(string policy, string digest, string approver) =>
        Of(EntryKind.PolicyApproved, policy, digest) with
        {
            ApproverKey = "SHA256:" + approver,
            Approval = new byte[1],
        };

    private static Entry Session(EntryKind kind, string digest) =>
        new()
        {
            Kind = kind,
            TimeMs = 1_767_225_600_000,
            SessionId = Entries.SessionId,
            Policy = "desk",
            PolicyDigest = Digest(digest),
        };
}
