using SessionSigner.Ethereum;

namespace SessionSigner.Grants.Tests;

public sealed class QuorumTests : IDisposable
{
    private const string Namespace = ApprovalStatement.SignatureNamespace;

    private readonly SshKeygen _openSsh = new();
    private readonly SoftSecurityKey _carol = SoftSecurityKey.Ed25519();
    private readonly ApproverRoster _roster;

    public QuorumTests()
    {
        var alice = _openSsh.Generate("alice", "ed25519", 256);
        var bob = _openSsh.Generate("bob", "ecdsa", 256);
        _roster = ApprovalSamples.Roster(2, ("alice", alice), ("bob", bob), ("carol", _carol.Line));
    }

    private ApprovalStatement Statement => ApprovalSamples.Activate(_roster);

    public void Dispose() => _openSsh.Dispose();

    [Fact]
    public void Two_of_three_reach_it_with_stock_OpenSSH()
    {
        var decision = Check(Sign("alice"), Sign("bob"));
        Assert.True(decision.IsReached);
        Assert.Equal(["alice", "bob"], decision.Signed.Select(signed => signed.Approver.Name));
        Assert.Equal(["carol"], decision.Missing);
        Assert.Empty(decision.Refused);
        Assert.True(Check(_carol.Sign(Namespace, Statement.Text), Sign("alice")).IsReached);
    }

    [Fact]
    public void One_does_not()
    {
        var decision = Check(Sign("bob"));
        Assert.False(decision.IsReached);
        Assert.Equal(["alice", "carol"], decision.Missing);
        Assert.False(Check().IsReached);
    }

    [Fact]
    public void A_key_counts_once_however_often_it_signs()
    {
        var decision = Check(Sign("alice"), Sign("alice"), Sign("bob", "other text"), Sign("alice"));
        Assert.False(decision.IsReached);
        Assert.Single(decision.Signed);
        Assert.Equal([(1, "alice"), (2, "bob"), (3, "alice")], decision.Refused.Select(refused => (refused.Index, refused.Approver)));
        // ECDSA signs another way each time, and (r, n - s) verifies too.
        Assert.False(Check(Sign("bob"), Sign("bob")).IsReached);
    }

    [Fact]
    public void A_bad_signature_keeps_no_good_one_from_counting()
    {
        _openSsh.Generate("mallory", "ed25519", 256);
        var decision = Check("", Sign("mallory"), Sign("alice"), Sign("bob", signatureNamespace: "file"), Sign("bob"));
        Assert.True(decision.IsReached);
        Assert.Equal(3, decision.Refused.Count);
        Assert.StartsWith("armor: ", decision.Refused[0].Fault, StringComparison.Ordinal);
        Assert.StartsWith("publickey: SHA256:", decision.Refused[1].Fault, StringComparison.Ordinal);
        Assert.StartsWith("namespace: ", decision.Refused[2].Fault, StringComparison.Ordinal);
    }

    [Fact]
    public void An_approval_is_good_for_nothing_else()
    {
        var digest = ApprovalSamples.Digest;
        var other = Keccak256.Hash("other"u8);
        string[] signatures = [Sign("alice"), Sign("bob")];
        ApprovalStatement[] others =
        [
            ApprovalStatement.Activate("desk", other, null, _roster.Digest, ApprovalSamples.Daemon, ApprovalSamples.Expires),
            ApprovalStatement.Activate("desk", digest, other, _roster.Digest, ApprovalSamples.Daemon, ApprovalSamples.Expires),
            ApprovalStatement.Activate("desk2", digest, null, _roster.Digest, ApprovalSamples.Daemon, ApprovalSamples.Expires),
            ApprovalStatement.Activate("desk", digest, null, _roster.Digest, "other.example/signer", ApprovalSamples.Expires),
            ApprovalStatement.Activate("desk", digest, null, _roster.Digest, ApprovalSamples.Daemon, ApprovalSamples.Expires + 1),
            ApprovalStatement.ChangeRoster(digest, _roster.Digest, ApprovalSamples.Daemon, ApprovalSamples.Expires),
        ];
        Assert.True(Check(signatures).IsReached);
        foreach (var statement in others)
        {
            var decision = Quorum.Check(statement, _roster, signatures, ApprovalSamples.Now);
            Assert.False(decision.IsReached);
            Assert.Empty(decision.Signed);
        }
    }

    [Fact]
    public void Another_roster_with_the_same_keys_needs_other_approvals()
    {
        var lower = ApprovalSamples.Roster(1, [.. _roster.Approvers.Select(approver => (approver.Name, approver.Key.ToString()))]);
        var decision = Quorum.Check(Statement, lower, [Sign("alice"), Sign("bob")], ApprovalSamples.Now);
        Assert.False(decision.IsReached);
        Assert.StartsWith("roster: ", Assert.Single(decision.Faults), StringComparison.Ordinal);
    }

    [Fact]
    public void It_ends_and_lasts_31_days_at_most()
    {
        string[] signatures = [Sign("alice"), Sign("bob")];
        Assert.True(Quorum.Check(Statement, _roster, signatures, ApprovalSamples.Expires - 1).IsReached);
        Assert.False(Quorum.Check(Statement, _roster, signatures, ApprovalSamples.Expires).IsReached);
        var earliest = ApprovalSamples.Expires - ApprovalStatement.ValiditySecondsMax;
        Assert.True(Quorum.Check(Statement, _roster, signatures, earliest).IsReached);
        Assert.False(Quorum.Check(Statement, _roster, signatures, earliest - 1).IsReached);
    }

    [Fact]
    public void An_approver_may_have_to_be_verified_by_the_key()
    {
        var roster = ApprovalSamples.Roster(
            $$"""{"version":1,"threshold":1,"approvers":[{"name":"carol","key":"{{_carol.Line}}","user_verification":true}]}"""
        );
        var statement = ApprovalSamples.Activate(roster);
        Assert.False(Reaches(SoftSecurityKey.Present));
        Assert.True(Reaches(SoftSecurityKey.Present | SoftSecurityKey.Verified));

        bool Reaches(byte flags) =>
            Quorum.Check(statement, roster, [_carol.Sign(Namespace, statement.Text, flags)], ApprovalSamples.Now).IsReached;
    }

    [Fact]
    public void The_same_point_under_another_type_does_not_count()
    {
        var plain = _openSsh.Generate("dave", "ecdsa", 256);
        var point = Convert.FromBase64String(plain.Split(' ')[1])[^65..];
        var blob = new SshBytes().Text("sk-ecdsa-sha2-nistp256@openssh.com").Text("nistp256").String(point).Text("ssh:").ToArray();
        var roster = ApprovalSamples.Roster(1, ("dave", "sk-ecdsa-sha2-nistp256@openssh.com " + Convert.ToBase64String(blob)));
        var statement = ApprovalSamples.Activate(roster);
        var decision = Quorum.Check(statement, roster, [_openSsh.Sign("dave", Namespace, statement.Text)], ApprovalSamples.Now);
        Assert.False(decision.IsReached);
        Assert.StartsWith("publickey: ", Assert.Single(decision.Refused).Fault, StringComparison.Ordinal);
    }

    [Fact]
    public void Too_many_signatures_are_refused()
    {
        string[] good = [Sign("alice"), Sign("bob")];
        Assert.True(Check([.. good, .. Enumerable.Repeat("", 62)]).IsReached);
        Assert.False(Check([.. good, .. Enumerable.Repeat("", 63)]).IsReached);
    }

    [Fact]
    public void The_zero_value_refuses()
    {
        QuorumDecision zero = default;
        Assert.False(zero.IsReached);
        Assert.Empty(zero.Signed);
        Assert.Empty(zero.Missing);
    }

    private string Sign(string name, string? text = null, string signatureNamespace = Namespace) =>
        _openSsh.Sign(name, signatureNamespace, text ?? Statement.Text);

    private QuorumDecision Check(params string[] signatures) => Quorum.Check(Statement, _roster, signatures, ApprovalSamples.Now);
}
