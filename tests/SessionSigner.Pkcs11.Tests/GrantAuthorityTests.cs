using System.Security.Cryptography;
using SessionSigner.Core;
using SessionSigner.Ethereum;
using SessionSigner.Grants;

namespace SessionSigner.Pkcs11.Tests;

/// <summary>Grants are signed by the pinned key and by nothing else, on both curves, by many threads.</summary>
[Collection(TokenCollection.Name)]
public class GrantAuthorityTests(SoftHsm softHsm)
{
    private const string Token = "authority";
    private const int Grants = 500;

    [Fact]
    public async Task Secp256k1_grants_verify_have_a_low_s_and_recover_the_primary_key()
    {
        var key = Key("authority-k1", Curve.Secp256k1);
        using var authority = softHsm.Open(Token, key);
        var pinned = authority.PrimaryKeys[0].PublicKey;
        var recovered33 = new byte[33];
        for (var number = 0; number < Grants; number++)
        {
            var signed = await authority.AuthorizeAsync(Some.Grant(pinned, number), default);

            var digest = GrantCodec.Digest(signed.Grant);
            var signature65 = signed.Signature.ToArray();
            Assert.Equal(65, signature65.Length);
            Assert.InRange(signature65[64], 27, 28);
            Assert.True(Secp256k1.IsLowS(signature65.AsSpan(0, 64)));
            signature65[64] -= 27;
            Assert.True(Secp256k1.TryRecover(in digest, signature65, recovered33));
            Assert.Equal(pinned.Compressed.ToArray(), recovered33);
        }
    }

    [Fact]
    public async Task P256_grants_verify_with_the_platform_over_SHA256_of_the_digest_and_have_a_low_s()
    {
        var key = Key("authority-r1", Curve.P256);
        using var authority = softHsm.Open(Token, key);
        var pinned = authority.PrimaryKeys[0].PublicKey;
        var point = new byte[65];
        Assert.True(P256.TryDecompress(pinned.Compressed.Span, point));
        using var verifier = ECDsa.Create(
            new ECParameters
            {
                Curve = ECCurve.NamedCurves.nistP256,
                Q = new ECPoint { X = point[1..33], Y = point[33..] },
            }
        );
        for (var number = 0; number < Grants; number++)
        {
            var signed = await authority.AuthorizeAsync(Some.Grant(pinned, number), default);

            Assert.Equal(64, signed.Signature.Length);
            Assert.True(P256.IsLowS(signed.Signature.Span));
            Assert.True(
                verifier.VerifyData(GrantCodec.Digest(signed.Grant).ToArray(), signed.Signature.ToArray(), HashAlgorithmName.SHA256)
            );
        }
    }

    [Fact]
    public async Task Many_callers_are_served_at_once_from_two_keys()
    {
        var keys = new[] { Key("authority-k1", Curve.Secp256k1), Key("authority-r1", Curve.P256) };
        using var authority = Pkcs11GrantAuthority.Open(
            softHsm.Options(Token, keys) with
            {
                Workers = 8,
                QueueLength = 512,
            },
            TimeProvider.System
        );
        var signed = await Task.WhenAll(
            Enumerable
                .Range(0, 400)
                .Select(async number =>
                    await authority.AuthorizeAsync(Some.Grant(authority.PrimaryKeys[number % 2].PublicKey, number), default)
                )
        );
        Assert.Equal(400, signed.Select(grant => Convert.ToHexString(grant.Signature.Span)).Distinct().Count());
        Assert.All(authority.PrimaryKeys, key => Assert.True(authority.IsAvailable(key)));
    }

    [Fact]
    public async Task A_full_queue_turns_callers_away()
    {
        var key = Key("authority-k1", Curve.Secp256k1);
        using var authority = Pkcs11GrantAuthority.Open(
            softHsm.Options(Token, key) with
            {
                Workers = 1,
                QueueLength = 1,
            },
            TimeProvider.System
        );
        var pinned = authority.PrimaryKeys[0].PublicKey;
        var outcomes = await Task.WhenAll(
            Enumerable
                .Range(0, 200)
                .Select(number =>
                    Task.Run(async () =>
                    {
                        try
                        {
                            _ = await authority.AuthorizeAsync(Some.Grant(pinned, number), default);
                            return ErrorCode.Unspecified;
                        }
                        catch (SignerException exception)
                        {
                            return exception.Code;
                        }
                    })
                )
        );
        Assert.All(outcomes, outcome => Assert.True(outcome is ErrorCode.Unspecified or ErrorCode.Overloaded, outcome.ToString()));
        Assert.Contains(ErrorCode.Unspecified, outcomes);
        Assert.Contains(ErrorCode.Overloaded, outcomes);
    }

    [Fact]
    public async Task A_key_that_is_not_pinned_is_not_found()
    {
        var key = Key("authority-k1", Curve.Secp256k1);
        using var authority = softHsm.Open(Token, key);
        var refusal = await Some.Refusal(async () => await authority.AuthorizeAsync(Some.Grant(Some.SessionKey()), default));
        Assert.Equal(ErrorCode.NotFound, refusal.Code);
    }

    [Fact]
    public async Task A_caller_that_has_gone_does_not_disturb_the_others()
    {
        var key = Key("authority-k1", Curve.Secp256k1);
        using var authority = softHsm.Open(Token, key);
        var pinned = authority.PrimaryKeys[0].PublicKey;
        using var gone = new CancellationTokenSource();
        await gone.CancelAsync();
        for (var number = 0; number < 20; number++)
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
                await authority.AuthorizeAsync(Some.Grant(pinned, number), gone.Token)
            );
            var signed = await authority.AuthorizeAsync(Some.Grant(pinned, number), default);
            Assert.Equal(number, Enumerable.Range(0, 20).Single(n => Some.Grant(pinned, n).GrantId == signed.Grant.GrantId));
        }
    }

    [Fact]
    public async Task A_disposed_authority_refuses_and_lets_the_module_go()
    {
        var key = Key("authority-k1", Curve.Secp256k1);
        var authority = softHsm.Open(Token, key);
        var pinned = authority.PrimaryKeys[0].PublicKey;
        authority.Dispose();
        var refusal = await Some.Refusal(async () => await authority.AuthorizeAsync(Some.Grant(pinned), default));
        Assert.True(refusal.Code is ErrorCode.ShuttingDown or ErrorCode.TokenUnavailable);
        using var again = softHsm.Open(Token, key);
        Assert.Equal(pinned, again.PrimaryKeys[0].PublicKey);
    }

    [Fact]
    public void A_module_is_used_once_at_a_time()
    {
        var key = Key("authority-k1", Curve.Secp256k1);
        using var authority = softHsm.Open(Token, key);
        Assert.Equal(TokenFault.Module, Assert.Throws<TokenException>(() => softHsm.Open(Token, key)).Fault);
    }

    /// <summary>A key of this label, made if there is none.</summary>
    private string Key(string label, Curve curve)
    {
        softHsm.Token(Token);
        try
        {
            softHsm.Generate(Token, label, curve);
        }
        catch (TokenException exception) when (exception.Fault == TokenFault.AlreadyExists) { }
        return label;
    }
}
