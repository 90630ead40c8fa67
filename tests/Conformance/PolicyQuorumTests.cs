using System.Text;
using System.Text.Json.Nodes;
using Google.Protobuf;
using Grpc.Core;
using SessionSigner.V1;

namespace Conformance;

/// <summary>Policies come into force by signatures of OpenSSH and by nothing else. Each test has a daemon of its own.</summary>
public sealed class PolicyQuorumTests : IAsyncLifetime
{
    private readonly QuorumFixture _daemon = new();

    private AdminService.AdminServiceClient Operator => _daemon.Operator.Admin;

    public Task InitializeAsync() => _daemon.InitializeAsync();

    public async Task DisposeAsync()
    {
        await _daemon.DisposeAsync();
        _daemon.Dispose();
    }

    [Fact]
    public async Task Only_a_quorum_behind_its_time_lock_opens_sessions_and_retirement_ends_them()
    {
        Assert.Equal("NOT_FOUND", (await Refusal.OfAsync(_daemon.Alice.OpenAsync("desk"))).ErrorReason);
        var (digest, statement) = await ProposeAsync(await DocumentAsync("one"));
        await NotActiveAsync("proposed");

        // One signature, given twice, is one; and others are none.
        Assert.Equal(["erik", "fay"], (await ApproveAsync(digest, "dora", statement)).MissingApprovers);
        Assert.Equal(PolicyState.Proposed, (await ApproveAsync(digest, "dora", statement)).State);
        var (other, otherStatement) = await ProposeAsync(await DocumentAsync("two", "other"));
        foreach (
            var signature in (string[])
                [
                    _daemon.Sign("erik", statement, "file"),
                    _daemon.Sign("erik", otherStatement),
                    _daemon.Sign("stranger", statement),
                    "-----BEGIN SSH SIGNATURE-----\nAAAA\n-----END SSH SIGNATURE-----\n",
                    "garbage",
                    "",
                    new string('A', 100_000),
                ]
        )
        {
            var refused = await Refusal.OfAsync(ApproveAsync(digest, signature));
            Assert.Equal((StatusCode.InvalidArgument, "signature"), (refused.Code, refused.Field));
        }
        Assert.Contains("1 of 2 approvals", (await ActivationRefusedAsync(digest)).Message, StringComparison.Ordinal);

        var approved = await ApproveAsync(digest, "erik", statement);
        Assert.Equal(
            (PolicyState.Approved, QuorumFixture.TimeLockSeconds * 1_000L),
            (approved.State, approved.EffectiveAtMs - approved.Approvals[1].ApprovedAtMs)
        );
        Assert.Contains("time lock", (await ActivationRefusedAsync(digest)).Message, StringComparison.Ordinal);
        await NotActiveAsync("approved");
        await ActivateAsync(digest);

        var session = (await _daemon.Alice.OpenAsync("desk")).Session;
        Assert.Equal(digest, session.PolicyDigest);
        await _daemon.Alice.SignAsync(session.SessionId, new Transfer { Amount = 1 });

        var retired = await Operator.RetirePolicyAsync(new() { Digest = digest, Reason = "incident 42" }, Caller.Options());
        Assert.Equal([session.SessionId], retired.EndedSessionIds);
        Assert.Equal(
            "SESSION_ENDED",
            (await Refusal.OfAsync(_daemon.Alice.SignAsync(session.SessionId, new Transfer { Nonce = 1 }))).ErrorReason
        );
        await NotActiveAsync("retired");
        Assert.Equal("POLICY_STATE", (await ActivationRefusedAsync(digest)).ErrorReason);

        var verified = await _daemon.RunCliAsync(Identities.Auditor, "audit", "verify");
        Assert.True(verified.ExitCode == 0, verified.Error + verified.Output);
        Assert.NotEqual(digest, other);
    }

    [Fact]
    public async Task A_restart_keeps_everything_also_after_a_crash()
    {
        var (active, statement) = await ProposeAsync(await DocumentAsync("one"));
        await ApproveAsync(active, "dora", statement);
        await ApproveAsync(active, "fay", statement);
        await ActivateAsync(active);
        var (waiting, second) = await ProposeAsync(await DocumentAsync("two"));
        await ApproveAsync(waiting, "erik", second);
        var before = await Operator.ListPoliciesAsync(new() { IncludeEnded = true }, Caller.Options());

        await _daemon.KillAsync();
        await _daemon.StartAsync();

        Assert.Equal(before, await Operator.ListPoliciesAsync(new() { IncludeEnded = true }, Caller.Options()));
        var session = (await _daemon.Alice.OpenAsync("desk")).Session;
        Assert.Equal(active, session.PolicyDigest);
        Assert.Equal(PolicyState.Approved, (await ApproveAsync(waiting, "fay", second)).State);
        var activated = await ActivateAsync(waiting);
        Assert.Equal([session.SessionId], activated.EndedSessionIds);
        Assert.Equal(waiting, (await _daemon.Alice.OpenAsync("desk")).Session.PolicyDigest);
    }

    [Fact]
    public async Task Another_roster_takes_the_quorum_of_the_one_before_and_another_first_roster_is_refused()
    {
        var (waiting, statement) = await ProposeAsync(await DocumentAsync("one"));
        var signature = _daemon.Sign("dora", statement);
        await ApproveAsync(waiting, signature);
        var (roster, text) = await ProposeAsync(_daemon.Roster(1, 0, "dora", "stranger"), PolicyDocumentKind.Roster);
        await ApproveAsync(roster, "dora", text);
        Assert.Equal("POLICY_STATE", (await ActivationRefusedAsync(roster)).ErrorReason);
        await ApproveAsync(roster, "erik", text);
        await ActivateAsync(roster);

        // It takes one now, and dora had signed: for the other roster.
        Assert.Equal("POLICY_STATE", (await ActivationRefusedAsync(waiting)).ErrorReason);
        Assert.Equal("signature", (await Refusal.OfAsync(ApproveAsync(waiting, signature))).Field);
        var configuration = Path.Combine(_daemon.Folder, "sessionsignerd.yaml");
        var original = await File.ReadAllTextAsync(configuration);
        Assert.Equal(0, await _daemon.StopAsync());
        await File.WriteAllTextAsync(
            configuration,
            original.Replace(_daemon.Section("dora", "erik", "fay"), _daemon.Section("dora", "stranger"), StringComparison.Ordinal)
        );
        var refused = await _daemon.RunDaemonAsync(TimeSpan.FromSeconds(30), "--config", configuration);
        Assert.NotEqual(0, refused.ExitCode);
        Assert.Contains("the journal began with", refused.Error + refused.Output, StringComparison.Ordinal);
        await File.WriteAllTextAsync(configuration, original);
        await _daemon.StartAsync();

        Assert.Equal(roster, (await Operator.ListPoliciesAsync(new(), Caller.Options())).Roster.Digest);
        var now = (await Operator.GetPolicyVersionAsync(new() { Digest = waiting }, Caller.Options())).Statement;
        Assert.Equal(PolicyState.Approved, (await ApproveAsync(waiting, "stranger", now)).State);
        await ActivateAsync(waiting);
        Assert.Equal(waiting, (await _daemon.Alice.OpenAsync("desk")).Session.PolicyDigest);
    }

    [Fact]
    public async Task Bad_documents_are_refused_with_every_fault_and_leave_nothing()
    {
        var document = (await DocumentAsync("one")).Replace("\"version\":1", "\"version\":9,\"extra\":true", StringComparison.Ordinal);
        var refused = await Refusal.OfAsync(ProposeAsync(document));
        Assert.Equal((StatusCode.InvalidArgument, "document_json"), (refused.Code, refused.Field));
        Assert.Contains("extra: Unknown member.", refused.Message, StringComparison.Ordinal);
        Assert.Contains("version: ", refused.Message, StringComparison.Ordinal);
        foreach (var bad in (string[])["", "{", "[]", new string(' ', 131_073), "{\"version\":1,\"version\":1}"])
        {
            Assert.Equal("document_json", (await Refusal.OfAsync(ProposeAsync(bad))).Field);
        }
        Assert.Equal("kind", (await Refusal.OfAsync(ProposeAsync(document, PolicyDocumentKind.Unspecified))).Field);
        Assert.Equal("kind", (await Refusal.OfAsync(ProposeAsync(document, (PolicyDocumentKind)7))).Field);
        Assert.Equal("digest", (await ActivationRefusedAsync("0x12")).Field);
        Assert.Equal("NOT_FOUND", (await ActivationRefusedAsync("0x" + new string('1', 64))).ErrorReason);
        // The first roster and nothing else.
        Assert.Single((await Operator.ListPoliciesAsync(new() { IncludeEnded = true }, Caller.Options())).Versions);
    }

    [Fact]
    public async Task The_command_line_does_it_all()
    {
        var file = _daemon.WriteFile("desk.json", await DocumentAsync("one"));
        var proposed = JsonNode.Parse(await CliAsync(Identities.Operator, "policy", "propose", file, "--json"))!;
        var digest = proposed["version"]!["digest"]!.GetValue<string>();
        foreach (var officer in (string[])["dora", "erik"])
        {
            var text = Path.Combine(_daemon.Folder, officer + ".txt");
            await CliAsync(Identities.Approver, "policy", "review", digest, "--out", text);
            var signature = _daemon.WriteFile(officer + ".sig", _daemon.Sign(officer, await File.ReadAllTextAsync(text)));
            await CliAsync(Identities.Approver, "policy", "approve", digest, "--signature", signature);
        }
        await Task.Delay(TimeSpan.FromSeconds(QuorumFixture.TimeLockSeconds));
        Assert.Contains("active", await CliAsync(Identities.Operator, "policy", "activate", digest), StringComparison.Ordinal);
        Assert.Equal(digest, (await _daemon.Alice.OpenAsync("desk")).Session.PolicyDigest);
        Assert.Contains(
            "Sessions ended: 1",
            await CliAsync(Identities.Operator, "policy", "retire", digest, "--reason", "done"),
            StringComparison.Ordinal
        );
        Assert.Contains("retired", await CliAsync(Identities.Auditor, "policy", "list", "--ended"), StringComparison.Ordinal);
        Assert.Contains("by approval; roster 0x", await CliAsync(Identities.Auditor, "custody"), StringComparison.Ordinal);
    }

    /// <summary>The policy "desk" as JSON, with a description of its own.</summary>
    private async Task<string> DocumentAsync(string description, string name = "desk")
    {
        var shown = await _daemon.RunDaemonAsync(
            TimeSpan.FromSeconds(30),
            "policy",
            "show",
            Path.Combine(_daemon.Folder, "policies/desk.yaml"),
            "--json"
        );
        var policy = JsonNode.Parse(shown.Output)!["policy"]!.AsObject();
        policy["description"] = description;
        policy["name"] = name;
        return policy.ToJsonString();
    }

    private async Task<(string Digest, string Statement)> ProposeAsync(string document, PolicyDocumentKind kind = PolicyDocumentKind.Policy)
    {
        var request = new ProposePolicyRequest { Kind = kind, DocumentJson = ByteString.CopyFrom(Encoding.UTF8.GetBytes(document)) };
        var answer = await Operator.ProposePolicyAsync(request, Caller.Options());
        return (answer.Version.Digest, answer.Statement);
    }

    private Task<PolicyVersion> ApproveAsync(string digest, string officer, string statement) =>
        ApproveAsync(digest, _daemon.Sign(officer, statement));

    private async Task<PolicyVersion> ApproveAsync(string digest, string signature) =>
        (
            await _daemon.Approver.Admin.ApprovePolicyAsync(
                new ApprovePolicyRequest { Digest = digest, Signature = signature },
                Caller.Options()
            )
        ).Version;

    private async Task<ActivatePolicyResponse> ActivateAsync(string digest)
    {
        await Task.Delay(TimeSpan.FromSeconds(QuorumFixture.TimeLockSeconds));
        return await Operator.ActivatePolicyAsync(new() { Digest = digest }, Caller.Options());
    }

    private Task<Refusal> ActivationRefusedAsync(string digest) =>
        Refusal.OfAsync(Operator.ActivatePolicyAsync(new() { Digest = digest }, Caller.Options()).ResponseAsync);

    private async Task NotActiveAsync(string state)
    {
        var denial = await Refusal.DenialOfAsync(_daemon.Alice.OpenAsync("desk"), DenialReason.PolicyNotActive);
        Assert.Equal(("policy.state", state, "active"), (denial.Rule, denial.Observed, denial.Limit));
    }

    private async Task<string> CliAsync(string identity, params string[] arguments)
    {
        var run = await _daemon.RunCliAsync(identity, arguments);
        Assert.True(run.ExitCode == 0, run.Error + run.Output);
        return run.Output;
    }
}
