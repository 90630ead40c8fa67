using System.Text.Json.Nodes;

namespace SessionSigner.Core.Tests;

public class PolicyDiffTests
{
    private const string Pay = "ceiling.permissions[call]";

    // What is done to the new version, where the change is found, and what it is said to do.
    private static readonly Dictionary<string, (Action<JsonObject> Change, string Path, ChangeEffect Effect)> s_single = new()
    {
        ["principal added"] = (Add("principals", "spiffe://desk.example/other"), "principals", ChangeEffect.Widens),
        ["account added"] = (Add("accounts", ScopeBuilder.Bob), "accounts", ChangeEffect.Widens),
        ["key replaced"] = (d => d["primary_keys"] = new JsonArray("other"), "primary_keys", ChangeEffect.Widens),
        ["longer life"] = (d => d["max_lifetime_seconds"] = 3_601, "max_lifetime_seconds", ChangeEffect.Widens),
        ["shorter life"] = (d => d["max_lifetime_seconds"] = 60, "max_lifetime_seconds", ChangeEffect.Narrows),
        ["no bound of sessions"] = (
            d => d.Remove("max_open_sessions_per_principal"),
            "max_open_sessions_per_principal",
            ChangeEffect.Widens
        ),
        ["description"] = (d => d["description"] = "x", "description", ChangeEffect.None),
        ["name"] = (d => d["name"] = "x", "name", ChangeEffect.Unclear),
        ["chain added"] = (d => Ceiling(d)["chains"]!.AsArray().Add("10"), "ceiling.chains", ChangeEffect.Widens),
        ["accounts listed"] = (d => Ceiling(d)["accounts"] = new JsonArray(ScopeBuilder.Alice), "ceiling.accounts", ChangeEffect.Narrows),
        ["begin"] = (d => Ceiling(d)["not_before"] = 5, "ceiling.not_before", ChangeEffect.Narrows),
        ["end"] = (d => Ceiling(d)["not_after"] = 5, "ceiling.not_after", ChangeEffect.Narrows),
        ["more signatures"] = (d => Ceiling(d)["max_signatures"] = 1_001, "ceiling.max_signatures", ChangeEffect.Widens),
        ["no bound of signatures"] = (d => Ceiling(d).Remove("max_signatures"), "ceiling.max_signatures", ChangeEffect.Widens),
        ["open orders"] = (d => Ceiling(d)["max_open_orders"] = 5, "ceiling.max_open_orders", ChangeEffect.Narrows),
        ["rate raised"] = (d => Ceiling(d)["rates"]![0]!["max"] = 11, "ceiling.rates[1 s].max", ChangeEffect.Widens),
        ["rate lowered"] = (d => Ceiling(d)["rates"]![0]!["max"] = 9, "ceiling.rates[1 s].max", ChangeEffect.Narrows),
        ["rate gone"] = (d => Ceiling(d).Remove("rates"), "ceiling.rates", ChangeEffect.Widens),
        ["decimals stated"] = (d => Budget(d)["decimals"] = 6, "ceiling.budgets[usdc].decimals", ChangeEffect.Unclear),
        ["limit raised"] = (d => Budget(d)["limit"] = "1001", "ceiling.budgets[usdc].limit", ChangeEffect.Widens),
        ["limit with fewer digits"] = (d => Budget(d)["limit"] = "999", "ceiling.budgets[usdc].limit", ChangeEffect.Narrows),
        ["no longer shared"] = (d => Budget(d)["per"] = "session", "ceiling.budgets[usdc].per", ChangeEffect.Widens),
        ["anew each day"] = (d => Budget(d)["window"] = "calendar_day", "ceiling.budgets[usdc].window", ChangeEffect.Widens),
        ["unit"] = (d => Budget(d)["unit"] = "x", "ceiling.budgets[usdc].unit", ChangeEffect.None),
        ["gas cap gone"] = (d => Permission(d).Remove("max_gas"), Pay + ".max_gas", ChangeEffect.Widens),
        ["fee cap lowered"] = (d => Permission(d)["max_fee_per_gas"] = "999", Pay + ".max_fee_per_gas", ChangeEffect.Narrows),
        ["native value"] = (d => Permission(d)["max_native_value"] = "1", Pay + ".max_native_value", ChangeEffect.Widens),
        ["native value of 0 stated"] = (d => Permission(d)["max_native_value"] = "0", Pay + ".max_native_value", ChangeEffect.None),
        ["access lists"] = (d => Permission(d)["allow_access_list"] = true, Pay + ".allow_access_list", ChangeEffect.Widens),
        ["one chain"] = (d => Permission(d)["chain"] = "1", Pay + ".chain", ChangeEffect.Narrows),
        ["target added"] = (d => Permission(d)["targets"]!.AsArray().Add(ScopeBuilder.Other), Pay + ".targets", ChangeEffect.Widens),
        ["another function"] = (
            d => Permission(d)["function"] = "mint(address to, uint256 amount)",
            Pay + ".function",
            ChangeEffect.Unclear
        ),
        ["not counted"] = (d => Permission(d)["meters"] = new JsonArray(), Pay + ".meters", ChangeEffect.Widens),
        ["constraint gone"] = (d => Constraints(d).RemoveAt(1), Pay + ".constraints", ChangeEffect.Widens),
        ["constraint added"] = (d => Constraints(d).Add(Rule("amount", "gt", "5")), Pay + ".constraints", ChangeEffect.Narrows),
        ["choice added"] = (
            d => Constraints(d).Add(JsonNode.Parse("""{"any_of":[[{"path":"amount","op":"eq","value":"5"}]]}""")),
            Pay + ".constraints",
            ChangeEffect.Narrows
        ),
        ["other order of constraints"] = (
            d => (Constraints(d)[0], Constraints(d)[1]) = (Constraints(d)[1]!.DeepClone(), Constraints(d)[0]!.DeepClone()),
            Pay + ".constraints",
            ChangeEffect.None
        ),
        ["amount raised"] = (d => Constraints(d)[0] = Rule("amount", "lte", "101"), Pay + ".constraints", ChangeEffect.Widens),
        ["amount said otherwise"] = (d => Constraints(d)[0] = Rule("amount", "lt", "101"), Pay + ".constraints", ChangeEffect.None),
        ["amount fixed"] = (d => Constraints(d)[0] = Rule("amount", "eq", "100"), Pay + ".constraints", ChangeEffect.Narrows),
        ["amounts moved"] = (d => Constraints(d)[0] = Rule("amount", "gte", "5"), Pay + ".constraints", ChangeEffect.Unclear),
        ["recipient excluded"] = (d => Constraints(d)[1] = Rule("to", "ne", ScopeBuilder.Bob), Pay + ".constraints", ChangeEffect.Unclear),
        ["recipient said otherwise"] = (
            d => Constraints(d)[1] = Rule("to", "eq", ScopeBuilder.Bob),
            Pay + ".constraints",
            ChangeEffect.None
        ),
    };

    public static TheoryData<string> Singles() => [.. s_single.Keys];

    [Theory]
    [MemberData(nameof(Singles))]
    public void Each_change_is_found_and_judged(string name)
    {
        var (change, path, effect) = s_single[name];
        var changes = Compare(change);
        Assert.Contains(changes, found => found.Path == path && found.Effect == effect);
        Assert.Equal(effect, PolicyDiff.Overall(changes));
    }

    [Fact]
    public void The_same_documents_differ_in_nothing() => Assert.Empty(Compare(_ => { }));

    [Fact]
    public void What_goes_the_other_way_is_judged_the_other_way()
    {
        foreach (var (name, (change, path, effect)) in s_single.Where(pair => pair.Key is not "key replaced"))
        {
            var document = PolicyBuilder.Document();
            change(document);
            var changes = PolicyDiff.Compare(PolicyBuilder.Parse(document), PolicyBuilder.Parse());
            var reverse =
                effect == ChangeEffect.Widens ? ChangeEffect.Narrows
                : effect == ChangeEffect.Narrows ? ChangeEffect.Widens
                : effect;
            Assert.True(changes.Any(found => found.Path == path && found.Effect == reverse), name);
        }
    }

    [Fact]
    public void A_permission_that_goes_narrows_only_if_nothing_else_is_for_the_same()
    {
        var (pay, small, other) = (
            Named("pay", 100, metered: true),
            Named("small", 10, metered: false),
            Named("other", 10, metered: false)
        );
        other["targets"] = new JsonArray(ScopeBuilder.Other);
        Assert.Equal(ChangeEffect.Narrows, Overall([pay, other], [pay]));
        Assert.Equal(ChangeEffect.Widens, Overall([pay], [pay, other]));
        // Without "pay", amounts up to 10 go into no budget any more.
        Assert.Equal(ChangeEffect.Unclear, Overall([pay, small], [small]));
        Assert.Equal(ChangeEffect.Unclear, Overall([pay, small], [Named("pay", 5, metered: true), small]));
        Assert.Equal(ChangeEffect.None, Overall([pay, small], [small, pay]));
        Assert.Equal(ChangeEffect.None, Overall([pay, other], [other, pay]));
    }

    /// <summary>Whatever two comparisons say: if the change is called narrowing or none, no amount passes that did not pass before.</summary>
    [Fact]
    public void Narrowing_never_lets_through_what_was_not_let_through()
    {
        JsonObject[] rules =
        [
            .. new[] { "eq", "ne", "lt", "lte", "gt", "gte" }.SelectMany(op =>
                Enumerable.Range(1, 3).Select(value => Rule("amount", op, $"{value}"))
            ),
            Between(1, 2),
            Between(2, 3),
            Between(1, 3),
            In("in", 1, 2),
            In("in", 2, 3),
            In("not_in", 1, 2),
            In("not_in", 2, 3),
        ];
        var policies = rules.Select(rule => PolicyBuilder.Parse(PolicyBuilder.Document(WithRule(rule)))).ToList();
        var passing = policies.Select(policy => Enumerable.Range(0, 6).Where(amount => Passes(policy, amount)).ToHashSet()).ToList();
        for (var i = 0; i < policies.Count; i++)
        {
            for (var j = 0; j < policies.Count; j++)
            {
                var effect = PolicyDiff.Overall(PolicyDiff.Compare(policies[i], policies[j]));
                Assert.True(
                    effect is ChangeEffect.Widens or ChangeEffect.Unclear || passing[j].IsSubsetOf(passing[i]),
                    $"{rules[i].ToJsonString()} -> {rules[j].ToJsonString()} is called {effect}"
                );
            }
        }
    }

    [Fact]
    public void The_zero_value_claims_nothing() => Assert.Equal(ChangeEffect.Unclear, default(ChangeEffect));

    private static bool Passes(Policy policy, int amount)
    {
        var body = $$"""
            {"version":1,"cases":[{"name":"c","at":"2026-01-01T00:00:00Z","requests":[{"call":{"to":"{{ScopeBuilder.Token}}",
            "function":"transfer(address to, uint256 amount)","arguments":["{{ScopeBuilder.Bob}}","{{amount}}"],
            "max_fee_per_gas":"1","max_priority_fee_per_gas":"1"},"expect":"allow"}]}]}
            """;
        Assert.True(
            PolicyCases.TryParse(System.Text.Encoding.UTF8.GetBytes(body), policy, out var cases, out var faults),
            string.Join('\n', faults)
        );
        return Assert.Single(cases.Run()).Passed;
    }

    private static IReadOnlyList<PolicyChange> Compare(Action<JsonObject> change)
    {
        var document = PolicyBuilder.Document();
        change(document);
        return PolicyDiff.Compare(PolicyBuilder.Parse(), PolicyBuilder.Parse(document));
    }

    private static ChangeEffect Overall(JsonObject[] old, JsonObject[] now) => PolicyDiff.Overall(PolicyDiff.Compare(Of(old), Of(now)));

    private static Policy Of(JsonObject[] permissions) =>
        PolicyBuilder.Parse(PolicyBuilder.Document([.. permissions.Select(permission => permission.DeepClone().AsObject())]));

    private static JsonObject Named(string name, int max, bool metered) =>
        ScopeBuilder.Call(
            "transfer(address to, uint256 amount)",
            $"[{Rule("amount", "lte", $"{max}").ToJsonString()}]",
            metered ? """[{"budget":"usdc","path":"amount"}]""" : "[]",
            name
        );

    private static JsonObject WithRule(JsonObject rule) =>
        ScopeBuilder.Call("transfer(address to, uint256 amount)", $"[{rule.ToJsonString()}]");

    private static JsonObject Rule(string path, string op, string value) =>
        new()
        {
            ["path"] = path,
            ["op"] = op,
            ["value"] = value,
        };

    private static JsonObject Between(int min, int max) =>
        new()
        {
            ["path"] = "amount",
            ["op"] = "between",
            ["min"] = $"{min}",
            ["max"] = $"{max}",
        };

    private static JsonObject In(string op, params int[] values) =>
        new()
        {
            ["path"] = "amount",
            ["op"] = op,
            ["values"] = new JsonArray([.. values.Select(value => JsonValue.Create($"{value}"))]),
        };

    private static Action<JsonObject> Add(string list, string item) => document => document[list]!.AsArray().Add(item);

    private static JsonObject Ceiling(JsonObject document) => document["ceiling"]!.AsObject();

    private static JsonObject Budget(JsonObject document) => Ceiling(document)["budgets"]![0]!.AsObject();

    private static JsonObject Permission(JsonObject document) => Ceiling(document)["permissions"]![0]!.AsObject();

    private static JsonArray Constraints(JsonObject document) => Permission(document)["constraints"]!.AsArray();
}
