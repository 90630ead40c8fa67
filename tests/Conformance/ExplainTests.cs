using Google.Protobuf;
using SessionSigner.V1;

namespace Conformance;

/// <summary>Evaluate and every refusal say everything that was considered; both say the same.</summary>
[Collection(DaemonCollection.Name)]
public class ExplainTests(DaemonFixture daemon)
{
    private const string Narrowing = $$"""
        {"version":1,"chains":["{{Policies.Chain}}"],"permissions":[
          {"name":"small","kind":"call","targets":["{{Policies.Token}}"],"function":"transfer(address to, uint256 amount)",
           "constraints":[{"path":"amount","op":"lte","value":"10"}],"max_gas":"100000","meters":[{"budget":"tight","path":"amount"}]},
          {"name":"cheap","kind":"call","targets":["{{Policies.Token}}"],"function":"transfer(address to, uint256 amount)",
           "max_gas":"50000","max_fee_per_gas":"3000000000","max_priority_fee_per_gas":"2000000000","meters":[{"budget":"tight","path":"amount"}]}],
         "budgets":[{"name":"tight","unit":"units","limit":"15","window":"lifetime","per":"session"}],
         "rates":[{"max":2,"window_seconds":3600}],"max_signatures":2}
        """;

    private const string Call0 = "narrowing.permissions[0]";
    private const string Call1 = "narrowing.permissions[1]";

    [Fact]
    public async Task Each_criterion_of_a_transaction()
    {
        await ExplainedAsync(new Transfer { Amount = 11 }, "", Call0 + ".constraints[0] 11", Call1 + ".max_gas 60000");
        await ExplainedAsync(
            new Transfer
            {
                Amount = 11,
                Gas = 1,
                Fee = 3_000_000_001,
            },
            "",
            Call0 + ".constraints[0] 11",
            Call1 + ".max_fee_per_gas 3000000001"
        );
        await ExplainedAsync(
            new Transfer
            {
                Amount = 11,
                Gas = 1,
                Fee = 3_000_000_000,
                PriorityFee = 2_000_000_001,
            },
            "",
            Call0 + ".constraints[0] 11",
            Call1 + ".max_priority_fee_per_gas 2000000001"
        );
        await ExplainedAsync(
            new Transfer { Amount = 1, Value = 7 },
            "ceiling.permissions[0].max_native_value 7",
            Call0 + ".max_native_value 7",
            Call1 + ".max_native_value 7"
        );
        await ExplainedAsync(
            new Transfer { Recipient = Policies.Stranger, Amount = 1 },
            "ceiling.permissions[0].constraints[0] " + Policies.Stranger
        );
        var elsewhere = Policies.Stranger + " on chain " + Policies.Chain;
        await ExplainedAsync(
            new Transfer { To = Policies.Stranger },
            "ceiling.permissions " + elsewhere,
            "narrowing.permissions " + elsewhere
        );
        await ExplainedAsync(
            new Transfer { Selector = "095ea7b3" },
            "ceiling.permissions selector 0x095ea7b3",
            "narrowing.permissions selector 0x095ea7b3"
        );
        await ExplainedAsync(new Transfer { Chain = 1 }, "ceiling.chains 1", "narrowing.chains 1");
        await ExplainedAsync(
            new Transfer { To = null },
            "ceiling.permissions contract creation",
            "narrowing.permissions contract creation"
        );
    }

    [Fact]
    public async Task Each_criterion_of_a_message()
    {
        var session = await daemon.Alice.OpenAsync("desk");
        await SameAsync(session.Session.SessionId, new Order { Amount = "1001" }, "ceiling.permissions[1].constraints[1] 1001");
        await SameAsync(
            session.Session.SessionId,
            new Order { Token = Policies.Stranger },
            "ceiling.permissions[1].constraints[0] " + Policies.Stranger
        );
        var type = await SameAsync(session.Session.SessionId, new Order { Type = "Cancel" });
        Assert.StartsWith("ceiling.permissions Cancel(", type, StringComparison.Ordinal);
        var domain = await SameAsync(session.Session.SessionId, new Order { Exchange = Policies.Stranger });
        Assert.StartsWith("ceiling.permissions name", domain, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_budget_rate_and_count_that_has_no_room()
    {
        var session = (await daemon.Alice.OpenAsync("desk", Narrowing)).Session.SessionId;
        await daemon.Alice.SignAsync(session, new Transfer { Amount = 8 });
        await daemon.Alice.SignAsync(session, new Transfer { Amount = 3, Nonce = 1 });
        var denial = await RefuseAsync(session, new Transfer { Amount = 5, Nonce = 2 });
        Assert.Equal(
            ["narrowing.max_signatures 3 2 0", "narrowing.rates[0] 3 2 0", "narrowing.budgets[tight] 5 15 4"],
            denial.Trace.Steps.Select(step => $"{step.Rule} {step.Observed} {step.Limit} {step.Headroom}")
        );
        Assert.InRange(denial.Trace.Steps[1].RetryAfterMs, 3_000_000UL, 3_700_000UL);
        Assert.Equal(("narrowing.max_signatures", 0U), (denial.Rule, denial.Trace.LeftOut));
    }

    [Fact]
    public async Task What_would_be_signed_is_told_who_allows_it_and_what_it_takes()
    {
        var session = (await daemon.Alice.OpenAsync("desk", Narrowing)).Session.SessionId;
        var answer = await EvaluateAsync(session, new Transfer { Amount = 9 });
        Assert.Null(answer.Denial);
        Assert.Equal(["ceiling.permissions[0]", Call0], answer.Trace.Steps.Select(step => step.Permission));
        Assert.All(answer.Trace.Steps, step => Assert.True(step.Met));
        Assert.Equal(
            ["ceiling.budgets[usdc] 9", "narrowing.budgets[tight] 9"],
            answer.Trace.Debits.Select(debit => $"{debit.Rule} {debit.Amount}")
        );
        // Asked again, the same: nothing was taken.
        Assert.Equal(answer, await EvaluateAsync(session, new Transfer { Amount = 9 }));
    }

    [Fact]
    public async Task What_stands_before_every_permission()
    {
        var session = (await daemon.Alice.OpenAsync("desk")).Session.SessionId;
        var undecodable = await Refusal.DenialOfAsync(daemon.Alice.SignAsync(session, [9]), DenialReason.Undecodable);
        Assert.Equal("payload.unsigned_transaction", Assert.Single(undecodable.Trace.Steps).Rule);
        await daemon.Alice.CloseAsync(session);
        var ended = await Refusal.OfAsync(daemon.Alice.SignAsync(session, new Transfer()));
        Assert.Equal(
            ("session.state", DenialReason.SessionEnded),
            (Assert.Single(ended.Denial!.Trace.Steps).Rule, ended.Denial.Trace.Steps[0].Reason)
        );
    }

    // The ceiling's unmet step, if it has one, and the narrowing's.
    private async Task ExplainedAsync(Transfer transfer, string ceiling, params string[] narrowing)
    {
        var session = (await daemon.Alice.OpenAsync("desk", Narrowing)).Session.SessionId;
        string[] expected = [.. ceiling.Length > 0 ? [ceiling] : Array.Empty<string>(), .. narrowing];
        var denial = await RefuseAsync(session, transfer);
        Assert.Equal(expected, denial.Trace.Steps.Select(Text));
        Assert.Contains(denial.Trace.Steps, step => step.Rule == denial.Rule && step.Reason == denial.Reason);
        Assert.Equal(denial.Trace.Steps, (await RefuseAsync(session, transfer)).Trace.Steps);
        var evaluated = await EvaluateAsync(session, transfer);
        Assert.Equal(denial.Trace.Steps.Select(Text), evaluated.Trace.Steps.Where(step => !step.Met).Select(Text));
        Assert.Null(evaluated.Denial.Trace);
        await daemon.Alice.CloseAsync(session);
    }

    private async Task<string> SameAsync(string session, Order order, string? expected = null)
    {
        var error = await Refusal.OfAsync(daemon.Alice.SignAsync(session, order));
        var step = Assert.Single(error.Denial!.Trace.Steps);
        Assert.Equal(expected ?? Text(step), Text(step));
        var request = new EvaluateRequest { SessionId = session, TypedDataJson = order.ToJson() };
        var evaluated = await daemon.Alice.Signing.EvaluateAsync(request, Caller.Options());
        Assert.Equal((step.Rule, step.Reason), (Assert.Single(evaluated.Trace.Steps).Rule, evaluated.Trace.Steps[0].Reason));
        return Text(step);
    }

    private async Task<Denial> RefuseAsync(string session, Transfer transfer)
    {
        var refusal = await Refusal.OfAsync(daemon.Alice.SignAsync(session, transfer));
        Assert.NotNull(refusal.Denial);
        return refusal.Denial;
    }

    private async Task<EvaluateResponse> EvaluateAsync(string session, Transfer transfer) =>
        await daemon.Alice.Signing.EvaluateAsync(
            new EvaluateRequest { SessionId = session, UnsignedTransaction = ByteString.CopyFrom(transfer.Encode()) },
            Caller.Options()
        );

    private static string Text(TraceStep step) => $"{step.Rule} {step.Observed}";
}
