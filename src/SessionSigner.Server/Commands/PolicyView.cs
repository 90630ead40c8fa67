using System.Text.Json.Nodes;
using SessionSigner.Core;
using SessionSigner.Grants;

namespace SessionSigner.Server;

/// <summary>What policy show and lint print of a policy.</summary>
internal static class PolicyView
{
    /// <summary>Name, digest, the selectors of its functions, and its canonical JSON in the last line.</summary>
    public static IEnumerable<string> Lines(Policy policy) =>
        [
            $"name    {policy.Name}",
            $"digest  {policy.Digest}",
            .. CallSelector.Of(policy.Ceiling).Select(call => $"{call.Selector}  {call.Signature}  {call.Permission}"),
            policy.CanonicalJson,
        ];

    /// <summary>The same with what lint says, as JSON.</summary>
    public static JsonObject Json(Policy policy, IReadOnlyList<string> warnings) =>
        new()
        {
            ["name"] = policy.Name,
            ["digest"] = policy.Digest.ToString(),
            ["warnings"] = PolicyCommand.ToArray(warnings),
            ["selectors"] = new JsonArray([.. CallSelector.Of(policy.Ceiling).Select(Json)]),
            ["policy"] = JsonNode.Parse(policy.CanonicalJson),
        };

    private static JsonNode Json(CallSelector call) =>
        new JsonObject
        {
            ["permission"] = call.Permission,
            ["selector"] = call.Selector,
            ["signature"] = call.Signature,
        };
}
