using SessionSigner.V1;

namespace Conformance;

/// <summary>Transactions that carry calls: each call is held against the scope, and their sum against the budgets.</summary>
[Collection(DaemonCollection.Name)]
public class ContainerTests(DaemonFixture daemon)
{
    private static readonly Dictionary<string, (string Target, Func<(string, byte[])[], byte[]> Encode)> s_containers = new()
    {
        ["multicall"] = (Policies.Token, calls => Calldata.Multicall([.. calls.Select(call => call.Item2)])),
        ["ERC-7579"] = (Policies.Account, calls => Calldata.Batch(1, calls)),
        ["multiSend"] = (Policies.Exchange, calls => Calldata.MultiSend(0, calls)),
    };

    public static TheoryData<string> Kinds => [.. s_containers.Keys];

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task What_is_carried_is_counted_together(string kind)
    {
        var sessionId = (await daemon.Alice.OpenAsync("smart")).Session.SessionId;
        var answer = await daemon.Alice.SignAsync(sessionId, Carry(kind, Pay(1_000), Pay(999)));
        Assert.Equal($"{Policies.Budget - 1_999}", answer.Headroom.Single(h => h.Rule == "ceiling.budgets[usdc]").Remaining);
        var over = Carry(kind, Pay(500), Pay(2)) with { Nonce = 1 };
        var denial = await Refusal.DenialOfAsync(daemon.Alice.SignAsync(sessionId, over), DenialReason.BudgetExceeded);
        Assert.Equal(("502", "501"), (denial.Observed, denial.Headroom));
        await daemon.Alice.SignAsync(sessionId, Carry(kind, Pay(500), Pay(1)) with { Nonce = 1 });
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task What_is_carried_is_refused_as_if_it_stood_alone(string kind)
    {
        await using var probe = await Probe.OpenAsync(daemon, "smart");
        var amount = Carry(kind, Pay(1), Pay(1_001));
        var denial = await Refusal.DenialOfAsync(daemon.Alice.SignAsync(probe.Id, amount), DenialReason.ConstraintUnmet);
        Assert.Equal(("ceiling.permissions[0].constraints[1]", "call[1]: 1001"), (denial.Rule, denial.Observed));
        var approve = Carry(kind, (Policies.Token, new Transfer { Selector = "095ea7b3" }.TransferData));
        denial = await Refusal.DenialOfAsync(daemon.Alice.SignAsync(probe.Id, approve), DenialReason.FunctionNotAllowed);
        Assert.StartsWith("call[0]: selector 0x095ea7b3", denial.Observed, StringComparison.Ordinal);
        denial = await Refusal.DenialOfAsync(daemon.Alice.SignAsync(probe.Id, Carry(kind)), DenialReason.Undecodable);
        Assert.Equal("no calls", denial.Observed);
        await probe.AssertUnharmedAsync();
    }

    [Fact]
    public async Task A_delegatecall_is_refused()
    {
        await using var probe = await Probe.OpenAsync(daemon, "smart");
        foreach (
            var transfer in (Transfer[])
                [
                    new() { To = Policies.Account, Data = Calldata.Batch(0xff, Pay(1)) },
                    new() { To = Policies.Exchange, Data = Calldata.MultiSend(1, Pay(1)) },
                ]
        )
        {
            var denial = await Refusal.DenialOfAsync(daemon.Alice.SignAsync(probe.Id, transfer), DenialReason.FeatureNotAllowed);
            Assert.StartsWith("delegatecall", denial.Observed, StringComparison.Ordinal);
        }
        await probe.AssertUnharmedAsync();
    }

    private static Transfer Carry(string kind, params (string, byte[])[] calls) =>
        new() { To = s_containers[kind].Target, Data = s_containers[kind].Encode(calls) };

    private static (string Target, byte[] Data) Pay(int amount) => (Policies.Token, new Transfer { Amount = amount }.TransferData);
}
