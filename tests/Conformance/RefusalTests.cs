using System.Numerics;
using Grpc.Core;
using SessionSigner.V1;

namespace Conformance;

/// <summary>What is outside the scope is refused with the rule, what it saw and what it allows.</summary>
[Collection(DaemonCollection.Name)]
public class RefusalTests(DaemonFixture daemon)
{
    [Fact]
    public Task A_contract_that_no_permission_names() =>
        RefusedAsync(new Transfer { To = Policies.Stranger }, DenialReason.TargetNotAllowed, "ceiling.permissions", Policies.Stranger, "");

    [Fact]
    public Task A_function_that_no_permission_names() =>
        RefusedAsync(new Transfer { Selector = "095ea7b3" }, DenialReason.FunctionNotAllowed, "ceiling.permissions", "0x095ea7b3", "");

    [Fact]
    public Task An_amount_over_the_cap_of_one_order() =>
        RefusedAsync(new Transfer { Amount = 1001 }, DenialReason.ConstraintUnmet, "ceiling.permissions[0].constraints[1]", "1001", "1000");

    [Fact]
    public Task The_largest_amount_there_is() =>
        RefusedAsync(
            new Transfer { Amount = BigInteger.Pow(2, 256) - 1 },
            DenialReason.ConstraintUnmet,
            "ceiling.permissions[0].constraints[1]",
            (BigInteger.Pow(2, 256) - 1).ToString(),
            "1000"
        );

    [Fact]
    public Task A_recipient_that_is_not_listed() =>
        RefusedAsync(
            new Transfer { Recipient = Policies.Stranger },
            DenialReason.ConstraintUnmet,
            "ceiling.permissions[0].constraints[0]",
            Policies.Stranger,
            Policies.Recipient
        );

    [Fact]
    public Task Another_chain() =>
        RefusedAsync(new Transfer { Chain = 1 }, DenialReason.ChainNotAllowed, "ceiling.chains", "1", Policies.Chain);

    [Fact]
    public Task Native_value() =>
        RefusedAsync(new Transfer { Value = 1 }, DenialReason.NativeValueExceeded, "ceiling.permissions[0]", "1", "0");

    [Fact]
    public Task A_fee_over_the_cap() =>
        RefusedAsync(
            new Transfer { Fee = 100_000_000_001 },
            DenialReason.FeeExceeded,
            "ceiling.permissions[0]",
            "100000000001",
            "100000000000"
        );

    [Fact]
    public Task Gas_over_the_cap() =>
        RefusedAsync(new Transfer { Gas = 100_001 }, DenialReason.FeeExceeded, "ceiling.permissions[0]", "100001", "100000");

    [Fact]
    public Task A_contract_creation() => RefusedAsync(new Transfer { To = null }, DenialReason.ContractCreation, "", "", "");

    [Theory]
    [InlineData("")]
    [InlineData("02")]
    [InlineData("02c0")]
    [InlineData("05c0")]
    [InlineData("ff")]
    public async Task Bytes_that_are_no_transaction(string hex)
    {
        var opened = await daemon.Alice.OpenAsync("desk");
        var refusal = await Refusal.OfAsync(daemon.Alice.SignAsync(opened.Session.SessionId, Convert.FromHexString(hex)));
        Assert.True(
            refusal.Code == StatusCode.InvalidArgument || refusal.Denial?.Reason == DenialReason.Undecodable,
            $"{refusal.Code} {refusal.Denial?.Reason}"
        );
        await daemon.AssertHealthyAsync();
    }

    [Fact]
    public async Task A_transaction_with_bytes_after_its_end()
    {
        var opened = await daemon.Alice.OpenAsync("desk");
        var sign = daemon.Alice.SignAsync(opened.Session.SessionId, [.. new Transfer().Encode(), 0]);
        await Refusal.DenialOfAsync(sign, DenialReason.Undecodable);
    }

    [Fact]
    public async Task More_than_the_budget_in_all()
    {
        var opened = await daemon.Alice.OpenAsync("desk");
        await daemon.Alice.SignAsync(opened.Session.SessionId, new Transfer { Amount = 1000 });
        // Orders and transfers count into one budget.
        await daemon.Alice.SignAsync(opened.Session.SessionId, new Order { Amount = "1000" });
        var denial = await Refusal.DenialOfAsync(
            daemon.Alice.SignAsync(opened.Session.SessionId, new Transfer { Amount = 501, Nonce = 1 }),
            DenialReason.BudgetExceeded
        );
        Assert.Equal("ceiling.budgets[usdc]", denial.Rule);
        Assert.Equal("2500", denial.Limit);
        Assert.Equal("500", denial.Headroom);
        await daemon.Alice.SignAsync(opened.Session.SessionId, new Transfer { Amount = 500, Nonce = 1 });
    }

    [Fact]
    public async Task More_than_the_rate()
    {
        var opened = await daemon.Alice.OpenAsync("slow");
        await daemon.Alice.SignAsync(opened.Session.SessionId, new Transfer());
        await daemon.Alice.SignAsync(opened.Session.SessionId, new Transfer { Nonce = 1 });
        var refusal = await Refusal.OfAsync(daemon.Alice.SignAsync(opened.Session.SessionId, new Transfer { Nonce = 2 }));
        Assert.Equal(StatusCode.ResourceExhausted, refusal.Code);
        Assert.Equal(DenialReason.RateExceeded, refusal.Denial!.Reason);
        Assert.Equal("ceiling.rates[0]", refusal.Denial.Rule);
        // The window moves in steps, and the answer rounds up to one.
        Assert.InRange(refusal.Denial.RetryAfterMs, 1UL, 3_700_000UL);
    }

    [Fact]
    public async Task More_signatures_than_allowed()
    {
        var opened = await daemon.Alice.OpenAsync("few");
        await daemon.Alice.SignAsync(opened.Session.SessionId, new Transfer());
        await daemon.Alice.SignAsync(opened.Session.SessionId, new Transfer { Nonce = 1 });
        var denial = await Refusal.DenialOfAsync(
            daemon.Alice.SignAsync(opened.Session.SessionId, new Transfer { Nonce = 2 }),
            DenialReason.MaxSignaturesReached
        );
        Assert.Equal("ceiling.max_signatures", denial.Rule);
    }

    [Fact]
    public async Task A_narrowing_takes_away_and_never_adds()
    {
        var narrowing = $$"""
            {"version":1,"chains":["{{Policies.Chain}}","1"],"permissions":[{"name":"all","kind":"call","targets":["{{Policies.Token}}","{{Policies.Stranger}}"],
            "function":"transfer(address to, uint256 amount)","constraints":[{"path":"amount","op":"lte","value":"50"}],"max_native_value":"1000"}]}
            """;
        var opened = await daemon.Alice.OpenAsync("desk", narrowing);
        await daemon.Alice.SignAsync(opened.Session.SessionId, new Transfer { Amount = 50 });
        var narrowed = await Refusal.DenialOfAsync(
            daemon.Alice.SignAsync(opened.Session.SessionId, new Transfer { Amount = 51, Nonce = 1 }),
            DenialReason.ConstraintUnmet
        );
        Assert.StartsWith("narrowing.", narrowed.Rule, StringComparison.Ordinal);
        var ceiling = await Refusal.DenialOfAsync(
            daemon.Alice.SignAsync(opened.Session.SessionId, new Transfer { To = Policies.Stranger, Amount = 1 }),
            DenialReason.TargetNotAllowed
        );
        Assert.StartsWith("ceiling.", ceiling.Rule, StringComparison.Ordinal);
        await Refusal.DenialOfAsync(daemon.Alice.SignAsync(opened.Session.SessionId, new Order()), DenialReason.DomainNotAllowed);
    }

    [Fact]
    public async Task An_order_of_another_domain_or_type_or_amount()
    {
        var opened = await daemon.Alice.OpenAsync("desk");
        var id = opened.Session.SessionId;
        await Refusal.DenialOfAsync(daemon.Alice.SignAsync(id, new Order { Exchange = Policies.Stranger }), DenialReason.DomainNotAllowed);
        await Refusal.DenialOfAsync(daemon.Alice.SignAsync(id, new Order { Type = "Cancel" }), DenialReason.TypeNotAllowed);
        await Refusal.DenialOfAsync(daemon.Alice.SignAsync(id, new Order { Token = Policies.Stranger }), DenialReason.ConstraintUnmet);
        var denial = await Refusal.DenialOfAsync(daemon.Alice.SignAsync(id, new Order { Amount = "1001" }), DenialReason.ConstraintUnmet);
        Assert.Equal("1001", denial.Observed);
        Assert.Contains("1000", denial.Limit, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("a/b")]
    [InlineData("a\nb")]
    [InlineData("0123456789012345678901234567890123456789012345678901234567890123456789")]
    public async Task A_request_id_that_is_not_one(string requestId)
    {
        var opened = await daemon.Alice.OpenAsync("desk");
        var refusal = await Refusal.OfAsync(daemon.Alice.SignAsync(opened.Session.SessionId, new Transfer(), requestId));
        Assert.Equal(StatusCode.InvalidArgument, refusal.Code);
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("../../etc/passwd")]
    [InlineData("' or 1=1 --")]
    [InlineData("")]
    public async Task A_policy_that_does_not_exist(string policy)
    {
        var refusal = await Refusal.OfAsync(daemon.Alice.OpenAsync(policy));
        Assert.Contains(refusal.Code, new[] { StatusCode.NotFound, StatusCode.InvalidArgument, StatusCode.PermissionDenied });
        await daemon.AssertHealthyAsync();
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("{\"version\":1,\"version\":1}")]
    [InlineData("{\"version\":2,\"chains\":[\"1\"],\"permissions\":[]}")]
    [InlineData("{\"version\":1,\"chains\":[\"1\"],\"permissions\":[],\"surprise\":true}")]
    public async Task A_narrowing_that_is_no_scope(string narrowing)
    {
        var refusal = await Refusal.OfAsync(daemon.Alice.OpenAsync("desk", narrowing));
        Assert.Equal(StatusCode.InvalidArgument, refusal.Code);
    }

    private async Task RefusedAsync(Transfer transfer, DenialReason reason, string rule, string observed, string limit)
    {
        var opened = await daemon.Alice.OpenAsync("desk");
        var denial = await Refusal.DenialOfAsync(daemon.Alice.SignAsync(opened.Session.SessionId, transfer), reason);
        Assert.StartsWith(rule, denial.Rule, StringComparison.Ordinal);
        Assert.Contains(observed, denial.Observed, StringComparison.Ordinal);
        Assert.Contains(limit, denial.Limit, StringComparison.Ordinal);
        var session = await daemon.Alice.GetAsync(opened.Session.SessionId);
        Assert.Equal(0UL, session.Signatures);
        Assert.Equal("2500", Assert.Single(session.Headroom, h => h.Rule == "ceiling.budgets[usdc]").Remaining);
    }
}
