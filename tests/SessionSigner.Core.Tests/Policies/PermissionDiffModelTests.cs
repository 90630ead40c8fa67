using System.Text.Json.Nodes;
using SessionSigner.Ethereum;

namespace SessionSigner.Core.Tests;

/// <summary>
/// What diff calls narrowing, or no change, against what scopes decide: every version of a permission against every other. Nothing may pass that did not pass before,
/// and nothing may count less.
/// </summary>
public class PermissionDiffModelTests
{
    private static readonly JsonNode s_chains = new JsonArray("1", "10");

    [Fact]
    public void Of_user_operations()
    {
        Action<JsonObject>[] changes =
        [
            p => p["senders"] = new JsonArray(UserOperations.Account, ScopeBuilder.Bob),
            p => p["senders"] = new JsonArray(ScopeBuilder.Bob),
            p => p["nonce_keys"] = new JsonArray("0", "1"),
            p => p["nonce_keys"] = new JsonArray("1"),
            p => p["unwrap"] = new JsonArray("account"),
            p => p["unwrap"] = new JsonArray("multicall"),
            p => p["chain"] = "10",
            p => p["entry_point"]!["version"] = "0.8",
            p => p["entry_point"]!["address"] = ScopeBuilder.Other,
            p => p["signature_form"] = "personal_message",
            p => p["paymasters"] = new JsonArray(ScopeBuilder.Bob),
            p => p["paymasters"] = new JsonArray(ScopeBuilder.Bob, ScopeBuilder.Other),
            p => p["factories"] = new JsonArray(ScopeBuilder.Bob),
            p => p["max_call_gas"] = "5",
            p => p["max_call_gas"] = "300",
            p => p.Remove("max_call_gas"),
            p => p["max_verification_gas"] = "5",
            p => p["max_pre_verification_gas"] = "5",
            p => p["max_fee_per_gas"] = "0",
            p => p["max_priority_fee_per_gas"] = "9",
            p => p["meters"] = Gas(1),
            p => p["meters"] = Gas(2),
        ];
        var versions = Versions(UserOperations.Permission("p"), changes).ToList();
        // And with another permission, which counts otherwise, before or behind.
        var other = UserOperations.Permission("other", "usdc");
        versions.AddRange(
            versions.ToList().Where((_, i) => i % 3 == 0).SelectMany(one => new[] { (JsonObject[])[.. one, other], [other, .. one] })
        );

        var f = ScopeBuilder.Call("f(uint256 x)", name: "f");
        f["targets"] = new JsonArray(ScopeBuilder.Token, UserOperations.Account);
        var carry = Containers.Execute(ScopeBuilder.Token, 0, Containers.Calldata("f(uint256)", 1));
        Action<JsonObject>[] operations =
        [
            _ => { },
            o => o["nonce"] = "0x10000000000000005",
            o => o["callData"] = Containers.MulticallData(Containers.Calldata("f(uint256)", 1)),
            o => o["callGasLimit"] = "0x80",
            o => o["callGasLimit"] = "0x200",
            o => o["maxFeePerGas"] = "0x0",
            o => (o["maxFeePerGas"], o["maxPriorityFeePerGas"]) = ("0x9", "0x9"),
            o => Pay(o, ScopeBuilder.Bob),
            o => Pay(o, ScopeBuilder.Other),
            o => (o["factory"], o["factoryData"]) = (ScopeBuilder.Bob, "0x"),
        ];
        var requests = operations
            .Select(change => Request(UserOperations.Account, carry, change))
            .Append(Request(ScopeBuilder.Bob, carry, _ => { }))
            .Append(Request(UserOperations.Account, carry, _ => { }, chain: "10"))
            .Append(Request(UserOperations.Account, carry, _ => { }, entryPoint: ScopeBuilder.Other))
            .Append(Request(UserOperations.Account, carry, _ => { }, version: "0.8"))
            .Append(Request(UserOperations.Account, carry, _ => { }, form: "personal_message"));
        AssertSound([.. versions.Select(one => (JsonObject[])[f, .. one])], [.. requests], narrowsMin: 100);
    }

    [Fact]
    public void Of_messages()
    {
        Action<JsonObject>[] changes =
        [
            p => Hole(p, 0)["min"] = "5",
            p => Hole(p, 0)["max"] = "5",
            p => Hole(p, 0).Remove("max"),
            p => p["holes"]![0] = JsonNode.Parse("""{"name":"n","type":"text","alphabet":"digits","max_length":3}"""),
            p => p["holes"]![0] = JsonNode.Parse("""{"name":"n","type":"bytes","length":1}"""),
            p => p["holes"]![0] = JsonNode.Parse("""{"name":"n","type":"bytes","length":2}"""),
            p => Hole(p, 1)["values"] = new JsonArray("alice"),
            p => Hole(p, 1)["values"] = new JsonArray("alice", "bob", "carol"),
            p => Hole(p, 2)["alphabet"] = "digits",
            p => Hole(p, 2)["alphabet"] = "lower_hex",
            p => Hole(p, 2)["alphabet"] = "alphanumeric",
            p => Hole(p, 2)["alphabet"] = "name",
            p => Hole(p, 2)["max_length"] = 2,
            p => Hole(p, 2)["min_length"] = 0,
            p => Hole(p, 2)["min_length"] = 2,
            p => Hole(p, 3)["past_seconds"] = 10,
            p => Hole(p, 3)["future_seconds"] = 10,
            p => p["template"] = "Pay {n} to {who} ({t}) at {at}!",
            p => p["constraints"] = JsonNode.Parse("""[{"path":"who","op":"eq","value":"bob"}]"""),
            p => p["meters"] = JsonNode.Parse("""[{"budget":"usdc","path":"at"}]"""),
        ];
        var permission = MessageScopeTests.Message(
            "Pay {n} to {who} ({t}) at {at}.",
            """
            [{"name":"n","type":"uint","max":"100"},{"name":"who","type":"choice","values":["alice","bob"]},
             {"name":"t","type":"text","alphabet":"name","max_length":4},{"name":"at","type":"time","past_seconds":60,"future_seconds":30}]
            """
        );
        var versions = Versions(permission, changes).ToList();
        var other = MessageScopeTests.Message(
            "Pay {n} to alice (a) at {at}.",
            """[{"name":"n","type":"uint"},{"name":"at","type":"time","past_seconds":60,"future_seconds":60}]"""
        );
        other["name"] = "other";
        versions.AddRange(
            versions.ToList().Where((_, i) => i % 4 == 0).SelectMany(one => new[] { (JsonObject[])[.. one, other], [other, .. one] })
        );
        var texts =
            from n in (string[])["3", "7", "70", "700", "0x07", "0x0707"]
            from who in (string[])["alice", "bob", "carol"]
            from t in (string[])["", "a", "12", "1a", "XY", "x.y", "abcd", "abcde"]
            from at in (string[])["22:12:30", "22:13:20", "22:13:45"]
            from end in (string[])[".", "!"]
            select $"Pay {n} to {who} ({t}) at 2023-11-14T{at}Z{end}";
        AssertSound(versions, [.. texts.Select(Text)], narrowsMin: 100);
    }

    [Fact]
    public void Of_sign_ins()
    {
        Action<JsonObject>[] changes =
        [
            p => p["domains"] = new JsonArray("desk.example", "other.example"),
            p => p["domains"] = new JsonArray("other.example"),
            p => p["origins"] = new JsonArray("https://desk.example", "https://other.example"),
            p => p["chains"] = new JsonArray("1", "10"),
            p => p["statement"] = "Hello.",
            p => p.Remove("statement"),
            p => p["max_lifetime_seconds"] = 60,
            p => p["max_lifetime_seconds"] = 900,
            p => p["issued_within_seconds"] = 5,
            p => p["issued_within_seconds"] = 600,
            p => p["resources"] = new JsonArray("https://desk.example/terms"),
            p => p["resources"] = new JsonArray("https://desk.example/terms", "https://desk.example/more"),
            p => p["allow_request_id"] = true,
            p => p["allow_request_id"] = false,
        ];
        var texts =
            from domain in (string[])["desk", "other"]
            from statement in (string[])["\nHi.\n", "\nHello.\n", "\n"]
            from chain in (string[])["1", "10"]
            from issued in (string[])["22:13:20", "22:13:00", "22:10:00"]
            from expires in (string[])["22:14:00", "22:20:00", "22:27:00"]
            from more in (string[])
                ["", "\nRequest ID: 7", "\nResources:\n- https://desk.example/terms", "\nResources:\n- https://desk.example/more"]
            select $"{domain}.example wants you to sign in with your Ethereum account:\n{ScopeBuilder.Alice}\n{statement}\nURI: https://{domain}.example/\n"
                + $"Version: 1\nChain ID: {chain}\nNonce: 32891757\nIssued At: 2023-11-14T{issued}Z\nExpiration Time: 2023-11-14T{expires}Z{more}";
        AssertSound([.. Versions(PermissionDiffTests.Base("sign_in"), changes)], [.. texts.Select(Text)], narrowsMin: 30);
    }

    [Fact]
    public void Of_authorisations()
    {
        Action<JsonObject>[] changes =
        [
            p => p["authorizations"] = Delegates(ScopeBuilder.Other),
            p => p["authorizations"] = Delegates(ScopeBuilder.Other, ScopeBuilder.Bob),
            p => (p["authorizations"], p["max_authorizations"]) = (Delegates(ScopeBuilder.Other, ScopeBuilder.Bob), 2),
            p => p["authorizations"] = new JsonArray(JsonNode.Parse($$"""{"address":"{{ScopeBuilder.Other}}","chain":"0"}""")),
            p => p["authorizations"] = new JsonArray(JsonNode.Parse($$"""{"address":"{{ScopeBuilder.Other}}","chain":"1"}""")),
            p => p["allow_access_list"] = true,
        ];
        var payloads =
            from target in (string[])[ScopeBuilder.Other, ScopeBuilder.Bob]
            from chain in (int[])[0, 1]
            from count in (int[])[1, 2]
            select (Asked)((scope, debits) => scope.Ask(AuthorizationTests.Transaction(target, chain, count), debits));
        AssertSound([.. Versions(ScopeBuilder.Call("f()", name: "p"), changes)], [.. payloads], narrowsMin: 10);
    }

    private delegate ScopeDecision Asked(CompiledScope scope, DebitBuffer debits);

    private static void AssertSound(IReadOnlyList<JsonObject[]> versions, IReadOnlyList<Asked> payloads, int narrowsMin)
    {
        var policies = versions.Select(Policy).ToList();
        var decided = policies.Select(policy => Decide(policy, payloads)).ToList();
        var narrows = 0;
        for (var i = 0; i < policies.Count; i++)
        {
            for (var j = 0; j < policies.Count; j++)
            {
                var effect = PolicyDiff.Overall(PolicyDiff.Compare(policies[i], policies[j]));
                if (effect is ChangeEffect.Widens or ChangeEffect.Unclear)
                {
                    continue;
                }
                narrows += effect == ChangeEffect.Narrows ? 1 : 0;
                var broken = Enumerable.Range(0, payloads.Count).FirstOrDefault(p => !IsWithin(decided[j][p], decided[i][p]), -1);
                Assert.True(
                    broken < 0,
                    $"payload {broken}: {string.Join(',', versions[i].Select(p => p.ToJsonString()))} -> {string.Join(',', versions[j].Select(p => p.ToJsonString()))} is called {effect}"
                );
            }
        }
        Assert.True(narrows >= narrowsMin, $"only {narrows} pairs are called narrowing");
    }

    // What is counted for each payload, or null if it is refused.
    private static UInt256?[] Decide(Policy policy, IReadOnlyList<Asked> payloads)
    {
        var scope = CompiledScope.Compile("ceiling", policy.Ceiling);
        var debits = new DebitBuffer();
        return
        [
            .. payloads.Select(ask =>
                ask(scope, debits).IsAllowed
                    ? debits.Items is [var only]
                        ? only.Amount
                        : UInt256.Zero
                    : (UInt256?)null
            ),
        ];
    }

    private static bool IsWithin(UInt256? now, UInt256? old) => now is null || (old is not null && now >= old);

    private static IEnumerable<JsonObject[]> Versions(JsonObject permission, Action<JsonObject>[] changes)
    {
        permission["name"] = "p";
        yield return [permission];
        for (var i = 0; i < changes.Length; i++)
        {
            // Each change by itself, and with the one after the next, so that a change may hide another.
            var (one, two) = (permission.DeepClone().AsObject(), permission.DeepClone().AsObject());
            changes[i](one);
            yield return [one];
            changes[i](two);
            changes[(i + 2) % changes.Length](two);
            yield return [two];
        }
    }

    private static Policy Policy(JsonObject[] permissions)
    {
        var document = PolicyBuilder.Document([.. permissions.Select(permission => permission.DeepClone().AsObject())]);
        document["ceiling"]!["chains"] = s_chains.DeepClone();
        document["ceiling"]!["budgets"] = JsonNode.Parse(
            """[{"name":"usdc","unit":"x","limit":"1000","window":"lifetime","per":"session"}]"""
        );
        return PolicyBuilder.Parse(document);
    }

    private static Asked Request(
        string sender,
        string callData,
        Action<JsonObject> change,
        string chain = "1",
        string entryPoint = UserOperations.EntryPoint,
        string version = "0.7",
        string form = "hash"
    )
    {
        var json = UserOperations.Json(callData);
        json["sender"] = sender;
        change(json);
        var body = UserOperations.Request(json, chain, entryPoint, version, form).ToBody();
        var decoded = PayloadDecoder.Decode(PayloadKind.UserOperation, body);
        Assert.True(decoded.IsDecoded, decoded.Denial.Observed);
        Assert.True(Address.TryParseChecksummed(sender, out var account));
        var session = new SessionFacts(default, long.MaxValue, account);
        return (scope, debits) => scope.Evaluate(decoded.Payload, ScopeBuilder.Now, debits, session);
    }

    private static Asked Text(string text)
    {
        var payload = MessageScopeTests.Payload(text);
        Assert.True(Address.TryParseChecksummed(ScopeBuilder.Alice, out var alice));
        var session = new SessionFacts(alice, ScopeBuilder.Now + 3_600);
        return (scope, debits) => scope.Evaluate(payload, ScopeBuilder.Now, debits, session);
    }

    private static void Pay(JsonObject operation, string paymaster)
    {
        (operation["paymaster"], operation["paymasterData"]) = (paymaster, "0x");
        (operation["paymasterVerificationGasLimit"], operation["paymasterPostOpGasLimit"]) = ("0x1", "0x1");
    }

    private static JsonObject Hole(JsonObject permission, int index) => permission["holes"]![index]!.AsObject();

    private static JsonArray Gas(int count) =>
        new([.. Enumerable.Range(0, count).Select(_ => JsonNode.Parse("""{"budget":"usdc","gas_cost":true}"""))]);

    private static JsonArray Delegates(params string[] addresses) =>
        new([.. addresses.Select(address => new JsonObject { ["address"] = address })]);
}
