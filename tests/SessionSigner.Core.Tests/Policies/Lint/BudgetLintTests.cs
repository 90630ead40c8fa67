using System.Text.Json.Nodes;

namespace SessionSigner.Core.Tests;

/// <summary>Budgets that can be got around, and policies that cannot be used.</summary>
public class BudgetLintTests
{
    private const string Transfer = "transfer(address to, uint256 amount)";
    private const string Approve = "approve(address to, uint256 amount)";
    private const string Count = """[{"budget":"usdc","path":"amount"}]""";
    private const string CountElsewhere = """[{"budget":"eth","path":"amount"}]""";
    private const string Bounds =
        $$"""[{"path":"to","op":"eq","value":"{{ScopeBuilder.Bob}}"},{"path":"amount","op":"lte","value":"100"}]""";

    public static TheoryData<string, string, string> Movers()
    {
        const string Party = $$"""{"path":"spender","op":"eq","value":"{{ScopeBuilder.Bob}}"}""";
        var token = $$"""{"path":"token","op":"eq","value":"{{ScopeBuilder.Token}}"}""";
        return new()
        {
            { Approve, Bounds, "amount" },
            { "increaseAllowance(address to, uint256 amount)", Bounds, "amount" },
            { "transferFrom(address from, address to, uint256 amount)", Bounds, "amount" },
            {
                "permit(address owner, address spender, uint256 amount, uint256 deadline, uint8 v, bytes32 r, bytes32 s)",
                $$"""[{{Party}},{"path":"amount","op":"lte","value":"1"}]""",
                "amount"
            },
            {
                "approve(address token, address spender, uint160 amount, uint48 expiration)",
                $$"""[{{Party}},{{token}},{"path":"amount","op":"lte","value":"1"},{"path":"expiration","op":"lte","value":"1"}]""",
                "amount"
            },
        };
    }

    [Theory]
    [MemberData(nameof(Movers))]
    public void A_second_way_to_move_a_token_that_is_not_counted_into_its_budget(string function, string bounds, string amount)
    {
        var first = ScopeBuilder.Call(Transfer, Bounds, Count, name: "first");
        var elsewhere = ScopeBuilder.Call(
            function,
            bounds,
            CountElsewhere.Replace("amount", amount, StringComparison.Ordinal),
            name: "second"
        );
        if (function.Contains("token", StringComparison.Ordinal))
        {
            elsewhere["targets"] = new JsonArray(ScopeBuilder.Other);
        }
        var warnings = Check(first, elsewhere);
        Assert.Contains(
            warnings,
            warning =>
                warning.StartsWith("ceiling.permissions[1].meters: ", StringComparison.Ordinal)
                && warning.Contains("a way around that budget", StringComparison.Ordinal)
        );
        var both = elsewhere.DeepClone().AsObject();
        both["meters"] = JsonNode.Parse(Count);
        Assert.Empty(Check(first, both));
    }

    [Fact]
    public void A_permit_of_a_token_that_is_not_counted_into_its_budget()
    {
        var first = ScopeBuilder.Call(Transfer, Bounds, Count, name: "first");
        var permit = ScopeBuilder.Typed(
            "Permit(address owner,address spender,uint256 amount,uint256 nonce,uint256 deadline)",
            Bounds.Replace("\"to\"", "\"spender\"", StringComparison.Ordinal),
            CountElsewhere
        );
        Assert.Equal(2, Check(first, permit).Count(warning => warning.Contains("a way around", StringComparison.Ordinal)));
        var counted = permit.DeepClone().AsObject();
        counted["meters"] = JsonNode.Parse(Count);
        Assert.Empty(Check(first, counted));
        var otherToken = permit.DeepClone().AsObject();
        otherToken["domain"]!["verifying_contract"] = ScopeBuilder.Other;
        Assert.Empty(Check(first, otherToken));
    }

    [Fact]
    public void Another_token_has_another_budget()
    {
        var other = ScopeBuilder.Call(Approve, Bounds, CountElsewhere, name: "second");
        other["targets"] = new JsonArray(ScopeBuilder.Other);
        Assert.Empty(Check(ScopeBuilder.Call(Transfer, Bounds, Count, name: "first"), other));
    }

    // What the function does is not known; that it is one of a token whose amounts another permission counts is enough.
    [Theory]
    [InlineData("moveItAll(uint256 amount)", "amount")]
    [InlineData("decreaseAllowance(address to, uint256 amount)", "amount")]
    public void A_function_of_a_token_that_is_not_known_and_not_counted_into_its_budget(string function, string amount)
    {
        var first = ScopeBuilder.Call(Transfer, Bounds, Count, name: "first");
        var bounds = function.Contains("to,", StringComparison.Ordinal) ? Bounds : """[{"path":"amount","op":"lte","value":"1"}]""";
        var second = ScopeBuilder.Call(function, bounds, name: "second");
        var warning = Assert.Single(Check(first, second));
        Assert.StartsWith("ceiling.permissions[1].meters: ", warning, StringComparison.Ordinal);
        Assert.Contains("may move a token of which ceiling.permissions[0] is counted into \"usdc\"", warning, StringComparison.Ordinal);

        var counted = second.DeepClone().AsObject();
        counted["meters"] = JsonNode.Parse(Count.Replace("amount", amount, StringComparison.Ordinal));
        Assert.Empty(Check(first, counted));
        var elsewhere = second.DeepClone().AsObject();
        elsewhere["targets"] = new JsonArray(ScopeBuilder.Other);
        Assert.Empty(Check(first, elsewhere));
    }

    [Fact]
    public void A_message_to_a_token_that_is_not_known_and_not_counted_into_its_budget()
    {
        var first = ScopeBuilder.Call(Transfer, Bounds, Count, name: "first");
        var order = ScopeBuilder.Typed("Order(uint256 amount)", """[{"path":"amount","op":"lte","value":"1"}]""", CountElsewhere);
        Assert.StartsWith(
            "ceiling.permissions[1].meters: Order may move a token of which ceiling.permissions[0] is counted into",
            Assert.Single(Check(first, order)),
            StringComparison.Ordinal
        );
        order["domain"]!["verifying_contract"] = ScopeBuilder.Other;
        Assert.Empty(Check(first, order));
    }

    [Fact]
    public void What_a_container_of_a_token_carries_is_looked_at_by_itself()
    {
        var multicall = ScopeBuilder.Call("multicall(bytes[] calls)", name: "second");
        multicall["unwrap"] = "multicall";
        Assert.Empty(Check(ScopeBuilder.Call(Transfer, Bounds, Count, name: "first"), multicall));
    }

    [Fact]
    public void Budgets_that_bound_nothing()
    {
        var document = PolicyBuilder.Document();
        var budgets = document["ceiling"]!["budgets"]!.AsArray();
        budgets[0]!["limit"] = "170141183460469231731687303715884105728";
        budgets.Add(JsonNode.Parse("""{"name":"spare","unit":"wei","limit":"5","window":"lifetime","per":"session"}"""));
        Assert.Equal(
            ["ceiling.budgets[0].limit: 2^127 or more is no limit.", "ceiling.budgets[1]: Nothing is counted into \"spare\"."],
            PolicyLint.Check(PolicyBuilder.Parse(document))
        );
    }

    [Fact]
    public void A_budget_that_the_next_session_has_anew()
    {
        var document = PolicyBuilder.Document();
        var budget = document["ceiling"]!["budgets"]![0]!;
        budget["per"] = "session";
        document["max_open_sessions_per_principal"] = 1;
        Assert.StartsWith(
            "ceiling.budgets[0].per: \"usdc\" begins anew with every session",
            Assert.Single(PolicyLint.Check(PolicyBuilder.Parse(document))),
            StringComparison.Ordinal
        );
        foreach (var per in (string[])["principal", "policy", "primary_key"])
        {
            budget["per"] = per;
            Assert.Empty(PolicyLint.Check(PolicyBuilder.Parse(document)));
        }
    }

    [Fact]
    public void A_budget_of_a_session_beside_one_that_counts_all_of_the_same()
    {
        var document = PolicyBuilder.Document();
        var budgets = document["ceiling"]!["budgets"]!.AsArray();
        budgets[0]!["per"] = "session";
        budgets.Add(JsonNode.Parse("""{"name":"day","unit":"USDC","limit":"5000","window":"calendar_day","per":"policy"}"""));
        var permissions = document["ceiling"]!["permissions"]!.AsArray();
        var meters = permissions[0]!["meters"]!.AsArray();
        meters.Add(JsonNode.Parse("""{"budget":"day","path":"amount"}"""));
        Assert.Empty(PolicyLint.Check(PolicyBuilder.Parse(document)));

        // Another permission counts into that of the session alone.
        var second = permissions[0]!.DeepClone();
        (second["name"], second["targets"]) = ("second", new JsonArray(ScopeBuilder.Other));
        second["meters"]!.AsArray().RemoveAt(1);
        permissions.Add(second);
        Assert.Contains("begins anew", Assert.Single(PolicyLint.Check(PolicyBuilder.Parse(document))), StringComparison.Ordinal);
    }

    [Fact]
    public void A_ceiling_that_no_session_can_be_opened_under()
    {
        Assert.Empty(PolicyLint.Check(PolicyBuilder.Parse(OfSize(53_976))));
        var warning = Assert.Single(PolicyLint.Check(PolicyBuilder.Parse(OfSize(53_977))));
        Assert.EndsWith("so no session can be opened.", warning, StringComparison.Ordinal);
    }

    // A ceiling whose canonical form has so many bytes; the effective scope around it has 24 more.
    private static JsonObject OfSize(int bytes)
    {
        var document = PolicyBuilder.Document();
        var permissions = document["ceiling"]!["permissions"]!.AsArray();
        var missing = bytes;
        while (missing > 0)
        {
            var more = permissions[0]!.DeepClone();
            more["name"] = $"more-{permissions.Count}";
            permissions.Add(more);
            missing = bytes - document["ceiling"]!.ToJsonString().Length;
            if (missing < 1_500)
            {
                more["function"] = $"transfer(address to, uint256 amount{new string(' ', missing)})";
                return document;
            }
        }
        return document;
    }

    private static JsonObject Message(string name, string template, string hole, string meters) =>
        JsonNode
            .Parse(
                $$"""
                {"name":"{{name}}","kind":"message","template":"{{template}}","meters":{{meters}},
                 "holes":[{{hole}},{"name":"t","type":"time","past_seconds":60,"future_seconds":5}]}
                """
            )!
            .AsObject();

    private static IReadOnlyList<string> Check(params JsonObject[] permissions) =>
        PolicyLint.Check(PolicyBuilder.Parse(PolicyBuilder.Document([.. permissions.Select(one => one.DeepClone().AsObject())])));
}
