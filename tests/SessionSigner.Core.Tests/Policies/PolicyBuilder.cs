using System.Text;
using System.Text.Json.Nodes;

namespace SessionSigner.Core.Tests;

/// <summary>Makes policies from JSON.</summary>
internal static class PolicyBuilder
{
    /// <summary>A policy that lint has nothing to say about, with other permissions if given; its budgets are those into which they count.</summary>
    public static JsonObject Document(params JsonObject[] permissions)
    {
        var pay = ScopeBuilder.Call(
            "transfer(address to, uint256 amount)",
            $$"""[{"path":"amount","op":"lte","value":"100"},{"path":"to","op":"in","values":["{{ScopeBuilder.Bob}}"]}]""",
            """[{"budget":"usdc","path":"amount"}]"""
        );
        var ceiling = ScopeBuilder.Document([.. (permissions.Length == 0 ? [pay] : permissions).Select(WithFees)]);
        var budgets = ceiling["budgets"]!.AsArray();
        var text = ceiling["permissions"]!.ToJsonString();
        budgets.RemoveAll(budget => !text.Contains($"\"budget\":{budget!["name"]!.ToJsonString()}", StringComparison.Ordinal));
        foreach (var budget in budgets)
        {
            budget!["per"] = "policy";
        }
        ceiling["rates"] = JsonNode.Parse("""[{"max":10,"window_seconds":1}]""");
        ceiling["max_signatures"] = 1_000;
        return new JsonObject
        {
            ["version"] = 1,
            ["name"] = "payout",
            ["principals"] = new JsonArray("spiffe://desk.example/bot"),
            ["primary_keys"] = new JsonArray("desk-primary"),
            ["accounts"] = new JsonArray(ScopeBuilder.Alice),
            ["audiences"] = new JsonArray("https://exchange.example"),
            ["max_lifetime_seconds"] = 3_600,
            ["max_open_sessions_per_principal"] = 4,
            ["ceiling"] = ceiling,
        };
    }

    public static Policy Parse(JsonObject? document = null)
    {
        var json = Encoding.UTF8.GetBytes((document ?? Document()).ToJsonString());
        Assert.True(Policy.TryParse(json, out var policy, out var faults), string.Join('\n', faults));
        return policy;
    }

    public static IReadOnlyList<string> Faults(JsonObject document)
    {
        Assert.False(Policy.TryParse(Encoding.UTF8.GetBytes(document.ToJsonString()), out var policy, out var faults));
        Assert.Null(policy);
        return faults;
    }

    private static JsonObject WithFees(JsonObject permission)
    {
        if ((string)permission["kind"]! == "call" && !permission.ContainsKey("max_gas"))
        {
            permission["max_gas"] = "100000";
            permission["max_fee_per_gas"] = "1000";
            permission["max_priority_fee_per_gas"] = "10";
        }
        return permission;
    }
}
