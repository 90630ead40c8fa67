using SessionSigner.Core;

namespace SessionSigner.Server.Tests;

/// <summary>What an approver reads of a policy names its functions by what contracts go by.</summary>
public class PolicyViewTests
{
    private const string Token = "0xA0b86991c6218b36c1d19D4a2e9Eb0cE3606eB48";

    // The second has the selector of the first: only lint says so, but both are printed.
    private const string Permissions = $$"""
        {"name":"pay","kind":"call","targets":["{{Token}}"],"function":"transfer(address to, uint256 amount)"},
        {"name":"other","kind":"call","targets":["{{Other}}"],"function":"many_msg_babbage(bytes1)"},
        {"name":"sweep","kind":"call","targets":["{{Other}}"],"function":"","max_native_value":"1"}
        """;
    private const string Other = "0x6B175474E89094C44Da98b954EedeAC495271d0F";

    [Fact]
    public void Selectors_are_printed_beside_the_signatures()
    {
        var policy = Read();
        var lines = PolicyView.Lines(policy).ToArray();
        Assert.Equal(
            [
                "name    desk",
                $"digest  {policy.Digest}",
                "0xa9059cbb  transfer(address,uint256)  pay",
                "0xa9059cbb  many_msg_babbage(bytes1)  other",
            ],
            lines[..^1]
        );
        Assert.Equal(policy.CanonicalJson, lines[^1]);
    }

    [Fact]
    public void Selectors_are_in_the_JSON()
    {
        var json = PolicyView.Json(Read(), ["a warning"]);
        Assert.Equal(
            """[{"permission":"pay","selector":"0xa9059cbb","signature":"transfer(address,uint256)"},{"permission":"other","selector":"0xa9059cbb","signature":"many_msg_babbage(bytes1)"}]""",
            json["selectors"]!.ToJsonString()
        );
        Assert.Equal("""["a warning"]""", json["warnings"]!.ToJsonString());
    }

    private static Policy Read()
    {
        var document = $$"""
            {"version":1,"name":"desk","principals":["spiffe://desk.example/bot"],"primary_keys":["key"],"accounts":["{{Token}}"],
             "audiences":["a.example"],"max_lifetime_seconds":60,"ceiling":{"version":1,"chains":["1"],"permissions":[{{Permissions}}],"budgets":[]} }
            """;
        Assert.True(
            Policy.TryParse(System.Text.Encoding.UTF8.GetBytes(document), out var policy, out var faults),
            string.Join('\n', faults)
        );
        return policy;
    }
}
