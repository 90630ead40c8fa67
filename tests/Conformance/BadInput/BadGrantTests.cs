using System.Globalization;
using System.Numerics;
using System.Text;
using SessionSigner.Ethereum;
using SessionSigner.Grants;
using SessionSigner.V1;

namespace Conformance;

/// <summary>Grants that somebody changed, made himself, or shows where they do not hold. The daemon names the fault; none is valid.</summary>
[Collection(DaemonCollection.Name)]
public class BadGrantTests(DaemonFixture daemon)
{
    private static readonly BigInteger s_order = BigInteger.Parse(
        "0fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141",
        NumberStyles.HexNumber,
        CultureInfo.InvariantCulture
    );

    private static readonly (string What, Func<string, string> Change, string Fault)[] s_rows =
    [
        ("a signature with a high s", json => Sign(json, HighS), "signature: s must be in the lower half"),
        ("a signature with a byte more", json => Sign(json, signature => [.. signature, 0]), "signature: Must be 65 bytes"),
        (
            "a signature in DER",
            json => Sign(json, signature => [0x30, 0x44, 2, 32, .. signature[..32], 2, 32, .. signature[32..64]]),
            "signature: "
        ),
        ("a signature with v 0", json => Sign(json, signature => [.. signature[..64], 0]), "signature: Must be 65 bytes"),
        ("a signature of zeros", json => Sign(json, _ => new byte[65]), "signature: "),
        (
            "a member nobody knows",
            json => json.Replace("{\"format\"", "{\"critical\":true,\"format\"", StringComparison.Ordinal),
            "critical: Unknown member"
        ),
        ("a member twice", json => json.Replace("\"account\":", "\"account\":\"0x\",\"account\":", StringComparison.Ordinal), "account"),
        ("another scope", json => json.Replace($"\"{Policies.Budget}\"", "\"999999\"", StringComparison.Ordinal), "scope: Its hash is not"),
        (
            "a limit of 2^256",
            json => json.Replace($"\"{Policies.Budget}\"", "\"" + BigInteger.Pow(2, 256) + "\"", StringComparison.Ordinal),
            "limit"
        ),
        (
            "another audience in it",
            json => json.Replace(Policies.Audience, "other.example", StringComparison.Ordinal),
            "signature: It is not the primary key's"
        ),
        (
            "a longer life",
            json => json.Replace("\"notAfter\":\"1", "\"notAfter\":\"2", StringComparison.Ordinal),
            "signature: It is not the primary key's"
        ),
        ("text behind it", json => json + "{}", ""),
        ("its first half", json => json[..(json.Length / 2)], ""),
        ("one made by oneself", Forge, "The primary key is not one of this daemon's"),
    ];

    public static TheoryData<string> Rows => [.. s_rows.Select(row => row.What)];

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task Is_not_valid_and_the_fault_is_named(string what)
    {
        await using var probe = await Probe.OpenAsync(daemon);
        var (_, change, fault) = s_rows.Single(row => row.What == what);
        var changed = change(probe.GrantJson);
        Assert.NotEqual(probe.GrantJson, changed);

        var answer = await VerifyAsync(changed, Policies.Audience);

        Assert.False(answer.Valid);
        Assert.Contains(answer.Faults, text => text.Contains(fault, StringComparison.Ordinal));
        Assert.True((await VerifyAsync(probe.GrantJson, Policies.Audience)).Valid);
        await probe.AssertUnharmedAsync();
    }

    [Theory]
    [InlineData("")]
    [InlineData("Exchange.example")]
    [InlineData("exchange.example\0")]
    [InlineData("exch\u0430nge.example")]
    [InlineData("exchange.example\n")]
    public async Task Holds_for_no_other_audience(string audience)
    {
        await using var probe = await Probe.OpenAsync(daemon);

        var answer = await VerifyAsync(probe.GrantJson, audience);

        Assert.Contains(answer.Faults, text => text.StartsWith("typed_data.message.audience: ", StringComparison.Ordinal));
        Assert.DoesNotContain(string.Concat(answer.Faults), character => character is < ' ' or > '~');
        await probe.AssertUnharmedAsync();
    }

    [Fact]
    public async Task Ends_with_its_time_and_with_its_session()
    {
        var brief = await daemon.Alice.OpenAsync("brief");
        var revoked = await daemon.Alice.OpenAsync("desk");
        await daemon.Operator.RevokeAsync(new RevokeSessionsRequest { SessionId = revoked.Session.SessionId, Reason = "drill" });
        Assert.Contains("The session of the grant has ended.", (await VerifyAsync(revoked.GrantJson, Policies.Audience)).Faults);
        while (
            !(await VerifyAsync(brief.GrantJson, Policies.Audience)).Faults.Any(fault =>
                fault.Contains("notAfter", StringComparison.Ordinal)
            )
        )
        {
            await Task.Delay(200);
        }
    }

    private async Task<VerifyGrantResponse> VerifyAsync(string grant, string audience) =>
        await daemon.Alice.Grants.VerifyGrantAsync(new VerifyGrantRequest { GrantJson = grant, Audience = audience }, Caller.Options());

    private static ParsedGrant Parse(string json) =>
        GrantCodec.TryParse(Encoding.UTF8.GetBytes(json), out var parsed, out var fault) ? parsed! : throw new FormatException(fault);

    private static string Sign(string json, Func<byte[], byte[]> change)
    {
        var signature = Parse(json).Signed.Signature.ToArray();
        return json.Replace(Convert.ToHexStringLower(signature), Convert.ToHexStringLower(change(signature)), StringComparison.Ordinal);
    }

    private static byte[] HighS(byte[] signature)
    {
        var s = s_order - new BigInteger(signature.AsSpan(32, 32), isUnsigned: true, isBigEndian: true);
        return [.. signature[..32], .. s.ToByteArray(isUnsigned: true, isBigEndian: true), (byte)(55 - signature[64])];
    }

    // Everything as in the real one, but by a key of one's own.
    private static string Forge(string json)
    {
        byte[] own = [.. Enumerable.Repeat((byte)9, 32)];
        var key = new byte[33];
        Assert.True(Secp256k1.TryCreatePublicKey(own, key));
        var parsed = Parse(json);
        var grant = parsed.Signed.Grant with { PrimaryKey = new PublicKey(Curve.Secp256k1, key) };
        var signature = new byte[65];
        Assert.True(Secp256k1.TrySignRecoverable(own, GrantCodec.Digest(grant), signature));
        signature[64] += 27;
        return GrantCodec.ToJson(new SignedGrant(grant, signature), parsed.Scope);
    }
}
