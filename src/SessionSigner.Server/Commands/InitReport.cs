using System.Text.Json.Nodes;

namespace SessionSigner.Server;

/// <summary>Tells what init has made, as text or as JSON whose members are stable.</summary>
internal static class InitReport
{
    public static IEnumerable<string> ToLines(InitializationResult result)
    {
        var key = result.PrimaryKey;
        yield return $"token         {key.TokenLabel}, serial {key.TokenSerial}";
        yield return $"primary key   {key.Label}, {key.PublicKey.CurveName} {result.Address}";
        yield return $"certificates  {Path.GetDirectoryName(result.Server.Certificate)}: client-ca, server, {string.Join(", ", result.Clients.Select(client => client.Role))}";
        yield return $"policy        {result.Policy.Name}, digest {result.Policy.Digest}";
        if (result.Roster is { } roster)
        {
            yield return $"roster        {roster.Threshold} of {roster.Approvers.Count} approvers, digest {roster.Digest}";
        }
        yield return $"configuration {result.Configuration}";
        yield return "";
        yield return "Next:";
        yield return $"  sessionsignerd doctor --config {result.Configuration}";
        yield return $"  sessionsignerd --config {result.Configuration}";
        if (result.Roster is not null)
        {
            yield return $"  sessionsigner policy propose {result.PolicyFile} --profile {ProfileOf(result, "operator")}";
        }
        yield return $"  sessionsigner session open --policy {result.Policy.Name} --profile {ProfileOf(result, "trader")}";
        yield return "";
        yield return "Before this is more than a trial, take these off this host: secrets/token-so-pin, tls/client-ca.key and the keys of the clients.";
    }

    public static JsonObject ToJson(InitializationResult result) =>
        new()
        {
            ["folder"] = result.Folder,
            ["configuration"] = result.Configuration,
            ["token"] = new JsonObject
            {
                ["label"] = result.PrimaryKey.TokenLabel,
                ["serial"] = result.PrimaryKey.TokenSerial,
                ["model"] = result.PrimaryKey.TokenModel,
            },
            ["primary_key"] = new JsonObject
            {
                ["label"] = result.PrimaryKey.Label,
                ["key_id"] = Convert.ToHexStringLower(result.PrimaryKey.KeyId.Span),
                ["curve"] = result.PrimaryKey.PublicKey.CurveName,
                // As sessionsigner custody writes it, and grant verify takes it.
                ["public_key"] =
                    $"{result.PrimaryKey.PublicKey.CurveName}:0x{Convert.ToHexStringLower(result.PrimaryKey.PublicKey.Compressed.Span)}",
                ["address"] = result.Address,
            },
            ["authority"] = ToJson(result.Authority),
            ["server"] = ToJson(result.Server),
            ["clients"] = new JsonArray([.. result.Clients.Select(ToJson)]),
            ["policy"] = new JsonObject
            {
                ["name"] = result.Policy.Name,
                ["file"] = result.PolicyFile,
                ["digest"] = result.Policy.Digest.ToString(),
                ["pinned"] = result.Roster is null,
            },
            ["roster"] = result.Roster is { } roster
                ? new JsonObject
                {
                    ["digest"] = roster.Digest.ToString(),
                    ["threshold"] = roster.Threshold,
                    ["approvers"] = roster.Approvers.Count,
                }
                : null,
            ["secrets_to_move"] = PolicyCommand.ToArray(result.SecretsToMove),
        };

    private static JsonObject ToJson(CertificatePair pair) => new() { ["certificate"] = pair.Certificate, ["key"] = pair.Key };

    private static JsonObject ToJson(InitializedClient client) =>
        new()
        {
            ["role"] = client.Role,
            ["identity"] = client.Identity,
            ["certificate"] = client.Files.Certificate,
            ["key"] = client.Files.Key,
            ["profile"] = client.Profile,
        };

    private static string ProfileOf(InitializationResult result, string role) =>
        result.Clients.Single(client => client.Role == role).Profile;
}
