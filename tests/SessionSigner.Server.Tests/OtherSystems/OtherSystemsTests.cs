using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json.Nodes;
using SessionSigner.Core;

namespace SessionSigner.Server.Tests;

/// <summary>
/// What the rules of other systems allow and refuse is decided alike by scopes that say the same; a file for each of them. What they have and scopes do not is listed in
/// proto/spec/scope.md.
/// </summary>
public class OtherSystemsTests
{
    public static TheoryData<string, string> Rules()
    {
        var rules = new TheoryData<string, string>();
        foreach (var file in Directory.EnumerateFiles(Folder(), "*.yaml").Order(StringComparer.Ordinal))
        {
            foreach (var rule in Read(file))
            {
                rules.Add(Path.GetFileNameWithoutExtension(file), (string)rule["name"]!);
            }
        }
        return rules;
    }

    [Theory]
    [MemberData(nameof(Rules))]
    public void A_rule_is_decided_as_there(string system, string rule)
    {
        var entry = Read(Path.Combine(Folder(), system + ".yaml")).Single(one => (string)one["name"]! == rule);
        Assert.True(Policy.TryParse(ToPolicy(entry), out var policy, out var faults), string.Join('\n', faults));
        var cases = new JsonObject { ["version"] = 1, ["cases"] = entry["cases"]!.DeepClone() };
        Assert.True(PolicyCases.TryParse(Utf8(cases), policy, out var read, out faults), string.Join('\n', faults));
        var results = read.Run();
        Assert.All(results, result => Assert.True(result.Passed, $"{result.Name}: {string.Join('\n', result.Steps)}"));
        // A rule that never allows, or never refuses, shows nothing.
        var steps = results.SelectMany(result => result.Steps).ToList();
        Assert.Contains(steps, step => step.Expected.StartsWith("allow", StringComparison.Ordinal));
        Assert.Contains(steps, step => step.Expected.StartsWith("refuse", StringComparison.Ordinal));
    }

    private static ReadOnlyMemory<byte> ToPolicy(JsonNode entry) =>
        Utf8(
            new JsonObject
            {
                ["version"] = 1,
                ["name"] = "other-system",
                ["principals"] = new JsonArray("spiffe://desk.example/bot/trader"),
                ["primary_keys"] = new JsonArray("desk-primary"),
                ["accounts"] = new JsonArray("0xd8dA6BF26964aF9D7eEd9e03E53415D37aA96045"),
                ["audiences"] = new JsonArray("https://desk.example/trading"),
                ["max_lifetime_seconds"] = 172_800,
                ["ceiling"] = entry["ceiling"]!.DeepClone(),
            }
        );

    private static IReadOnlyList<JsonNode> Read(string file)
    {
        Assert.True(PolicyFile.TryReadJson(file, out var json, out var faults), string.Join('\n', faults));
        return [.. JsonNode.Parse(json.Span)!["rules"]!.AsArray().Select(rule => rule!)];
    }

    private static ReadOnlyMemory<byte> Utf8(JsonNode node) => Encoding.UTF8.GetBytes(node.ToJsonString());

    private static string Folder([CallerFilePath] string thisFile = "") => Path.GetDirectoryName(thisFile)!;
}
