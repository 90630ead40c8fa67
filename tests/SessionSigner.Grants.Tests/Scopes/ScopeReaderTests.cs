using System.Text.Json.Nodes;
using SessionSigner.Ethereum;

namespace SessionSigner.Grants.Tests;

public class ScopeReaderTests
{
    [Fact]
    public void Reads_every_member()
    {
        var scope = Samples.Scope();
        Assert.Equal([1, 10], scope.Chains);
        Assert.Equal(1_600_000_000, scope.NotBefore);
        Assert.Equal(1_800_000_000, scope.NotAfter);
        Assert.Equal(Samples.ParseAddress(Samples.Recipient), Assert.Single(scope.Accounts!));
        Assert.Equal(new Budget("usdc", "USDC base units", 1_000_000), Assert.Single(scope.Budgets));
        Assert.Equal(new Rate(10, 1), Assert.Single(scope.Rates));
        Assert.Equal(1_000, scope.MaxSignatures);
        var call = Assert.IsType<CallPermission>(scope.Permissions[0]);
        Assert.Equal<UInt256?>(200_000, call.MaxGas);
        Assert.Equal("transfer(address to, uint256 amount)", call.Function);
        Assert.False(call.AllowAccessList);
        var typed = Assert.IsType<TypedDataPermission>(scope.Permissions[1]);
        Assert.Equal("Venue", typed.Domain.Name);
        Assert.Null(typed.Domain.Salt);
    }

    [Fact]
    public void Reports_every_fault_at_once_with_its_path()
    {
        var faults = Faults(scope =>
        {
            scope["version"] = 2;
            scope["chains"] = new JsonArray("01");
            Permission(scope)["max_gas"] = "-1";
            Permission(scope)["name"] = "Pay";
            Permission(scope)["constraints"]![0]!["op"] = "lteq";
            scope["epoch"] = 3;
        });
        Assert.Contains("version: Must be a whole number from 1 to 1.", faults);
        Assert.Contains(faults, fault => fault.StartsWith("chains[0]: Must be a chain identifier", StringComparison.Ordinal));
        Assert.Contains(faults, fault => fault.StartsWith("permissions[0].max_gas: Must be a decimal string", StringComparison.Ordinal));
        Assert.Contains("permissions[0].name: Must be 1 to 64 characters of a-z, 0-9, - and _.", faults);
        Assert.Contains(faults, fault => fault.StartsWith("permissions[0].constraints[0].op: Must be one of eq", StringComparison.Ordinal));
        Assert.Contains("epoch: Unknown member.", faults);
    }

    [Theory]
    [InlineData("\"115792089237316195423570985008687907853269984665640564039457584007913129639936\"")]
    [InlineData("\"-1\"")]
    [InlineData("\"007\"")]
    [InlineData("\"+7\"")]
    [InlineData("\"0x7\"")]
    [InlineData("\"1e9\"")]
    [InlineData("\"1.0\"")]
    [InlineData("\" 1\"")]
    [InlineData("\"\"")]
    [InlineData("\"NaN\"")]
    [InlineData("\"\u0661\"")]
    [InlineData("1000")]
    [InlineData("null")]
    [InlineData("[\"1\"]")]
    public void Refuses_amounts_of_any_other_form(string amount) =>
        AssertFault(
            scope => scope["budgets"]![0]!["limit"] = JsonNode.Parse(amount),
            "budgets[0].limit: Must be a decimal string from 0 to 2^256-1"
        );

    [Theory]
    [InlineData("0xa0b86991c6218b36c1d19d4a2e9eb0ce3606eb48")]
    [InlineData("0xA0B86991C6218B36C1D19D4A2E9EB0CE3606EB48")]
    [InlineData("0xA0b86991c6218b36c1d19D4a2e9Eb0cE3606eB49")]
    [InlineData("0xa0b86991c6218b36c1d19D4a2e9Eb0cE3606eB48")]
    [InlineData("A0b86991c6218b36c1d19D4a2e9Eb0cE3606eB48")]
    [InlineData("0xA0b86991c6218b36c1d19D4a2e9Eb0cE3606eB4")]
    [InlineData("0xA0b86991c6218b36c1d19D4a2e9Eb0cE3606eB480")]
    [InlineData("0\u04450b86991c6218b36c1d19D4a2e9Eb0cE3606eB48")]
    [InlineData("vitalik.eth")]
    [InlineData("")]
    public void Refuses_addresses_without_their_checksum(string address) =>
        AssertFault(
            scope => Permission(scope)["targets"] = new JsonArray(address),
            "permissions[0].targets[0]: Must be an address with its EIP-55 checksum."
        );

    [Theory]
    [InlineData("")]
    [InlineData("Pay")]
    [InlineData("pa y")]
    [InlineData("../pay")]
    [InlineData("pay\n")]
    [InlineData("pay\u001b[31m")]
    [InlineData("pa\u0000y")]
    [InlineData("\u202Epay")]
    [InlineData("pa\u2028y")]
    [InlineData("caf\u00e9")]
    [InlineData("cafe\u0301")]
    [InlineData("p\u0430y")]
    [InlineData("'; drop table")]
    [InlineData("\u2014 pay")]
    public void Refuses_names_of_other_characters(string name) =>
        AssertFault(scope => Permission(scope)["name"] = name, "permissions[0].name: Must be 1 to 64 characters");

    [Theory]
    [InlineData("multicall", CallContainerKind.Multicall)]
    [InlineData("erc7579", CallContainerKind.Erc7579)]
    [InlineData("account", CallContainerKind.Account)]
    [InlineData("safe", CallContainerKind.Safe)]
    [InlineData("multisend", CallContainerKind.MultiSend)]
    public void Reads_how_a_function_carries_calls(string name, CallContainerKind kind)
    {
        var document = JsonNode.Parse(Samples.ScopeJson)!.AsObject();
        Permission(document)["unwrap"] = name;
        Assert.True(Scope.TryParse(Samples.Utf8(document.ToJsonString()), out var scope, out _));
        Assert.Equal(kind, Assert.IsType<CallPermission>(scope!.Permissions[0]).Unwrap);
        Assert.Equal(CallContainerKind.None, Assert.IsType<CallPermission>(Samples.Scope().Permissions[0]).Unwrap);
    }

    [Theory]
    [InlineData("\"none\"")]
    [InlineData("\"Safe\"")]
    [InlineData("\"\"")]
    [InlineData("true")]
    [InlineData("null")]
    public void Refuses_other_ways_to_carry_calls(string unwrap) =>
        AssertFault(
            scope => Permission(scope)["unwrap"] = JsonNode.Parse(unwrap),
            "permissions[0].unwrap: Must be one of multicall, erc7579, account, safe, multisend."
        );

    [Fact]
    public void Messages_carry_no_calls() =>
        AssertFault(scope => scope["permissions"]![1]!["unwrap"] = "multicall", "permissions[1].unwrap: Unknown member.");

    [Fact]
    public void Refuses_a_name_of_a_megabyte_and_one_of_65_characters()
    {
        AssertFault(scope => Permission(scope)["name"] = new string('a', 65), "permissions[0].name: Must be 1 to 64 characters");
        AssertFault(scope => Permission(scope)["name"] = new string('a', 1_000_000), "131072 bytes");
    }

    [Theory]
    [InlineData("permissions", "permissions: Missing.")]
    [InlineData("chains", "chains: Missing.")]
    [InlineData("version", "version: Missing.")]
    public void Names_what_is_missing(string member, string fault) => AssertFault(scope => scope.Remove(member), fault);

    [Theory]
    [InlineData("a..b")]
    [InlineData(".a")]
    [InlineData("a.")]
    [InlineData("a[")]
    [InlineData("a[]")]
    [InlineData("a[-1]")]
    [InlineData("a[01]")]
    [InlineData("a[999999]")]
    [InlineData("a b")]
    [InlineData("1a")]
    [InlineData("a[0]b")]
    [InlineData("")]
    public void Refuses_paths_of_other_forms(string path) =>
        AssertFault(scope => Permission(scope)["constraints"]![0]!["path"] = path, "permissions[0].constraints[0].path: Must be a path");

    [Theory]
    [InlineData("a")]
    [InlineData("a.b_c.$d")]
    [InlineData("a[*].b[12]")]
    [InlineData("[0]")]
    [InlineData("[0][1].a")]
    public void Reads_paths(string path) => Samples.Scope(scope => Permission(scope)["constraints"]![0]!["path"] = path);

    [Fact]
    public void Refuses_operands_that_the_operator_does_not_take()
    {
        AssertFault(
            scope => Permission(scope)["constraints"]![0]!["values"] = new JsonArray("1"),
            "permissions[0].constraints[0].values: Unknown member."
        );
        AssertFault(
            scope => Permission(scope)["constraints"]![1]!.AsObject().Remove("values"),
            "permissions[0].constraints[1].values: Missing."
        );
        AssertFault(
            scope => Permission(scope)["constraints"]![0]!["value"] = 1_000,
            "permissions[0].constraints[0].value: Must be a string or a boolean"
        );
    }

    [Theory]
    [InlineData("""{"window":"lifetime","per":"policy"}""", BudgetWindowKind.Lifetime, 0, 0, BudgetPer.Policy)]
    [InlineData("""{"window":"calendar_day","per":"principal"}""", BudgetWindowKind.CalendarDay, 0, 0, BudgetPer.Principal)]
    [InlineData(
        """{"window":"rolling","window_seconds":2678400,"granularity_seconds":1860,"per":"primary_key"}""",
        BudgetWindowKind.Rolling,
        2_678_400,
        1_860,
        BudgetPer.PrimaryKey
    )]
    [InlineData(
        """{"window":"rolling","window_seconds":1,"granularity_seconds":1,"per":"session"}""",
        BudgetWindowKind.Rolling,
        1,
        1,
        BudgetPer.Session
    )]
    public void Reads_windows_and_what_shares_a_budget(string members, BudgetWindowKind kind, int window, int granularity, BudgetPer per)
    {
        var scope = Samples.Scope(document => document["budgets"]![0] = WithWindow(members));
        Assert.Equal((new BudgetWindow(kind, window, granularity), per), (scope.Budgets[0].Window, scope.Budgets[0].Per));
    }

    [Theory]
    [InlineData("""{"window":"week","per":"session"}""", "budgets[0].window: Must be")]
    [InlineData("""{"per":"session"}""", "budgets[0].window: Missing.")]
    [InlineData("""{"window":"lifetime"}""", "budgets[0].per: Missing.")]
    [InlineData("""{"window":"lifetime","per":"account"}""", "budgets[0].per: Must be")]
    [InlineData("""{"window":"lifetime","window_seconds":5,"per":"session"}""", "budgets[0].window_seconds: Unknown member.")]
    [InlineData("""{"window":"calendar_day","granularity_seconds":5,"per":"session"}""", "budgets[0].granularity_seconds: Unknown member.")]
    [InlineData("""{"window":"rolling","window_seconds":5,"per":"session"}""", "budgets[0].granularity_seconds: Missing.")]
    [InlineData("""{"window":"rolling","window_seconds":0,"granularity_seconds":1,"per":"session"}""", "budgets[0].window_seconds")]
    [InlineData(
        """{"window":"rolling","window_seconds":2678401,"granularity_seconds":86400,"per":"session"}""",
        "budgets[0].window_seconds"
    )]
    [InlineData(
        """{"window":"rolling","window_seconds":5,"granularity_seconds":6,"per":"session"}""",
        "budgets[0].granularity_seconds: Must be"
    )]
    [InlineData(
        """{"window":"rolling","window_seconds":1441,"granularity_seconds":1,"per":"session"}""",
        "budgets[0].granularity_seconds: Must be"
    )]
    public void Refuses_windows_that_are_not_stated_exactly(string members, string fault) =>
        AssertFault(scope => scope["budgets"]![0] = WithWindow(members), fault);

    [Fact]
    public void Refuses_what_contradicts_itself()
    {
        AssertFault(scope => scope["not_after"] = 1_600_000_000, "not_after: Must be later than not_before.");
        AssertFault(scope => scope["chains"] = new JsonArray("10"), "permissions: The chain of \"pay\" is not in the scope's chains.");
        AssertFault(scope => scope["chains"] = new JsonArray("1", "10", "1"), "chains[2]: Given twice.");
        AssertFault(
            scope => scope["budgets"] = new JsonArray(),
            "permissions: A meter of \"pay\" names the budget \"usdc\", which does not exist."
        );
        AssertFault(scope => Permission(scope)["name"] = "order", "permissions: The name \"order\" is given twice.");
        AssertFault(
            scope => scope["permissions"]![1]!["meters"] = JsonNode.Parse("""[{"budget":"usdc","native_value":true}]"""),
            "carries no native value"
        );
        AssertFault(
            scope => scope["permissions"]![1]!["domain"] = new JsonObject(),
            "permissions[1].domain: Must have at least one member."
        );
        AssertFault(
            scope => scope["permissions"]![0]!["meters"]![0]!["native_value"] = true,
            "permissions[0].meters[0]: Must have either a path, native_value true or gas_cost true."
        );
    }

    [Theory]
    [InlineData("kind", "\"anything\"")]
    [InlineData("kind", "\"CALL\"")]
    [InlineData("kind", "7")]
    [InlineData("targets", "[]")]
    [InlineData("targets", "\"*\"")]
    [InlineData("unwrap", "true")]
    [InlineData("allow_access_list", "\"true\"")]
    [InlineData("chain", "1")]
    [InlineData("chain", "\"0\"")]
    public void Refuses_what_this_version_does_not_know(string member, string value) =>
        AssertFault(scope => Permission(scope)[member] = JsonNode.Parse(value), $"permissions[0].{member}");

    [Fact]
    public void Refuses_a_scope_that_would_not_fit_into_a_grant() =>
        AssertFault(
            scope =>
            {
                for (var i = 0; i < 400; i++)
                {
                    var permission = Permission(scope).DeepClone();
                    permission["name"] = "p" + i;
                    permission.AsObject().Remove("constraints");
                    scope["permissions"]!.AsArray().Add(permission);
                }
            },
            "A scope must be at most 60000 bytes"
        );

    [Fact]
    public void The_hash_does_not_depend_on_order_or_white_space()
    {
        var reversed = new JsonObject(
            JsonNode.Parse(Samples.ScopeJson)!.AsObject().Reverse().Select(pair => KeyValuePair.Create(pair.Key, pair.Value?.DeepClone()))
        );
        Assert.True(Scope.TryParse(Samples.Utf8(reversed.ToString()), out var scope, out _));
        Assert.Equal(new EffectiveScope(Samples.Scope(), null).Hash, new EffectiveScope(scope!, null).Hash);
    }

    [Fact]
    public void An_effective_scope_reads_back_what_it_writes()
    {
        var scope = Samples.Effective();
        Assert.True(EffectiveScope.TryParse(scope.CanonicalUtf8.Span, out var again, out _));
        Assert.Equal(scope.Hash, again!.Hash);
        Assert.Equal(scope.CanonicalJson, again.CanonicalJson);
        Assert.Equal([1], again.Chains);
        Assert.StartsWith("{\"ceiling\":{", scope.CanonicalJson, StringComparison.Ordinal);
        Assert.EndsWith("},\"version\":1}", scope.CanonicalJson, StringComparison.Ordinal);
        Assert.DoesNotContain("narrowing", new EffectiveScope(Samples.Scope(), null).CanonicalJson, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{\"version\":1}", "ceiling: Missing.")]
    [InlineData("{\"version\":1,\"ceiling\":{},\"narrowing\":null}", "narrowing: Must be an object.")]
    [InlineData("[]", "Must be an object.")]
    [InlineData("{\"version\":1,\"ceiling\":{},\"ceilings\":{}}", "ceilings: Unknown member.")]
    public void An_effective_scope_is_read_strictly(string json, string fault)
    {
        Assert.False(EffectiveScope.TryParse(Samples.Utf8(json), out _, out var faults));
        Assert.Contains(fault, faults);
    }

    private static JsonObject Permission(JsonObject scope) => scope["permissions"]![0]!.AsObject();

    private static IReadOnlyList<string> Faults(Action<JsonObject> change)
    {
        var document = JsonNode.Parse(Samples.ScopeJson)!.AsObject();
        change(document);
        Assert.False(Scope.TryParse(Samples.Utf8(document.ToJsonString()), out var scope, out var faults));
        Assert.Null(scope);
        return faults;
    }

    private static void AssertFault(Action<JsonObject> change, string expected) =>
        Assert.Contains(Faults(change), fault => fault.Contains(expected, StringComparison.Ordinal));

    private static JsonObject WithWindow(string members)
    {
        var budget = JsonNode.Parse(members)!.AsObject();
        budget["name"] = "usdc";
        budget["unit"] = "USDC base units";
        budget["limit"] = "1000";
        return budget;
    }
}
