using System.Text.Json.Nodes;

namespace SessionSigner.Core.Tests;

public class TraceTests
{
    private const string Pay = "pay(uint256 amount)";

    [Fact]
    public void Every_permission_considered_has_its_first_unmet_criterion()
    {
        var poor = ScopeBuilder.Call(Pay, Cap(1), name: "a");
        var free = ScopeBuilder.Call(Pay, Cap(9), name: "b");
        free["max_gas"] = "1";
        var (_, trace) = TracePropertyTests.Explain(ScopeBuilder.Compile(poor, ScopeBuilder.Call("f()", name: "f"), free), Amount(5));
        Assert.Equal(
            [
                "ceiling.permissions[0] ConstraintUnmet ceiling.permissions[0].constraints[0] 5 amount <= 1",
                "ceiling.permissions[2] FeeExceeded ceiling.permissions[2].max_gas 100000 1",
            ],
            trace.Steps.Select(Text)
        );
    }

    [Fact]
    public void If_no_permission_was_considered_the_nearest_is_told()
    {
        var scope = ScopeBuilder.Compile(ScopeBuilder.Call(Pay), ScopeBuilder.Call("f()", name: "f"));
        var elsewhere = new TransactionBuilder { To = ScopeBuilder.Other, Data = Data(5) }.Build();
        Assert.Equal(
            [$" TargetNotAllowed ceiling.permissions {ScopeBuilder.Other} on chain 1 pay(uint256) at {ScopeBuilder.Token}"],
            TracePropertyTests.Explain(scope, elsewhere).Trace.Steps.Select(Text)
        );
        var unknown = new TransactionBuilder { To = ScopeBuilder.Other, Data = "0x01020304" }.Build();
        Assert.Equal(ScopeBuilder.Token, TracePropertyTests.Explain(scope, unknown).Trace.Steps.Single().Unmet!.Limit);
        var chain = new TransactionBuilder { ChainId = 7, Data = Data(5) }.Build();
        Assert.Equal([" ChainNotAllowed ceiling.chains 7 1"], TracePropertyTests.Explain(scope, chain).Trace.Steps.Select(Text));
    }

    [Fact]
    public void Carried_calls_are_named_by_their_position_and_all_that_are_refused_are_listed()
    {
        var scope = ScopeBuilder.Compile(ScopeBuilder.Call(Pay, Cap(9)), Containers.Unwrap("multicall(bytes[])", "multicall"));
        var nested = Containers.MulticallData(Data(3), Data(11));
        var payload = Containers.Multicall(Data(1), Data(10), nested);
        var (decision, trace) = TracePropertyTests.Explain(scope, payload);
        Assert.Equal("call[1]: 10", decision.Denial.Observed);
        Assert.Equal(
            [
                "ceiling.permissions[1]",
                "calls[0] ceiling.permissions[0]",
                "calls[1] ceiling.permissions[0] ConstraintUnmet ceiling.permissions[0].constraints[0] 10 amount <= 9",
                "calls[2] ceiling.permissions[1]",
                "calls[2].calls[0] ceiling.permissions[0]",
                "calls[2].calls[1] ceiling.permissions[0] ConstraintUnmet ceiling.permissions[0].constraints[0] 11 amount <= 9",
            ],
            trace.Steps.Select(Text)
        );
        Assert.Equal(
            ["calls[1]", "calls[2].calls[1]"],
            TracePropertyTests.Explain(scope, payload, TraceBounds.Refusal).Trace.Steps.Select(step => step.Position)
        );
    }

    [Fact]
    public void Carried_calls_that_nothing_names_and_containers_that_cannot_be_read_are_told_where_they_are()
    {
        var scope = ScopeBuilder.Compile(ScopeBuilder.Call(Pay), Containers.Unwrap("multicall(bytes[])", "multicall"));
        Assert.Equal(
            [
                "ceiling.permissions[1]",
                "calls[0] ceiling.permissions[0]",
                "calls[1]  FunctionNotAllowed ceiling.permissions selector 0x01020304 multicall(bytes[]), pay(uint256)",
            ],
            TracePropertyTests.Explain(scope, Containers.Multicall(Data(1), "0x01020304")).Trace.Steps.Select(Text)
        );
        var empty = TracePropertyTests.Explain(scope, Containers.Multicall());
        Assert.Equal(["ceiling.permissions[1]", "ceiling.permissions[1]"], empty.Trace.Steps.Select(step => step.Permission));
        Assert.Equal([null, empty.Decision.Denial], empty.Trace.Steps.Select(step => step.Unmet));
    }

    [Fact]
    public void A_side_that_looks_at_no_permission_says_why()
    {
        var ceiling = ScopeBuilder.Compile(ScopeBuilder.Call(Pay));
        var document = ScopeBuilder.Document(ScopeBuilder.Call(Pay));
        document["not_after"] = ScopeBuilder.Now;
        var trace = new TraceBuilder(TraceBounds.Answer);
        var narrowing = ScopeBuilder.CompileDocument(document, "narrowing");
        var decision = new ScopeEvaluation().Evaluate(ceiling, narrowing, Amount(1), ScopeBuilder.Now, default, trace);
        Assert.Equal(
            ["ceiling.permissions[0]", $" OutsideWindow narrowing.not_after {ScopeBuilder.Now} before {ScopeBuilder.Now}"],
            trace.Build().Steps.Select(Text)
        );
        Assert.Equal(decision.Denial, trace.Build().Steps[1].Unmet);
    }

    [Fact]
    public void What_does_not_fit_is_counted_and_the_size_is_bounded()
    {
        var permissions = Enumerable.Range(0, 300).Select(i => ScopeBuilder.Call(Pay, Cap(1), name: $"p{i}")).ToArray();
        var scope = ScopeBuilder.Compile(permissions);
        var full = TracePropertyTests.Explain(scope, Amount(2)).Trace;
        Assert.Equal((100, 200), (full.Steps.Count, full.LeftOut));
        var refusal = TracePropertyTests.Explain(scope, Amount(2), TraceBounds.Refusal).Trace;
        Assert.Equal(300, refusal.Steps.Count + refusal.LeftOut);
        Assert.InRange(refusal.Steps.Count, 4, 8);
        Assert.InRange(refusal.Steps.Sum(step => step.Permission.Length + step.Unmet!.Rule.Length + step.Unmet.Limit.Length), 1, 640);
    }

    [Fact]
    public void A_refusal_of_an_unknown_target_does_not_depend_on_how_many_are_listed()
    {
        var document = ScopeBuilder.Document();
        for (var i = 0; i < 4; i++)
        {
            var permission = ScopeBuilder.Call("f()", name: $"f{i}");
            permission["targets"] = new JsonArray([
                .. Enumerable
                    .Range(0, 250)
                    .Select(target => (JsonNode)new Ethereum.Address([.. new byte[18], (byte)(i + 1), (byte)target]).ToString()),
            ]);
            document["permissions"]!.AsArray().Add(permission);
        }
        var scope = ScopeBuilder.CompileDocument(document);
        var payload = Amount(1);
        var denial = scope.Refusal(payload);
        Assert.EndsWith(", and 996 more", denial.Limit, StringComparison.Ordinal);
        var before = GC.GetAllocatedBytesForCurrentThread();
        scope.Refusal(payload);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 1, 20_000);
    }

    [Fact]
    public async Task A_refusal_has_every_meter_that_has_no_room_and_the_same_again()
    {
        await using var desk = new Desk(limit: 100, rates: ",\"rates\":[{\"max\":1,\"window_seconds\":60}]", more: ",\"max_signatures\":1");
        var session = await desk.OpenAsync();
        await desk.SignAsync(session.SessionId, 60);
        var first = await desk.RefuseAsync(session.SessionId, 50);
        Assert.Equal(
            ["ceiling.max_signatures 0 0", "ceiling.rates[0] 0 60060", "ceiling.budgets[usdc] 40 0"],
            first.Trace.Steps.Select(step => $"{step.Unmet!.Rule} {step.Unmet.Headroom} {step.Unmet.RetryAfterMs}")
        );
        Assert.Equal(first.Denial, first.Trace.Steps[0].Unmet);
        var again = await desk.RefuseAsync(session.SessionId, 50);
        Assert.Equal(first.Trace.Steps, again.Trace.Steps);
        var evaluated = desk.Pipeline.Evaluate(Desk.Trader, session.SessionId, PayloadKind.Transaction, Desk.Transfer(50, nonce: 9));
        Assert.Equal(first.Trace.Steps, evaluated.Trace.Steps.Where(step => step.Unmet is not null));
        Assert.Empty(evaluated.Trace.Debits);
    }

    [Fact]
    public async Task Both_sides_are_explained_even_if_the_ceiling_refuses()
    {
        await using var desk = new Desk();
        var session = await desk.OpenAsync(narrowing: Desk.Scope(each: 7));
        var refused = await desk.RefuseAsync(session.SessionId, 101);
        string[] rules = ["ceiling.permissions[0].constraints[0]", "narrowing.permissions[0].constraints[0]"];
        Assert.Equal(rules, refused.Trace.Steps.Select(step => step.Unmet!.Rule));
        Assert.Equal(rules[0], refused.Denial!.Rule);
        var lower = desk.Pipeline.Evaluate(Desk.Trader, session.SessionId, PayloadKind.Transaction, Desk.Transfer(8));
        Assert.Equal(
            ["ceiling.permissions[0]", "narrowing.permissions[0] ConstraintUnmet narrowing.permissions[0].constraints[0] 8 amount <= 7"],
            lower.Trace.Steps.Select(Text)
        );
    }

    [Fact]
    public async Task An_allowed_request_is_told_who_allows_it_and_what_it_takes()
    {
        await using var desk = new Desk();
        var session = await desk.OpenAsync(narrowing: Desk.Scope(each: 70));
        await desk.Pipeline.SignTransactionAsync(Desk.Trader, session.SessionId, "r", Desk.Transfer(30, nonce: 5), default);
        var result = desk.Pipeline.Evaluate(Desk.Trader, session.SessionId, PayloadKind.Transaction, Desk.Transfer(50, nonce: 5));
        Assert.Equal(["ceiling.permissions[0]", "narrowing.permissions[0]"], result.Trace.Steps.Select(Text));
        // It replaces the first one, which has taken 30.
        Assert.Equal(
            [
                new TraceDebit("ceiling.budgets[usdc]", "USDC base units", "20"),
                new TraceDebit("narrowing.budgets[usdc]", "USDC base units", "20"),
            ],
            result.Trace.Debits
        );
    }

    [Fact]
    public async Task What_stands_before_every_permission_is_the_only_step()
    {
        await using var desk = new Desk();
        var session = await desk.OpenAsync();
        var undecodable = desk.Pipeline.Evaluate(Desk.Trader, session.SessionId, PayloadKind.Transaction, new byte[] { 9 });
        Assert.Equal("payload.unsigned_transaction", undecodable.Trace.Steps.Single().Unmet!.Rule);
        await desk.Registry.CloseAsync(Desk.Trader, session.SessionId, default);
        var ended = await desk.RefuseAsync(session.SessionId);
        Assert.Equal(("", ended.Denial), (ended.Trace.Steps.Single().Permission, ended.Trace.Steps.Single().Unmet));
    }

    private static string Cap(int max) => $$"""[{"path":"amount","op":"lte","value":"{{max}}"}]""";

    private static string Data(int amount) => Containers.Calldata(Pay, amount);

    private static TransactionPayload Amount(int amount) => new TransactionBuilder { Data = Data(amount) }.Build();

    private static string Text(TraceStep step) =>
        (step.Position.Length > 0 ? step.Position + " " : "")
        + step.Permission
        + (step.Unmet is { } unmet ? $" {unmet.Reason} {unmet.Rule} {unmet.Observed} {unmet.Limit}" : "");
}
