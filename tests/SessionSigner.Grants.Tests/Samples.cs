using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using SessionSigner.Ethereum;

namespace SessionSigner.Grants.Tests;

/// <summary>Documents and keys that the tests start from.</summary>
internal static class Samples
{
    public const string Token = "0xA0b86991c6218b36c1d19D4a2e9Eb0cE3606eB48";
    public const string Recipient = "0xd8dA6BF26964aF9D7eEd9e03E53415D37aA96045";
    public const string Audience = "https://exchange.example";
    public const long NotBefore = 1_700_000_000;
    public const long NotAfter = 1_700_003_600;
    public const long Now = 1_700_000_100;

    public const string ScopeJson = $$"""
        {
          "version": 1,
          "not_before": 1600000000,
          "not_after": 1800000000,
          "chains": ["1", "10"],
          "accounts": ["{{Recipient}}"],
          "permissions": [
            {
              "name": "pay",
              "kind": "call",
              "chain": "1",
              "targets": ["{{Token}}"],
              "function": "transfer(address to, uint256 amount)",
              "constraints": [
                {"path": "amount", "op": "lte", "value": "1000"},
                {"path": "to", "op": "in", "values": ["{{Recipient}}"]}
              ],
              "max_native_value": "0",
              "max_gas": "200000",
              "max_fee_per_gas": "100000000000",
              "max_priority_fee_per_gas": "2000000000",
              "meters": [{"budget": "usdc", "path": "amount"}]
            },
            {
              "name": "order",
              "kind": "typed_data",
              "domain": {"name": "Venue", "version": "1", "chain_id": "1", "verifying_contract": "{{Token}}"},
              "primary_type": "Order",
              "type": "Order(address maker,uint256 amount)",
              "constraints": [{"path": "amount", "op": "between", "min": "1", "max": "5"}],
              "meters": [{"budget": "usdc", "path": "amount"}]
            }
          ],
          "budgets": [{"name": "usdc", "unit": "USDC base units", "limit": "1000000", "window": "lifetime", "per": "session"}],
          "rates": [{"max": 10, "window_seconds": 1}],
          "max_signatures": 1000
        }
        """;

    public static byte[] PrimaryPrivateKey { get; } =
        Convert.FromHexString("4c0883a69102937d6231471b5dbb6204fe5129617082792ae468d01a3f362318");

    public static PublicKey PrimaryKey { get; } = SecpKey(PrimaryPrivateKey);

    public static PublicKey SessionKey { get; } =
        SecpKey(Convert.FromHexString("0000000000000000000000000000000000000000000000000000000000000007"));

    public static Scope Scope(Action<JsonObject>? change = null)
    {
        var document = JsonNode.Parse(ScopeJson)!.AsObject();
        change?.Invoke(document);
        Assert.True(
            Grants.Scope.TryParse(Encoding.UTF8.GetBytes(document.ToJsonString()), out var scope, out var faults),
            string.Join('\n', faults)
        );
        return scope!;
    }

    public static EffectiveScope Effective() => new(Scope(), Scope(scope => scope["chains"] = new JsonArray("1")));

    public static UnsignedGrant Grant(PublicKey? primaryKey = null, EffectiveScope? scope = null) =>
        new()
        {
            GrantId = Keccak256.Hash("grant"u8),
            SessionKey = SessionKey,
            PrimaryKey = primaryKey ?? PrimaryKey,
            Account = ParseAddress(Recipient),
            Chains = [1],
            NotBefore = NotBefore,
            NotAfter = NotAfter,
            ScopeHash = (scope ?? Effective()).Hash,
            PolicyDigest = Keccak256.Hash("policy"u8),
            Audience = Audience,
        };

    public static SignedGrant Sign(UnsignedGrant grant)
    {
        var signature = new byte[65];
        Assert.True(Secp256k1.TrySignRecoverable(PrimaryPrivateKey, GrantCodec.Digest(grant), signature));
        signature[64] += 27;
        return new SignedGrant(grant, signature);
    }

    public static SignedGrant Sign(UnsignedGrant grant, ECDsa key)
    {
        var signature = key.SignData(GrantCodec.Digest(grant).ToArray(), HashAlgorithmName.SHA256);
        P256.NormalizeS(signature);
        return new SignedGrant(grant, signature);
    }

    public static PublicKey P256Key(ECDsa key)
    {
        var point = key.ExportParameters(false).Q;
        byte[] uncompressed = [4, .. point.X!, .. point.Y!];
        var compressed = new byte[33];
        Assert.True(P256.TryCompress(uncompressed, compressed));
        Assert.True(PublicKey.TryCreate(Curve.P256, compressed, out var publicKey));
        return publicKey;
    }

    public static string GrantJson() => GrantCodec.ToJson(Sign(Grant()), Effective());

    public static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);

    public static Address ParseAddress(string text)
    {
        Assert.True(Address.TryParseChecksummed(text, out var address));
        return address;
    }

    private static PublicKey SecpKey(byte[] privateKey)
    {
        var compressed = new byte[33];
        Assert.True(Secp256k1.TryCreatePublicKey(privateKey, compressed));
        Assert.True(PublicKey.TryCreate(Curve.Secp256k1, compressed, out var key));
        return key;
    }
}
