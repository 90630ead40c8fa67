using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using SessionSigner.Ethereum;
using SessionSigner.Grants;

namespace SessionSigner.Core.Tests;

/// <summary>The vectors of proto/spec/scope.md, "Budgets".</summary>
public sealed class BudgetVectorTests
{
    public static TheoryData<string, string> Vectors() => Read();

    private static TheoryData<string, string> Read([CallerFilePath] string thisFile = "")
    {
        var data = new TheoryData<string, string>();
        var path = Path.Combine(Path.GetDirectoryName(thisFile)!, "../../../proto/spec/vectors/budgets.json");
        using var file = JsonDocument.Parse(File.ReadAllBytes(path));
        foreach (var vector in file.RootElement.GetProperty("vectors").EnumerateArray())
        {
            data.Add(vector.GetProperty("name").GetString()!, vector.GetRawText());
        }
        return data;
    }

    [Theory]
    [MemberData(nameof(Vectors))]
    public void Every_step_is_answered_as_the_specification_says(string name, string json)
    {
        var vector = JsonNode.Parse(json)!;
        var document = JsonNode.Parse(Desk.Scope())!;
        document["budgets"] = new JsonArray(vector["budget"]!.DeepClone());
        document["permissions"] = new JsonArray(document["permissions"]![0]!.DeepClone());
        document["permissions"]![0]!["meters"] = new JsonArray();
        Assert.True(
            Scope.TryParse(Encoding.UTF8.GetBytes(document.ToJsonString()), out var scope, out var faults),
            string.Join(' ', faults)
        );
        var rule = CompiledScope.Compile("ceiling", scope!).Budgets[0];
        var meter = new BudgetMeter(rule, new BudgetTotal(rule.Window));
        foreach (var step in vector["steps"]!.AsArray())
        {
            var atMs = (long)step!["at_ms"]!;
            var now = new MeterTime(atMs, atMs);
            Assert.True(UInt256.TryParse((string)step["amount"]!, out var amount));
            if (step["remaining"] is { } remaining)
            {
                Assert.True(meter.Fits(amount, now), $"{name}: {step}");
                meter.Reserve(amount, now);
                Assert.Equal((string)remaining!, meter.Remaining(now).ToString());
                continue;
            }
            Assert.False(meter.Fits(amount, now), $"{name}: {step}");
            var denial = meter.Refuse(amount, now);
            Assert.Equal(
                ((string)step["headroom"]!, (long)step["retry_after_ms"]!, (string)step["amount"]!),
                (denial.Headroom, denial.RetryAfterMs, denial.Observed)
            );
        }
    }
}
