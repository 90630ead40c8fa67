using System.Text.Json.Nodes;

namespace SessionSigner.Core.Tests;

/// <summary>Every member of a permission, of every kind that has its own, and what its change is said to do.</summary>
public class PermissionDiffTests
{
    private const string Here = "ceiling.permissions[p]";

    private static readonly (string Kind, string What, Action<JsonObject> Change, string Path, ChangeEffect Effect)[] s_rows =
    [
        .. Rows(
            "user_operation",
            ("sender added", p => List(p, "senders").Add(ScopeBuilder.Bob), ".senders", ChangeEffect.Widens),
            ("nonce key added", p => List(p, "nonce_keys").Add("1"), ".nonce_keys", ChangeEffect.Widens),
            ("container less", p => List(p, "unwrap").RemoveAt(1), ".unwrap", ChangeEffect.Narrows),
            ("other order", p => p["unwrap"] = new JsonArray("multicall", "account"), ".unwrap", ChangeEffect.None),
            ("chain", p => p["chain"] = "10", ".chain", ChangeEffect.Widens),
            ("version", p => p["entry_point"]!["version"] = "0.8", ".entry_point", ChangeEffect.Widens),
            ("form", p => p["signature_form"] = "personal_message", ".signature_form", ChangeEffect.Widens),
            ("a paymaster instead of none", p => p["paymasters"] = new JsonArray(ScopeBuilder.Bob), ".paymasters", ChangeEffect.Widens),
            ("a factory instead of none", p => p["factories"] = new JsonArray(ScopeBuilder.Bob), ".factories", ChangeEffect.Widens),
            ("gas", p => p["max_call_gas"] = "99", ".max_call_gas", ChangeEffect.Narrows),
            ("gas to verify", p => p.Remove("max_verification_gas"), ".max_verification_gas", ChangeEffect.Widens),
            ("gas before", p => p["max_pre_verification_gas"] = "1000", ".max_pre_verification_gas", ChangeEffect.Widens),
            ("fee", p => p["max_fee_per_gas"] = "9", ".max_fee_per_gas", ChangeEffect.Narrows),
            ("priority fee", p => p["max_priority_fee_per_gas"] = "4", ".max_priority_fee_per_gas", ChangeEffect.Narrows),
            ("cost counted", p => p["meters"] = Meters(1), ".meters", ChangeEffect.Narrows)
        ),
        .. Rows(
            "paymaster",
            ("paymaster less", p => List(p, "paymasters").RemoveAt(1), ".paymasters", ChangeEffect.Narrows),
            ("paymaster's gas", p => p["max_paymaster_post_op_gas"] = "1", ".max_paymaster_post_op_gas", ChangeEffect.Narrows),
            (
                "paymaster's gas to verify",
                p => p["max_paymaster_verification_gas"] = "1",
                ".max_paymaster_verification_gas",
                ChangeEffect.Narrows
            ),
            ("counted once less", p => p["meters"] = Meters(1), ".meters", ChangeEffect.Widens)
        ),
        .. Rows(
            "message",
            ("template", p => p["template"] = "Pay {n} to {who}, {t} {b}!", ".template", ChangeEffect.Unclear),
            ("least", p => Hole(p, 0)["min"] = "1", ".holes[n].min", ChangeEffect.Narrows),
            ("least of 0 stated", p => Hole(p, 0)["min"] = "0", ".holes[n].min", ChangeEffect.None),
            ("most", p => Hole(p, 0)["max"] = "101", ".holes[n].max", ChangeEffect.Widens),
            ("choice added", p => List(Hole(p, 1), "values").Add("carol"), ".holes[who].values", ChangeEffect.Widens),
            ("alphabet", p => Hole(p, 2)["alphabet"] = "lower_hex", ".holes[t].alphabet", ChangeEffect.Narrows),
            ("shorter", p => Hole(p, 2)["max_length"] = 7, ".holes[t].max_length", ChangeEffect.Narrows),
            ("may be empty", p => Hole(p, 2)["min_length"] = 0, ".holes[t].min_length", ChangeEffect.Widens),
            ("length", p => Hole(p, 3)["length"] = 3, ".holes[b].length", ChangeEffect.Widens),
            ("type", p => p["holes"]![3] = JsonNode.Parse("""{"name":"b","type":"address"}"""), ".holes[b]", ChangeEffect.Unclear),
            ("order of holes", Swap, ".holes", ChangeEffect.Unclear),
            (
                "cap",
                p => p["constraints"] = JsonNode.Parse("""[{"path":"n","op":"lte","value":"5"}]"""),
                ".constraints",
                ChangeEffect.Narrows
            )
        ),
        .. Rows(
            "time",
            ("earlier", p => Hole(p, 0)["past_seconds"] = 61, ".holes[t].past_seconds", ChangeEffect.Widens),
            ("later", p => Hole(p, 0)["future_seconds"] = 0, ".holes[t].future_seconds", ChangeEffect.Narrows)
        ),
        .. Rows(
            "sign_in",
            ("domain", p => List(p, "domains").Add("https://desk.example"), ".domains", ChangeEffect.Widens),
            ("origin", p => List(p, "origins").Add("https://other.example"), ".origins", ChangeEffect.Widens),
            ("chain", p => List(p, "chains").Add("10"), ".chains", ChangeEffect.Widens),
            ("other statement", p => p["statement"] = "Hello.", ".statement", ChangeEffect.Widens),
            ("no statement", p => p.Remove("statement"), ".statement", ChangeEffect.Widens),
            ("lifetime", p => p["max_lifetime_seconds"] = 60, ".max_lifetime_seconds", ChangeEffect.Narrows),
            ("issued", p => p["issued_within_seconds"] = 61, ".issued_within_seconds", ChangeEffect.Widens),
            ("issued within what it is anyway", p => p["issued_within_seconds"] = 60, ".issued_within_seconds", ChangeEffect.None),
            ("resource", p => p["resources"] = new JsonArray("https://desk.example/terms"), ".resources", ChangeEffect.Widens),
            ("request identifier", p => p["allow_request_id"] = true, ".allow_request_id", ChangeEffect.Widens),
            ("request identifier refused in words", p => p["allow_request_id"] = false, ".allow_request_id", ChangeEffect.None)
        ),
        .. Rows(
            "call",
            ("authorisation", p => p["authorizations"] = Delegates(1), ".authorizations", ChangeEffect.Widens),
            (
                "target in another order",
                p => p["targets"] = new JsonArray(ScopeBuilder.Other, ScopeBuilder.Token),
                ".targets",
                ChangeEffect.None
            )
        ),
        .. Rows(
            "authorizations",
            ("one more", p => p["authorizations"] = Delegates(2), ".authorizations", ChangeEffect.Widens),
            ("more at once", p => p["max_authorizations"] = 2, ".max_authorizations", ChangeEffect.Widens),
            ("as many as anyway", p => p["max_authorizations"] = 1, ".max_authorizations", ChangeEffect.None)
        ),
    ];

    public static TheoryData<string> All => [.. s_rows.Select(row => $"{row.Kind}: {row.What}")];

    [Theory]
    [MemberData(nameof(All))]
    public void Each_change_is_found_and_judged_in_both_directions(string name)
    {
        var (kind, _, change, path, effect) = s_rows.Single(row => $"{row.Kind}: {row.What}" == name);
        var (old, now) = (Base(kind), Base(kind));
        change(now);
        var changes = PolicyDiff.Compare(Policy(old), Policy(now));
        Assert.Contains(changes, found => found.Path == Here + path && found.Effect == effect);
        Assert.Equal(effect, PolicyDiff.Overall(changes));

        // Something that must be exact lets something new through in both directions.
        var isExact = path is ".chain" or ".entry_point" or ".signature_form" or ".paymasters" or ".factories" or ".statement";
        var reverse =
            effect == ChangeEffect.Widens && !(isExact || path.EndsWith(".length", StringComparison.Ordinal)) ? ChangeEffect.Narrows
            : effect == ChangeEffect.Narrows ? ChangeEffect.Widens
            : effect;
        Assert.Equal(reverse, PolicyDiff.Overall(PolicyDiff.Compare(Policy(now), Policy(old))));
    }

    [Fact]
    public void Another_kind_under_the_same_name_widens()
    {
        var digest = JsonNode.Parse("""{"name":"p","kind":"raw_digest"}""")!.AsObject();
        foreach (var kind in s_rows.Select(row => row.Kind).Distinct())
        {
            foreach (var (old, now) in new[] { (Base(kind), digest), (digest, Base(kind)) })
            {
                var change = PolicyDiff.Compare(Policy(old), Policy(now)).Single(found => found.Path == Here + ".kind");
                Assert.Equal(ChangeEffect.Widens, change.Effect);
            }
        }
    }

    [Fact]
    public void A_digest_permission_widens_and_its_going_narrows()
    {
        var digest = JsonNode.Parse("""{"name":"any","kind":"raw_digest"}""")!.AsObject();
        var twice = digest.DeepClone().AsObject();
        twice["name"] = "again";
        Assert.Equal(ChangeEffect.Widens, Overall([Base("call")], [Base("call"), digest]));
        Assert.Equal(ChangeEffect.Narrows, Overall([Base("call"), digest], [Base("call")]));
        Assert.Equal(ChangeEffect.None, Overall([digest, twice], [twice, digest]));
    }

    [Fact]
    public void Operations_that_another_permission_is_for_may_count_less()
    {
        var (one, other) = (UserOperations.Permission("one", "usdc"), UserOperations.Permission("other"));
        Assert.Equal(ChangeEffect.Unclear, Overall([one, other], [other]));
        Assert.Equal(ChangeEffect.None, Overall([one, other], [other, one]));
        (string Member, JsonNode Value)[] apart =
        [
            ("chain", "10"),
            ("senders", new JsonArray(ScopeBuilder.Bob)),
            ("nonce_keys", new JsonArray("1")),
            ("signature_form", "personal_message"),
            ("paymasters", new JsonArray(ScopeBuilder.Bob)),
            ("factories", new JsonArray(ScopeBuilder.Bob)),
        ];
        foreach (var (member, value) in apart)
        {
            var disjoint = other.DeepClone().AsObject();
            disjoint[member] = value;
            Assert.Equal(ChangeEffect.Narrows, Overall([one, disjoint], [disjoint]));
            Assert.Equal(ChangeEffect.None, Overall([one, disjoint], [disjoint, one]));
        }
    }

    internal static JsonObject Base(string kind) =>
        kind switch
        {
            "user_operation" => Named(UserOperations.Permission()),
            "paymaster" => Named(
                UserOperations.Permission(),
                ("paymasters", new JsonArray(ScopeBuilder.Bob, ScopeBuilder.Other)),
                ("meters", Meters(2))
            ),
            "message" => Named(
                MessageScopeTests.Message(
                    "Pay {n} to {who}, {t} {b}.",
                    """
                    [{"name":"n","type":"uint","max":"100"},{"name":"who","type":"choice","values":["alice","bob"]},
                     {"name":"t","type":"text","alphabet":"alphanumeric","max_length":8},{"name":"b","type":"bytes","length":2}]
                    """
                )
            ),
            "time" => Named(MessageScopeTests.Message("At {t}.", """[{"name":"t","type":"time","past_seconds":60,"future_seconds":30}]""")),
            "sign_in" => JsonNode
                .Parse(
                    """{"name":"p","kind":"sign_in","domains":["desk.example"],"origins":["https://desk.example"],"chains":["1"],"statement":"Hi.","max_lifetime_seconds":600}"""
                )!
                .AsObject(),
            "authorizations" => Named(Base("call"), ("authorizations", Delegates(1))),
            _ => Named(ScopeBuilder.Call("f()"), ("targets", new JsonArray(ScopeBuilder.Token, ScopeBuilder.Other))),
        };

    private static IEnumerable<(string, string, Action<JsonObject>, string, ChangeEffect)> Rows(
        string kind,
        params (string What, Action<JsonObject> Change, string Path, ChangeEffect Effect)[] rows
    ) => rows.Select(row => (kind, row.What, row.Change, row.Path, row.Effect));

    private static ChangeEffect Overall(JsonObject[] old, JsonObject[] now) =>
        PolicyDiff.Overall(PolicyDiff.Compare(Policy(old), Policy(now)));

    private static Policy Policy(params JsonObject[] permissions)
    {
        var document = PolicyBuilder.Document([.. permissions.Select(permission => permission.DeepClone().AsObject())]);
        document["ceiling"]!["chains"] = new JsonArray("1", "10");
        document["ceiling"]!["budgets"] = JsonNode.Parse(
            """[{"name":"usdc","unit":"x","limit":"1000","window":"lifetime","per":"session"}]"""
        );
        return PolicyBuilder.Parse(document);
    }

    private static JsonObject Named(JsonObject permission, params (string Member, JsonNode Value)[] more)
    {
        permission["name"] = "p";
        foreach (var (member, value) in more)
        {
            permission[member] = value;
        }
        return permission;
    }

    private static JsonArray List(JsonObject permission, string member) => permission[member]!.AsArray();

    private static JsonObject Hole(JsonObject permission, int index) => permission["holes"]![index]!.AsObject();

    private static void Swap(JsonObject permission) =>
        permission["holes"] = new JsonArray([.. permission["holes"]!.AsArray().Reverse().Select(hole => hole!.DeepClone())]);

    private static JsonArray Meters(int count) =>
        new([.. Enumerable.Range(0, count).Select(_ => JsonNode.Parse("""{"budget":"usdc","gas_cost":true}"""))]);

    private static JsonArray Delegates(int count) =>
        new([.. new[] { ScopeBuilder.Other, ScopeBuilder.Bob }.Take(count).Select(address => new JsonObject { ["address"] = address })]);
}
