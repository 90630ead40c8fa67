using System.Numerics;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using FsCheck.Xunit;
using SessionSigner.Ethereum;

namespace SessionSigner.Grants.Tests;

public class GrantVerifierTests
{
    private const string OtherHash = "0x00000000000000000000000000000000000000000000000000000000000000ff";

    [Fact]
    public void A_grant_of_a_secp256k1_key_verifies()
    {
        var verification = Verify(Samples.GrantJson());
        Assert.Empty(verification.Faults);
        Assert.True(verification.IsValid);
        Assert.Equal(Samples.SessionKey, verification.Grant!.Signed.Grant.SessionKey);
    }

    [Fact]
    public void A_grant_of_a_P256_key_verifies()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var primary = Samples.P256Key(key);
        var json = GrantCodec.ToJson(Samples.Sign(Samples.Grant(primary), key), Samples.Effective());
        Assert.True(GrantVerifier.Verify(Samples.Utf8(json), Samples.Audience, Samples.Now, primary).IsValid);
    }

    [Fact]
    public void The_file_reads_back_to_the_same_file()
    {
        var json = Samples.GrantJson();
        Assert.True(GrantCodec.TryParse(Samples.Utf8(json), out var parsed, out var fault), fault);
        Assert.Equal(json, GrantCodec.ToJson(parsed!.Signed, parsed.Scope));
    }

    [Theory]
    [InlineData("grantId", "\"" + OtherHash + "\"")]
    [InlineData("account", "\"" + Samples.Token + "\"")]
    [InlineData("chains", "[\"10\"]")]
    [InlineData("chains", "[\"1\",\"10\"]")]
    [InlineData("chains", "[\"2\"]")]
    [InlineData("notBefore", "\"1700000001\"")]
    [InlineData("notAfter", "\"1700003601\"")]
    [InlineData("scopeHash", "\"" + OtherHash + "\"")]
    [InlineData("policyDigest", "\"" + OtherHash + "\"")]
    [InlineData("audience", "\"https://other.example\"")]
    [InlineData("sessionKey", "\"0x0379be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798\"")]
    [InlineData("primaryKey", "\"0x0379be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798\"")]
    public void Every_field_is_signed(string field, string value)
    {
        var json = Change(grant => grant["typed_data"]!["message"]![field] = JsonNode.Parse(value));
        var faults = GrantVerifier.Verify(Samples.Utf8(json), Samples.Audience, Samples.Now, null).Faults;
        Assert.Contains("signature: It is not the primary key's signature over this grant.", faults);
    }

    [Fact]
    public void The_scope_is_signed()
    {
        var json = Change(grant => grant["scope"]!["ceiling"]!["max_signatures"] = 1_001);
        AssertFault(json, "scope: Its hash is not typed_data.message.scopeHash");
        AssertFault(Change(grant => grant["scope"]!.AsObject().Remove("narrowing")), "scope: Its hash is not");
    }

    [Theory]
    [InlineData("grantId", "\"0x00\"", "grantId: Must be 0x and 64")]
    [InlineData("grantId", "\"0x00000000000000000000000000000000000000000000000000000000000000FF\"", "grantId: Must be 0x and 64")]
    [InlineData("sessionKeyCurve", "\"P-256\"", "sessionKeyCurve: Must be secp256k1.")]
    [InlineData("primaryKeyCurve", "\"P-256\"", "primaryKey: Must be a point of P-256")]
    [InlineData("primaryKeyCurve", "\"ed25519\"", "primaryKeyCurve: Must be secp256k1 or P-256.")]
    [InlineData("primaryKeyCurve", "\"SECP256K1\"", "primaryKeyCurve: Must be secp256k1 or P-256.")]
    [InlineData(
        "sessionKey",
        "\"0x020000000000000000000000000000000000000000000000000000000000000005\"",
        "sessionKey: Must be a point of secp256k1"
    )]
    [InlineData(
        "sessionKey",
        "\"0x0479be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798\"",
        "sessionKey: Must be a point of secp256k1"
    )]
    [InlineData(
        "sessionKey",
        "\"0x79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798\"",
        "sessionKey: Must be a point of secp256k1"
    )]
    [InlineData("chains", "[]", "chains: Must be a list of 1 to 64 elements.")]
    [InlineData("chains", "[\"10\",\"1\"]", "chains: Must be ascending.")]
    [InlineData("chains", "[\"1\",\"1\"]", "chains[1]: Given twice.")]
    [InlineData("notBefore", "1700000000", "notBefore: Must be a decimal string")]
    [InlineData("notAfter", "\"1700000000\"", "notAfter: Must be later than notBefore.")]
    [InlineData("notAfter", "\"18446744073709551616\"", "notAfter: Must be at most 2^53-1.")]
    [InlineData("audience", "\"\"", "audience: Must be 1 to 256")]
    [InlineData("audience", "\"https://exch\u0430nge.example\"", "audience: Must be 1 to 256")]
    [InlineData("account", "\"0xd8da6bf26964af9d7eed9e03e53415d37aa96045\"", "account: Must be an address")]
    [InlineData("nonce", "\"1\"", "nonce: Unknown member.")]
    public void Fields_of_another_form_are_named(string field, string value, string fault) =>
        AssertFault(Change(grant => grant["typed_data"]!["message"]![field] = JsonNode.Parse(value)), "typed_data.message." + fault);

    [Fact]
    public void The_typed_data_is_exactly_that_of_the_format()
    {
        AssertFault(
            Change(grant => grant["typed_data"]!["domain"]!["version"] = "2"),
            "typed_data.domain: Must be the grant format's domain, exactly."
        );
        AssertFault(
            Change(grant => grant["typed_data"]!["domain"]!["chainId"] = 1),
            "typed_data.domain: Must be the grant format's domain, exactly."
        );
        AssertFault(
            Change(grant => grant["typed_data"]!["types"]!["Grant"]![0]!["name"] = "id"),
            "typed_data.types: Must be the grant format's types, exactly."
        );
        AssertFault(
            Change(grant => grant["typed_data"]!["types"]!["Other"] = new JsonArray()),
            "typed_data.types: Must be the grant format's types, exactly."
        );
        AssertFault(Change(grant => grant["typed_data"]!["primaryType"] = "Order"), "typed_data.primaryType: Must be \"Grant\".");
        AssertFault(Change(grant => grant["format"] = "sessionsigner.grant.v2"), "format: Must be \"sessionsigner.grant.v1\".");
        AssertFault(Change(grant => grant["critical"] = true), "critical: Unknown member.");
        AssertFault(Change(grant => grant.Remove("signature")), "signature: Missing.");
    }

    [Fact]
    public void A_signature_has_one_encoding()
    {
        var signature = Samples.Sign(Samples.Grant()).Signature.ToArray();
        AssertFault(WithSignature([.. signature, 0]), "signature: Must be 65 bytes");
        AssertFault(WithSignature(signature[..64]), "signature: Must be 65 bytes");
        AssertFault(
            WithSignature([.. signature[..64], (byte)(signature[64] - 27)]),
            "signature: Must be 65 bytes: r, s, and v of 27 or 28."
        );
        AssertFault(WithSignature([.. signature[..64], (byte)(55 - signature[64])]), "signature: It is not the primary key's signature");
        AssertFault(WithSignature([0x30, 0x44, .. signature[..63]]), "signature: ");
        AssertFault(WithSignature(new byte[65]), "signature: ");
        AssertFault(Change(grant => grant["signature"] = "0x" + Convert.ToHexString(signature)), "signature: Must be 65 bytes");
    }

    [Fact]
    public void A_high_s_is_refused()
    {
        var order = BigInteger.Parse(
            "0fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141",
            System.Globalization.NumberStyles.HexNumber
        );
        var signature = Samples.Sign(Samples.Grant()).Signature.ToArray();
        var s = order - new BigInteger(signature.AsSpan(32, 32), isUnsigned: true, isBigEndian: true);
        byte[] malleated = [.. signature[..32], .. s.ToByteArray(isUnsigned: true, isBigEndian: true), (byte)(55 - signature[64])];
        AssertFault(WithSignature(malleated), "signature: s must be in the lower half of the order.");
    }

    [Fact]
    public void A_high_s_of_P256_is_refused()
    {
        var order = BigInteger.Parse(
            "0ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551",
            System.Globalization.NumberStyles.HexNumber
        );
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var signed = Samples.Sign(Samples.Grant(Samples.P256Key(key)), key);
        var signature = signed.Signature.ToArray();
        (order - new BigInteger(signature.AsSpan(32), isUnsigned: true, isBigEndian: true))
            .ToByteArray(isUnsigned: true, isBigEndian: true)
            .CopyTo(signature, 32);
        var json = GrantCodec.ToJson(signed with { Signature = signature }, Samples.Effective());
        var faults = GrantVerifier.Verify(Samples.Utf8(json), Samples.Audience, Samples.Now, null).Faults;
        Assert.Equal("signature: s must be in the lower half of the order.", Assert.Single(faults));
    }

    [Fact]
    public void A_grant_is_for_one_audience() =>
        Assert.Equal(
            "typed_data.message.audience: The grant is for \"https://exchange.example\", not for \"https://Exchange.example\".",
            Assert.Single(
                GrantVerifier.Verify(Samples.Utf8(Samples.GrantJson()), "https://Exchange.example", Samples.Now, Samples.PrimaryKey).Faults
            )
        );

    [Theory]
    [InlineData(Samples.NotBefore - 1, "typed_data.message.notBefore: The grant is not valid before 1700000000; it is 1699999999.")]
    [InlineData(Samples.NotBefore, null)]
    [InlineData(Samples.NotAfter - 1, null)]
    [InlineData(Samples.NotAfter, "typed_data.message.notAfter: The grant is not valid from 1700003600 on; it is 1700003600.")]
    public void The_window_is_half_open(long now, string? fault)
    {
        var verification = GrantVerifier.Verify(Samples.Utf8(Samples.GrantJson()), Samples.Audience, now, Samples.PrimaryKey);
        Assert.Equal(fault is null ? [] : [fault], verification.Faults);
    }

    [Fact]
    public void A_session_key_must_not_authorise_itself()
    {
        var grant = Samples.Grant() with { SessionKey = Samples.PrimaryKey };
        AssertFault(
            GrantCodec.ToJson(Samples.Sign(grant), Samples.Effective()),
            "typed_data.message.primaryKey: The session key must not authorise itself."
        );
    }

    [Fact]
    public void A_grant_of_a_key_that_is_not_trusted_is_refused()
    {
        var verification = GrantVerifier.Verify(Samples.Utf8(Samples.GrantJson()), Samples.Audience, Samples.Now, Samples.SessionKey);
        Assert.Equal(
            "typed_data.message.primaryKey: It is not the primary key that the verifier trusts.",
            Assert.Single(verification.Faults)
        );
    }

    [Fact]
    public void Several_faults_are_reported_together()
    {
        var json = Change(grant => grant["typed_data"]!["message"]!["chains"] = new JsonArray("1", "5"));
        var faults = GrantVerifier.Verify(Samples.Utf8(json), "nobody", 0, Samples.SessionKey).Faults;
        Assert.Equal(7, faults.Count);
        Assert.Contains("typed_data.message.chains: Chain 5 is not in the scope.", faults);
        Assert.Contains("scope.ceiling.not_before: The scope's window begins at 1600000000; it is 0.", faults);
    }

    [Fact]
    public void Every_byte_of_the_file_matters()
    {
        var original = Samples.Utf8(Samples.GrantJson());
        for (var i = 0; i < original.Length; i++)
        {
            var changed = original.ToArray();
            changed[i] ^= 1;
            Assert.False(GrantVerifier.Verify(changed, Samples.Audience, Samples.Now, Samples.PrimaryKey).IsValid, $"byte {i}");
        }
    }

    [Property(MaxTest = 300)]
    public void Never_throws(byte[] bytes) => Assert.False(GrantVerifier.Verify(bytes ?? [], "", 0, null).IsValid);

    [Fact]
    public void The_writer_refuses_another_scope() =>
        Assert.Throws<ArgumentException>(() => GrantCodec.ToJson(Samples.Sign(Samples.Grant()), new EffectiveScope(Samples.Scope(), null)));

    private static GrantVerification Verify(string json) =>
        GrantVerifier.Verify(Samples.Utf8(json), Samples.Audience, Samples.Now, Samples.PrimaryKey);

    private static void AssertFault(string json, string expected)
    {
        var verification = Verify(json);
        Assert.False(verification.IsValid);
        Assert.Contains(verification.Faults, fault => fault.Contains(expected, StringComparison.Ordinal));
    }

    private static string WithSignature(byte[] signature) => Change(grant => grant["signature"] = Parsing.Hex(signature));

    private static string Change(Action<JsonObject> change)
    {
        var grant = JsonNode.Parse(Samples.GrantJson())!.AsObject();
        change(grant);
        return grant.ToJsonString();
    }
}
