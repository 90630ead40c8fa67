using System.Collections.Concurrent;
using System.Text;
using SessionSigner.Ethereum;
using SessionSigner.Grants;

namespace SessionSigner.Storage.Tests;

/// <summary>Grants of the form that the daemon makes. Their signatures are not verified here and are zeros.</summary>
internal static class GrantSamples
{
    private static readonly ConcurrentDictionary<int, UnsignedGrant> s_grants = new();
    private static readonly EffectiveScope s_scope = ReadScope();

    public static UnsignedGrant Of(int number) =>
        s_grants.GetOrAdd(
            number,
            _ => new UnsignedGrant
            {
                GrantId = Writes.Hash($"grant {number}"),
                SessionKey = Key($"session key {number}"),
                PrimaryKey = Key("primary key"),
                Account = new Address(Writes.Hash("account").ToArray().AsSpan(0, 20)),
                Chains = s_scope.Chains,
                NotBefore = 1_700_000_000,
                NotAfter = 1_700_003_600,
                ScopeHash = s_scope.Hash,
                PolicyDigest = Writes.Hash("policy"),
                Audience = "https://exchange.example",
            }
        );

    public static byte[] ToJson(UnsignedGrant grant) =>
        Encoding.UTF8.GetBytes(GrantCodec.ToJson(new SignedGrant(grant, new byte[65]), s_scope));

    // About every second number is the x of a point.
    private static PublicKey Key(string name)
    {
        for (var i = 0; ; i++)
        {
            if (PublicKey.TryCreate(Curve.Secp256k1, [2, .. Writes.Hash($"{name} {i}").ToArray()], out var key))
            {
                return key;
            }
        }
    }

    private static EffectiveScope ReadScope()
    {
        const string scope = """
            {"version":1,"ceiling":{"version":1,"not_before":1600000000,"not_after":1800000000,"chains":["1"],
             "accounts":["0xd8dA6BF26964aF9D7eEd9e03E53415D37aA96045"],"budgets":[],"rates":[],"max_signatures":1000,
             "permissions":[{"name":"order","kind":"typed_data","domain":{"name":"Venue","version":"1","chain_id":"1"},
              "primary_type":"Order","type":"Order(address maker,uint256 amount)","constraints":[],"meters":[]}]}}
            """;
        return EffectiveScope.TryParse(Encoding.UTF8.GetBytes(scope), out var read, out var faults)
            ? read!
            : throw new InvalidOperationException(string.Join(' ', faults));
    }
}
