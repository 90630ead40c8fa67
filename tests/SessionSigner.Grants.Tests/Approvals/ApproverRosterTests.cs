using System.Text;

namespace SessionSigner.Grants.Tests;

public class ApproverRosterTests
{
    private static readonly string Alice = SoftSecurityKey.Ed25519().Line;
    private static readonly string Bob = SoftSecurityKey.Ecdsa().Line;

    [Fact]
    public void A_roster_is_its_canonical_document()
    {
        var roster = ApprovalSamples.Roster(2, ("alice", Alice + " alice@desk"), ("bob", Bob));
        Assert.Equal(2, roster.Threshold);
        Assert.Equal(["alice", "bob"], roster.Approvers.Select(approver => approver.Name));
        Assert.Equal("alice@desk", roster.Approvers[0].Key.Comment);
        var same = ApprovalSamples.Roster(
            $$"""{ "approvers": [{"key": "{{Alice}} alice@desk", "name": "alice"}, {"name": "bob", "key": "{{Bob}}"}], "threshold": 2, "version": 1 }"""
        );
        Assert.Equal(roster.Digest, same.Digest);
        Assert.Equal(roster.CanonicalJson, same.CanonicalJson);
        Assert.NotEqual(roster.Digest, ApprovalSamples.Roster(1, ("alice", Alice + " alice@desk"), ("bob", Bob)).Digest);
        Assert.NotEqual(roster.Digest, ApprovalSamples.Roster(2, ("alice", Alice), ("bob", Bob)).Digest);
    }

    [Fact]
    public void What_could_not_be_enforced_is_refused()
    {
        AssertRefused(ApprovalSamples.RosterJson(0, ("alice", Alice)), "threshold: Must be a whole number from 1 to 32.");
        AssertRefused(ApprovalSamples.RosterJson(-1, ("alice", Alice)), "threshold: Must be a whole number from 1 to 32.");
        AssertRefused(ApprovalSamples.RosterJson(2, ("alice", Alice)), "threshold: Must be at most the number of approvers.");
        AssertRefused(ApprovalSamples.RosterJson(1), "approvers: Must be a list of 1 to 32 elements.");
        AssertRefused(ApprovalSamples.RosterJson(1, ("alice", Alice), ("alice", Bob)), "approvers: \"alice\" is named twice.");
        AssertRefused(ApprovalSamples.RosterJson(1, ("alice", Alice), ("bob", Alice)), "approvers: The key of \"bob\" is given twice.");
        AssertRefused(ApprovalSamples.RosterJson(1, ("Alice", Alice)), "approvers[0].name: Must be 1 to 64");
        AssertRefused(ApprovalSamples.RosterJson(1, ("alice", "ssh-rsa AAAA")), "approvers[0].key: type: Must be one of");
        AssertRefused(
            ApprovalSamples.RosterJson(1, [.. Enumerable.Range(0, 33).Select(i => ($"a{i}", Alice))]),
            "approvers: Must be a list"
        );
        AssertRefused("""{"version":2,"threshold":1,"approvers":[]}""", "version: ");
        AssertRefused("""{"version":1,"threshold":1,"approvers":[],"quorum":1}""", "quorum: Unknown member.");
        AssertRefused("""{"version":1,"threshold":1,"threshold":1,"approvers":[]}""", "threshold: The member is given twice.");
        AssertRefused("[]", "Must be an object.");
        AssertRefused("", "The document must be JSON");
    }

    [Fact]
    public void The_same_point_under_another_type_is_the_same_key()
    {
        var sk = SoftSecurityKey.Ed25519();
        var plain = "ssh-ed25519 " + Convert.ToBase64String(new SshBytes().Text("ssh-ed25519").String(sk.Blob.AsSpan(34, 32)).ToArray());
        AssertRefused(ApprovalSamples.RosterJson(1, ("a", sk.Line), ("b", plain)), "approvers: The key of \"b\" is given twice.");
    }

    [Fact]
    public void Only_security_keys_verify_their_users()
    {
        var roster = ApprovalSamples.Roster(
            $$"""{"version":1,"threshold":1,"approvers":[{"name":"alice","key":"{{Alice}}","user_verification":true}]}"""
        );
        Assert.True(roster.Approvers[0].UserVerification);
        using var openSsh = new SshKeygen();
        var plain = openSsh.Generate("carol", "ed25519", 256);
        AssertRefused(
            $$"""{"version":1,"threshold":1,"approvers":[{"name":"carol","key":"{{plain}}","user_verification":true}]}""",
            "approvers[0].user_verification: "
        );
    }

    private static void AssertRefused(string json, string fault)
    {
        Assert.False(ApproverRoster.TryParse(Encoding.UTF8.GetBytes(json), out var roster, out var faults));
        Assert.Null(roster);
        Assert.Contains(faults, found => found.StartsWith(fault, StringComparison.Ordinal));
    }
}
