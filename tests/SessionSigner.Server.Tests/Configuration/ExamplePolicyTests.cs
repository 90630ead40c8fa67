using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using SessionSigner.Core;

namespace SessionSigner.Server.Tests;

/// <summary>The policies that come with the project load, and lint has nothing to say about them.</summary>
public class ExamplePolicyTests
{
    public static TheoryData<string> Files() => [.. Directory.EnumerateFiles(Folder("deploy/policies"), "*.yaml")];

    [Theory]
    [MemberData(nameof(Files))]
    public void Loads_without_a_warning(string file)
    {
        Assert.True(PolicyFile.TryRead(file, out var policy, out var faults), string.Join('\n', faults));
        Assert.Equal(Path.GetFileNameWithoutExtension(file), policy.Name);
        Assert.Empty(PolicyLint.Check(policy));
    }

    /// <summary>The one that init writes too.</summary>
    [Fact]
    public void What_init_writes_loads_without_a_warning()
    {
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, ExamplePolicy.Create("spiffe://desk.example/trader", "desk-primary", address: ""));
            Assert.True(PolicyFile.TryRead(file, out var policy, out var faults), string.Join('\n', faults));
            Assert.Empty(PolicyLint.Check(policy));
        }
        finally
        {
            File.Delete(file);
        }
    }

    /// <summary>That of the quickstart bounds sessions and not days, as its comment says; nothing else.</summary>
    [Fact]
    public void That_of_the_quickstart_has_the_warning_that_its_comment_names()
    {
        var file = Path.Combine(Folder("deploy/quickstart"), "policy.yaml");
        Assert.True(PolicyFile.TryRead(file, out var policy, out var faults), string.Join('\n', faults));
        Assert.StartsWith(
            "ceiling.budgets[0].per: \"usdc\" begins anew",
            Assert.Single(PolicyLint.Check(policy)),
            StringComparison.Ordinal
        );
        Assert.Contains("`sessionsigner policy lint` says so", File.ReadAllText(file), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Every_case_is_decided_as_it_says(string file)
    {
        Assert.True(PolicyFile.TryRead(file, out var policy, out _));
        Assert.True(PolicyTestCommand.TryRead(CasesOf(file), policy, out var cases, out var faults), string.Join('\n', faults));
        Assert.All(cases!.Run(), result => Assert.True(result.Passed, $"{result.Name}: {string.Join('\n', result.Steps)}"));
    }

    /// <summary>The cases prove something: each expectation turned round makes its case fail.</summary>
    [Theory]
    [MemberData(nameof(Files))]
    public void Every_expectation_turned_round_fails(string file)
    {
        Assert.True(PolicyFile.TryRead(file, out var policy, out _));
        Assert.True(PolicyFile.TryReadJson(CasesOf(file), out var json, out _));
        var document = JsonNode.Parse(json.Span)!;
        var expectations = document["cases"]!
            .AsArray()
            .SelectMany(one => (one!["requests"]?.AsArray() ?? []).Select(request => request!.AsObject()));
        foreach (var request in expectations)
        {
            var before = request.ToJsonString();
            var reason = request["reason"]?.GetValue<string>();
            request.Remove("rule");
            request.Remove("reason");
            request["expect"] = reason is null ? "refuse" : "allow";
            if (reason is null)
            {
                request["reason"] = "undecodable";
            }
            var changed = System.Text.Encoding.UTF8.GetBytes(document.ToJsonString());
            Assert.True(PolicyCases.TryParse(changed, policy, out var cases, out var faults), string.Join('\n', faults));
            Assert.Contains(cases.Run(), result => !result.Passed);
            foreach (var name in request.Select(member => member.Key).ToList())
            {
                request.Remove(name);
            }
            foreach (var (name, value) in JsonNode.Parse(before)!.AsObject().ToList())
            {
                request[name] = value?.DeepClone();
            }
        }
    }

    /// <summary>No rule of a policy is there for nothing: without it a case is decided otherwise.</summary>
    [Theory]
    [MemberData(nameof(Files))]
    public void Every_rule_is_needed_by_a_case(string file)
    {
        Assert.True(PolicyFile.TryReadJson(file, out var json, out _));
        Assert.True(PolicyFile.TryReadJson(CasesOf(file), out var casesJson, out _));
        var cases = JsonNode.Parse(casesJson.Span)!;
        foreach (var request in cases["cases"]!.AsArray().SelectMany(one => one!["requests"]?.AsArray() ?? []))
        {
            // Rules move up where one before them is taken away.
            request!.AsObject().Remove("rule");
        }
        var needless = new List<string>();
        foreach (var (rule, without) in WithoutEach(JsonNode.Parse(json.Span)!))
        {
            Assert.True(Policy.TryParse(Utf8(without), out var policy, out var faults), string.Join('\n', faults));
            Assert.True(PolicyCases.TryParse(Utf8(cases), policy, out var read, out faults), string.Join('\n', faults));
            if (read.Run().All(result => result.Passed))
            {
                needless.Add(rule);
            }
        }
        Assert.Empty(needless);
    }

    private static IEnumerable<(string Rule, JsonNode Document)> WithoutEach(JsonNode policy)
    {
        var count = policy["ceiling"]!["permissions"]!.AsArray().Count;
        for (var i = 0; i < count; i++)
        {
            foreach (var list in (string[])["constraints", "meters"])
            {
                for (var j = 0; j < (Permission(policy, i)[list]?.AsArray().Count ?? 0); j++)
                {
                    var without = policy.DeepClone();
                    Permission(without, i)[list]!.AsArray().RemoveAt(j);
                    yield return ($"permissions[{i}].{list}[{j}]", without);
                }
            }
            foreach (var cap in (string[])["max_gas", "max_fee_per_gas"])
            {
                var without = policy.DeepClone();
                if (Permission(without, i).Remove(cap))
                {
                    yield return ($"permissions[{i}].{cap}", without);
                }
            }
        }

        static JsonObject Permission(JsonNode document, int index) => document["ceiling"]!["permissions"]![index]!.AsObject();
    }

    private static ReadOnlyMemory<byte> Utf8(JsonNode node) => System.Text.Encoding.UTF8.GetBytes(node.ToJsonString());

    [Fact]
    public void Yaml_has_the_digest_of_the_JSON_it_stands_for()
    {
        using var vector = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Folder("proto/spec/vectors"), "policy.json")));
        Assert.True(PolicyFile.TryRead(Path.Combine(Folder("deploy/policies"), "erc20-payout.yaml"), out var policy, out _));
        Assert.Equal(vector.RootElement.GetProperty("digest").GetString(), policy.Digest.ToString());
    }

    private static string CasesOf(string file) => Path.Combine(Path.GetDirectoryName(file)!, "cases", Path.GetFileName(file));

    private static string Folder(string path, [CallerFilePath] string thisFile = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(thisFile)!, "../../..", path));
}
