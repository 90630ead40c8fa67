using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;

namespace Fuzz;

/// <summary>What the vectors of the specification and the example policies hold.</summary>
internal static class Corpus
{
    private static readonly string[] s_scopes =
    [
        "scope",
        "scope-choices",
        "scope-containers",
        "scope-counting",
        "scope-messages",
        "scope-user-operations",
    ];

    public static IReadOnlyList<byte[]> Scopes => [.. s_scopes.Select(name => Utf8(Vectors(name).GetProperty("scope")))];

    public static IReadOnlyList<byte[]> Transactions =>
        [.. ScopeVectors("transaction").Select(item => Convert.FromHexString(item.GetString()![2..]))];

    public static IReadOnlyList<byte[]> TypedData => [.. ScopeVectors("typed_data").Select(Utf8)];

    public static IReadOnlyList<byte[]> UserOperations =>
        [.. ScopeVectors("user_operation").Select(item => Utf8(item.GetProperty("json")))];

    public static IReadOnlyList<byte[]> Messages => [.. ScopeVectors("message").Select(Utf8)];

    public static IReadOnlyList<byte[]> Grants =>
        [.. Cases("grant").Select(item => item.TryGetProperty("grant", out var grant) ? Utf8(grant) : []).Where(grant => grant.Length > 0)];

    public static byte[] Roster => Utf8(Vectors("approval").GetProperty("roster"));

    public static IReadOnlyList<byte[]> PublicKeys =>
        [
            .. Vectors("approval")
                .GetProperty("roster")
                .GetProperty("approvers")
                .EnumerateArray()
                .Select(item => Utf8(item.GetProperty("key"))),
        ];

    public static IReadOnlyList<byte[]> Statements => [.. Cases("approval").Select(item => Utf8(item.GetProperty("statement")))];

    public static IReadOnlyList<byte[]> Signatures =>
        [.. Cases("approval").SelectMany(item => item.GetProperty("signatures").EnumerateArray()).Select(Utf8)];

    public static IReadOnlyList<byte[]> Policies => [Utf8(Vectors("policy").GetProperty("policy")), .. Files("deploy/policies")];

    public static IReadOnlyList<byte[]> PolicyCases => Files("deploy/policies/cases");

    /// <summary>Every function signature that the scopes and policies name.</summary>
    public static IReadOnlyList<byte[]> Functions =>
        [
            .. Scopes
                .Concat(Policies.Take(1))
                .SelectMany(document => Members(JsonDocument.Parse(document).RootElement, "function"))
                .Distinct()
                .Select(Encoding.UTF8.GetBytes),
        ];

    private static IEnumerable<string> Members(JsonElement element, string name) =>
        element.ValueKind switch
        {
            JsonValueKind.Object => element
                .EnumerateObject()
                .SelectMany(member =>
                    member.Name == name && member.Value.ValueKind == JsonValueKind.String
                        ? [member.Value.GetString()!]
                        : Members(member.Value, name)
                ),
            JsonValueKind.Array => element.EnumerateArray().SelectMany(item => Members(item, name)),
            _ => [],
        };

    private static IEnumerable<JsonElement> ScopeVectors(string member) =>
        from name in s_scopes
        from vector in Cases(name)
        where vector.TryGetProperty(member, out _)
        select vector.GetProperty(member);

    private static IEnumerable<JsonElement> Cases(string name) => Vectors(name).GetProperty("vectors").EnumerateArray();

    private static byte[] Utf8(JsonElement element) =>
        Encoding.UTF8.GetBytes(element.ValueKind == JsonValueKind.String ? element.GetString()! : element.GetRawText());

    private static JsonElement Vectors(string name) =>
        JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Root(), "proto/spec/vectors", name + ".json"))).RootElement;

    private static List<byte[]> Files(string folder) =>
        [.. Directory.GetFiles(Path.Combine(Root(), folder), "*.yaml").Order().Select(File.ReadAllBytes)];

    private static string Root([CallerFilePath] string thisFile = "") => Path.Combine(Path.GetDirectoryName(thisFile)!, "../..");
}
