using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using SessionSigner.Ethereum;
using SessionSigner.Grants;

namespace Interop;

/// <summary>Grants verify with nothing but viem and the JSON.</summary>
public sealed class ViemGrantTests : IDisposable
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(60);
    private readonly string _folder = Directory.CreateTempSubdirectory("sessionsigner-grants-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Viem_accepts_grants_and_computes_the_same_hashes()
    {
        var files = new List<string>();
        var grants = new List<SignedGrant>();
        for (var i = 0; i < 20; i++)
        {
            var scope = Scope(i);
            var signed = i % 2 == 0 ? SignSecp256k1(scope) : SignP256(scope);
            Assert.True(GrantVerifier.HasValidSignature(signed));
            grants.Add(signed);
            files.Add(await WriteAsync(i, GrantCodec.ToJson(signed, scope)));
        }
        var answers = await VerifyAsync(files);
        Assert.Equal(grants.Count, answers.Count);
        for (var i = 0; i < grants.Count; i++)
        {
            Assert.True(answers[i].GetProperty("valid").GetBoolean(), files[i]);
            Assert.Equal(GrantCodec.Digest(grants[i].Grant).ToString(), answers[i].GetProperty("digest").GetString());
            Assert.Equal(grants[i].Grant.ScopeHash.ToString(), answers[i].GetProperty("scopeHash").GetString());
        }
    }

    [Theory]
    [InlineData("\"notAfter\":\"1800003600\"", "\"notAfter\":\"1800003601\"")]
    [InlineData("\"max_signatures\":1000", "\"max_signatures\":1001")]
    [InlineData("\"audience\":\"venue 0\"", "\"audience\":\"venue 1\"")]
    public async Task Viem_refuses_a_grant_that_was_changed(string original, string changed)
    {
        var scope = Scope(0);
        var files = new List<string>();
        foreach (var signed in new[] { SignSecp256k1(scope), SignP256(scope) })
        {
            var json = GrantCodec.ToJson(signed, scope);
            Assert.Contains(original, json, StringComparison.Ordinal);
            files.Add(await WriteAsync(files.Count, json.Replace(original, changed, StringComparison.Ordinal)));
        }
        Assert.All(await VerifyAsync(files), answer => Assert.False(answer.GetProperty("valid").GetBoolean()));
    }

    [Fact]
    public async Task Viem_accepts_the_vectors_of_the_specification()
    {
        var path = Path.Combine(ForeignProgram.ProtoFolder, "spec", "vectors", "grant.json");
        using var document = JsonDocument.Parse(await File.ReadAllBytesAsync(path));
        var files = new List<string>();
        var digests = new List<string?>();
        foreach (
            var vector in document
                .RootElement.GetProperty("vectors")
                .EnumerateArray()
                .Where(vector => vector.GetProperty("expect").GetString() == "valid")
        )
        {
            files.Add(await WriteAsync(files.Count, vector.GetProperty("grant").GetRawText()));
            digests.Add(vector.GetProperty("digest").GetString());
        }
        var answers = await VerifyAsync(files);
        Assert.NotEmpty(answers);
        Assert.All(answers, answer => Assert.True(answer.GetProperty("valid").GetBoolean()));
        Assert.Equal(digests, answers.Select(answer => answer.GetProperty("digest").GetString()));
    }

    private static EffectiveScope Scope(int seed)
    {
        var json = $$"""
            {"version":1,"chains":["1","{{ulong.MaxValue - (ulong)seed}}"],"max_signatures":1000,
             "permissions":[{"name":"pay-{{seed}}","kind":"call","targets":["0xA0b86991c6218b36c1d19D4a2e9Eb0cE3606eB48"],"function":"memo(string text)",
               "constraints":[{"path":"text","op":"in","values":["plain","\u20ac \ud83d\ude00 \ufb33","quote \" back \\ tab \t"]}]}]}
            """;
        Assert.True(
            SessionSigner.Grants.Scope.TryParse(Encoding.UTF8.GetBytes(json), out var scope, out var faults),
            string.Join('\n', faults)
        );
        return new EffectiveScope(scope!, seed % 3 == 0 ? scope : null);
    }

    private static UnsignedGrant Grant(PublicKey primaryKey, EffectiveScope scope) =>
        new()
        {
            GrantId = new Hash32(RandomNumberGenerator.GetBytes(32)),
            SessionKey = Secp256k1Key(RandomNumberGenerator.GetBytes(32)),
            PrimaryKey = primaryKey,
            Account = Address.FromPublicKey(Secp256k1Key(RandomNumberGenerator.GetBytes(32)).Compressed.Span),
            Chains = scope.Chains,
            NotBefore = 1_800_000_000,
            NotAfter = 1_800_003_600,
            ScopeHash = scope.Hash,
            PolicyDigest = new Hash32(RandomNumberGenerator.GetBytes(32)),
            Audience = "venue 0",
        };

    private static SignedGrant SignSecp256k1(EffectiveScope scope)
    {
        var privateKey = RandomNumberGenerator.GetBytes(32);
        var grant = Grant(Secp256k1Key(privateKey), scope);
        var signature = new byte[65];
        Assert.True(Secp256k1.TrySignRecoverable(privateKey, GrantCodec.Digest(grant), signature));
        signature[64] += 27;
        return new SignedGrant(grant, signature);
    }

    private static SignedGrant SignP256(EffectiveScope scope)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var point = key.ExportParameters(false).Q;
        var compressed = new byte[33];
        Assert.True(P256.TryCompress([4, .. point.X!, .. point.Y!], compressed));
        Assert.True(PublicKey.TryCreate(Curve.P256, compressed, out var publicKey));
        var grant = Grant(publicKey, scope);
        var signature = key.SignData(GrantCodec.Digest(grant).ToArray(), HashAlgorithmName.SHA256);
        P256.NormalizeS(signature);
        return new SignedGrant(grant, signature);
    }

    private static PublicKey Secp256k1Key(byte[] privateKey)
    {
        var compressed = new byte[33];
        Assert.True(Secp256k1.TryCreatePublicKey(privateKey, compressed));
        Assert.True(PublicKey.TryCreate(Curve.Secp256k1, compressed, out var key));
        return key;
    }

    private static async Task<List<JsonElement>> VerifyAsync(IReadOnlyList<string> files)
    {
        var result = await ForeignProgram.RunNodeAsync("Grants/verify.mjs", s_limit, [.. files]);
        Assert.True(result.ExitCode == 0, result.Error);
        return [.. result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement)];
    }

    private async Task<string> WriteAsync(int index, string json)
    {
        var file = Path.Combine(_folder, $"{index}.json");
        await File.WriteAllTextAsync(file, json);
        return file;
    }
}
