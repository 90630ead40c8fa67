using System.Text;
using System.Text.Json.Nodes;
using SessionSigner.Ethereum;

namespace SessionSigner.Core.Tests;

public class PolicyTests
{
    [Fact]
    public void Reads_every_member()
    {
        var policy = PolicyBuilder.Parse();
        Assert.Equal("payout", policy.Name);
        Assert.Equal(["spiffe://desk.example/bot"], policy.Principals);
        Assert.Equal(["desk-primary"], policy.PrimaryKeys);
        Assert.Equal(ScopeBuilder.Alice, Assert.Single(policy.Accounts).ToString());
        Assert.Equal(["https://exchange.example"], policy.Audiences);
        Assert.Equal(3_600, policy.MaxLifetimeSeconds);
        Assert.Equal(4, policy.MaxOpenSessionsPerPrincipal);
        Assert.Equal("ceiling", policy.CompiledCeiling.Side);
        Assert.Equal(Keccak256.Hash(Encoding.UTF8.GetBytes(policy.CanonicalJson)), policy.Digest);
    }

    [Fact]
    public void The_digest_depends_on_content_and_not_on_form()
    {
        var document = PolicyBuilder.Document();
        var reversed = new JsonObject(document.Reverse().Select(pair => KeyValuePair.Create(pair.Key, pair.Value?.DeepClone())));
        Assert.Equal(PolicyBuilder.Parse().Digest, PolicyBuilder.Parse(reversed).Digest);
        document["max_lifetime_seconds"] = 3_601;
        Assert.NotEqual(PolicyBuilder.Parse().Digest, PolicyBuilder.Parse(document).Digest);
    }

    [Fact]
    public void Nobody_releases_what_it_may_sign_itself()
    {
        var document = PolicyBuilder.Document();
        Assert.Empty(PolicyBuilder.Parse(document).Releasers);
        document["releasers"] = new JsonArray("spiffe://desk.example/settler");
        Assert.Equal(["spiffe://desk.example/settler"], PolicyBuilder.Parse(document).Releasers);
        document["releasers"] = new JsonArray("spiffe://desk.example/settler", "spiffe://desk.example/bot");
        Assert.False(Policy.TryParse(Encoding.UTF8.GetBytes(document.ToJsonString()), out _, out var faults));
        Assert.Contains(
            faults,
            fault => fault.StartsWith("releasers: \"spiffe://desk.example/bot\" is a principal", StringComparison.Ordinal)
        );
    }

    [Fact]
    public void All_faults_are_reported_at_once()
    {
        var document = PolicyBuilder.Document();
        document["name"] = "Pay out";
        document["principals"] = new JsonArray("CN=bot");
        document["max_lifetime_seconds"] = 0;
        document["approvers"] = 2;
        document.Remove("audiences");
        document["ceiling"]!["permissions"]![0]!["function"] = "transfer(";
        document["ceiling"]!["chains"] = new JsonArray("01");
        var faults = PolicyBuilder.Faults(document);
        string[] starts =
        [
            "name: ",
            "principals[0]: Must be a URI",
            "max_lifetime_seconds: ",
            "audiences: Missing.",
            "approvers: Unknown member.",
            "ceiling.chains[0]: ",
        ];
        Assert.All(starts, start => Assert.Contains(faults, fault => fault.StartsWith(start, StringComparison.Ordinal)));
    }

    [Fact]
    public void A_ceiling_that_cannot_be_enforced_is_a_fault()
    {
        var document = PolicyBuilder.Document();
        document["ceiling"]!["permissions"]![0]!["constraints"]![0]!["path"] = "amounts";
        Assert.StartsWith(
            "ceiling.permissions[0].constraints[0].path: There is no \"amounts\"",
            Assert.Single(PolicyBuilder.Faults(document)),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void What_cannot_be_read_does_not_hide_what_cannot_be_enforced()
    {
        var document = PolicyBuilder.Document(
            ScopeBuilder.Call("f(uint256 x)", """[{"path":"y","op":"lte","value":"1"}]""", name: "first"),
            ScopeBuilder.Call("g(uint256 x)", """[{"path":"x","op":"less","value":"1"}]""", name: "second"),
            ScopeBuilder.Call("h(", name: "third"),
            ScopeBuilder.Typed("Order(uint256 x", name: "fourth"),
            ScopeBuilder.Call("i(uint8 x)", """[{"path":"x","op":"lte","value":"256"}]""", """[{"budget":"none","path":"x"}]""", "fifth"),
            MessageScopeTests.Message(
                "n={n}",
                """[{"name":"n","type":"uint"}]""",
                ""","constraints":[{"path":"m","op":"eq","value":"1"}]"""
            )
        );
        document["ceiling"]!["chains"] = new JsonArray("01");
        var faults = PolicyBuilder.Faults(document);
        string[] starts =
        [
            "ceiling.chains[0]: ",
            "ceiling.permissions[0].constraints[0].path: ",
            "ceiling.permissions[1].constraints[0].op: ",
            "ceiling.permissions[2].function: ",
            "ceiling.permissions[3].type: ",
            "ceiling.permissions[4].constraints[0].value: ",
            "ceiling.permissions[5].constraints[0].path: ",
            "ceiling.permissions: A meter of \"fifth\"",
            "ceiling.permissions: The chain of \"fourth\"",
        ];
        Assert.All(starts, start => Assert.Single(faults, fault => fault.StartsWith(start, StringComparison.Ordinal)));
        Assert.True(starts.Length == faults.Count, string.Join('\n', faults));
    }

    [Fact]
    public void Accounts_must_be_in_the_ceiling()
    {
        var document = PolicyBuilder.Document();
        document["ceiling"]!["accounts"] = new JsonArray(ScopeBuilder.Bob);
        Assert.Equal($"accounts: {ScopeBuilder.Alice} is not in the ceiling's accounts.", Assert.Single(PolicyBuilder.Faults(document)));
    }

    [Theory]
    [InlineData("description", "\"\\u202Eevil\"")]
    [InlineData("principals", "[]")]
    [InlineData("principals", "[\"spiffe://a b\"]")]
    [InlineData("principals", "[\"spiffe://a\",\"spiffe://a\"]")]
    [InlineData("primary_keys", "[\"\"]")]
    [InlineData("audiences", "[\"a\\nb\"]")]
    [InlineData("max_lifetime_seconds", "1.5")]
    [InlineData("max_lifetime_seconds", "\"3600\"")]
    [InlineData("max_lifetime_seconds", "2678401")]
    [InlineData("version", "2")]
    [InlineData("ceiling", "null")]
    public void Refuses_values_of_other_forms(string member, string value)
    {
        var document = PolicyBuilder.Document();
        var json = document
            .ToJsonString()
            .Replace($"\"{member}\":{document[member]?.ToJsonString() ?? "\"\""}", $"\"{member}\":{value}", StringComparison.Ordinal);
        if (document[member] is null)
        {
            json = json.Insert(1, $"\"{member}\":{value},");
        }
        Assert.False(Policy.TryParse(Encoding.UTF8.GetBytes(json), out _, out var faults));
        Assert.Contains(faults, fault => fault.StartsWith(member, StringComparison.Ordinal));
    }

    [Fact]
    public void A_set_finds_policies_by_name_and_refuses_two_of_one_name()
    {
        var policy = PolicyBuilder.Parse();
        var set = new PolicySet([policy]);
        Assert.True(set.TryGet("payout", out var found));
        Assert.Same(policy, found);
        Assert.False(set.TryGet("Payout", out _));
        Assert.Throws<ArgumentException>(() => new PolicySet([policy, policy]));
    }
}
