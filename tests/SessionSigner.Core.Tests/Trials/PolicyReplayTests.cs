using System.Text;
using SessionSigner.Audit;

namespace SessionSigner.Core.Tests;

/// <summary>What a real registry and pipeline wrote to the log, replayed.</summary>
public class PolicyReplayTests
{
    // Three signatures of 60, 30 and 10, one refusal of 101, one session that ends, another with a narrowing.
    private static async Task<(IReadOnlyList<Entry> Log, ReplayPayloads Payloads)> RecordAsync(Desk desk)
    {
        var payloads = new ReplayPayloads();
        var first = await desk.OpenAsync();
        var second = await desk.OpenAsync("open-2", narrowing: Desk.Scope(20));
        foreach (var (session, amount) in new[] { (first, 60ul), (first, 30ul), (second, 10ul) })
        {
            desk.Time.Advance(TimeSpan.FromSeconds(1));
            var requestId = Desk.NextRequestId();
            await desk.SignAsync(session.SessionId, amount, requestId);
            Add(payloads, amount, requestId);
        }
        var refused = Desk.NextRequestId();
        await desk.RefuseAsync(first.SessionId, 101, refused);
        Add(payloads, 101, refused);
        await desk.Registry.CloseAsync(Desk.Trader, first.SessionId, CancellationToken.None);
        return (desk.Journal.Entries, payloads);
    }

    [Fact]
    public async Task The_same_policy_decides_the_same()
    {
        await using var desk = new Desk();
        var (log, payloads) = await RecordAsync(desk);
        var replay = Replay(desk.Policy, log, payloads);
        Assert.Empty(replay.Findings);
        Assert.Equal(
            (2, 3, 3, 1),
            (replay.Counts.Sessions, replay.Counts.Signatures, replay.Counts.WithPayload, replay.Counts.RefusalsWithPayload)
        );
        replay = Replay(desk.Policy, log, new ReplayPayloads());
        Assert.Empty(replay.Findings);
        Assert.Equal((3, 1), (replay.Counts.WithoutPayload, replay.Counts.RefusalsWithoutPayload));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_lower_budget_refuses_what_exceeds_it_with_and_without_payloads(bool known)
    {
        await using var desk = new Desk();
        var (log, payloads) = await RecordAsync(desk);
        await using var lower = new Desk(limit: 80);
        var replay = Replay(lower.Policy, log, known ? payloads : new ReplayPayloads());
        var finding = Assert.Single(replay.Findings);
        Assert.Contains(
            "refuse budget_exceeded by ceiling.budgets[usdc]: 30, allowed 80, left 20",
            finding.Decision,
            StringComparison.Ordinal
        );
        Assert.Equal(1, replay.Counts.SignaturesRefused);
        Assert.Equal(EntryKind.Signed, log[(int)finding.Index].Kind);
    }

    [Fact]
    public async Task A_shared_budget_is_shared_between_the_replayed_sessions()
    {
        await using var desk = new Desk();
        var (log, _) = await RecordAsync(desk);
        await using var shared = new Desk(limit: 95, budget: "\"window\":\"lifetime\",\"per\":\"policy\"");
        Assert.Contains(
            ": 10, allowed 95, left 5",
            Assert.Single(Replay(shared.Policy, log, new ReplayPayloads()).Findings).Decision,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_session_that_would_not_open_signs_nothing()
    {
        await using var desk = new Desk();
        var (log, payloads) = await RecordAsync(desk);
        await using var one = new Desk(maxOpen: 1);
        var replay = Replay(one.Policy, log, payloads);
        var finding = Assert.Single(replay.Findings);
        Assert.Contains("policy.max_open_sessions_per_principal", finding.Decision, StringComparison.Ordinal);
        Assert.Equal((1, 1, 2), (replay.Counts.SessionsRefused, replay.Counts.InRefusedSessions, replay.Counts.WithPayload));
    }

    [Fact]
    public async Task A_refusal_that_the_scope_now_allows_is_found()
    {
        await using var desk = new Desk();
        var (log, payloads) = await RecordAsync(desk);
        var wider = desk.Policy.CanonicalJson.Replace("\"value\":\"100\"", "\"value\":\"101\"", StringComparison.Ordinal);
        Assert.True(Policy.TryParse(Encoding.UTF8.GetBytes(wider), out var policy, out _));
        var finding = Assert.Single(Replay(policy, log, payloads).Findings);
        Assert.StartsWith("refused ConstraintUnmet by ceiling.permissions[0].constraints[0]", finding.What, StringComparison.Ordinal);
        Assert.StartsWith("allow by ceiling.permissions[pay]", finding.Decision, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_user_operation_is_held_against_the_candidate()
    {
        await using var desk = new Desk();
        var session = await desk.OpenAsync();
        var transfer = "0x" + Convert.ToHexStringLower(Desk.TransferData(60));
        var operation = UserOperations.Json(Containers.Execute(Desk.Token.ToString(), 0, transfer));
        operation["sender"] = Desk.Account.ToString();
        await desk.Pipeline.SignUserOperationAsync(Desk.Trader, session.SessionId, "op-1", UserOperations.Request(operation), default);
        var payloads = new ReplayPayloads();
        var line = $$"""
            {"kind":"user_operation","payload":{"chain":"1","entry_point":{"address":"{{Desk.EntryPoint}}","version":"0.7"},
             "signature_form":"hash","json":{{operation.ToJsonString()}} } }
            """;
        Assert.True(payloads.TryAdd(Encoding.UTF8.GetBytes(line), out var fault), fault);
        var replay = Replay(desk.Policy, desk.Journal.Entries, payloads);
        Assert.Empty(replay.Findings);
        Assert.Equal(1, replay.Counts.WithPayload);

        var other = desk.Policy.CanonicalJson.Replace("\"nonce_keys\":[\"0\"]", "\"nonce_keys\":[\"1\"]", StringComparison.Ordinal);
        Assert.True(Policy.TryParse(Encoding.UTF8.GetBytes(other), out var policy, out _));
        Assert.Contains(
            "refuse user_operation_not_allowed by ceiling.permissions[operate].nonce_keys",
            Assert.Single(Replay(policy, desk.Journal.Entries, payloads).Findings).Decision,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Another_policys_sessions_are_counted_only()
    {
        await using var desk = new Desk();
        var (log, payloads) = await RecordAsync(desk);
        var replay = Replay(PolicyBuilder.Parse(), log, payloads);
        Assert.Empty(replay.Findings);
        Assert.Equal((0, 0), (replay.Counts.Sessions, replay.Counts.Signatures));
        Assert.True(replay.Counts.Others >= 6);
    }

    [Theory]
    [InlineData("""{"kind":"transaction","payload":"0x02"}""", "payload: It cannot be decoded")]
    [InlineData("""{"kind":"transaction","payload":"02"}""", "payload: Must be")]
    [InlineData("""{"kind":"digest","payload":"0x02"}""", "payload: Must be")]
    [InlineData("""{"kind":"typed_data","payload":"{}"}""", "payload: Must be")]
    [InlineData("""{"kind":"user_operation","payload":"0x02"}""", "payload: Must be an object")]
    [InlineData("""{"kind":"user_operation","payload":{"entry_point":EP,"signature_form":"hash","json":{}}}""", "payload.chain: Missing.")]
    [InlineData(
        """{"kind":"user_operation","payload":{"chain":"1","entry_point":EP,"signature_form":"hash","json":{}}}""",
        "payload: It cannot be decoded"
    )]
    [InlineData("""{"kind":"grant","payload":"0x02"}""", "kind: Must be")]
    [InlineData("""{"kind":"message"}""", "payload: Missing.")]
    [InlineData("""{"kind":"message","payload":"x","digest":"0x"}""", "digest: Unknown member.")]
    [InlineData("", "The document must be JSON")]
    public void A_payload_that_is_none_is_a_fault(string json, string fault)
    {
        var payloads = new ReplayPayloads();
        json = json.Replace("EP", $$"""{"address":"{{Desk.EntryPoint}}","version":"0.7"}""", StringComparison.Ordinal);
        Assert.False(payloads.TryAdd(Encoding.UTF8.GetBytes(json), out var found));
        Assert.StartsWith(fault, found, StringComparison.Ordinal);
        Assert.Equal(0, payloads.Count);
    }

    private static void Add(ReplayPayloads payloads, ulong amount, string requestId)
    {
        var transaction = Convert.ToHexStringLower(Desk.Transfer(amount, Desk.NonceOf(requestId)));
        Assert.True(
            payloads.TryAdd(Encoding.UTF8.GetBytes($$"""{"kind":"transaction","payload":"0x{{transaction}}"}"""), out var fault),
            fault
        );
    }

    private static PolicyReplay Replay(Policy policy, IReadOnlyList<Entry> log, ReplayPayloads payloads)
    {
        var replay = new PolicyReplay(policy, payloads);
        for (var i = 0; i < log.Count; i++)
        {
            replay.Add(i, log[i]);
        }
        return replay;
    }
}
