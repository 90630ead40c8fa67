using SessionSigner.Core;
using SessionSigner.Ethereum;
using SessionSigner.Grants;
using SessionSigner.Pkcs11.Tests;

namespace Contracts;

/// <summary>What the comments of <see cref="IGrantAuthority"/> promise.</summary>
public abstract class GrantAuthorityContract
{
    protected abstract IGrantAuthority Authority { get; }

    /// <summary>Keys that the authority has of each curve.</summary>
    protected abstract IReadOnlyList<Curve> Curves { get; }

    [Fact]
    public void Its_keys_are_known_by_label_curve_and_public_half()
    {
        Assert.Equal(Curves, Authority.PrimaryKeys.Select(key => key.PublicKey.Curve));
        Assert.Equal(Curves.Count, Authority.PrimaryKeys.Select(key => key.Label).Distinct().Count());
        Assert.All(Authority.PrimaryKeys, key => Assert.Equal(33, key.PublicKey.Compressed.Length));
        Assert.All(Authority.PrimaryKeys, key => Assert.True(Authority.IsAvailable(key)));
    }

    [Fact]
    public async Task The_grant_comes_back_as_it_was_asked_for_signed_by_the_key_it_names()
    {
        foreach (var key in Authority.PrimaryKeys)
        {
            var grant = Some.Grant(key.PublicKey);

            var signed = await Authority.AuthorizeAsync(grant, CancellationToken.None);

            Assert.Equal(GrantCodec.Digest(grant), GrantCodec.Digest(signed.Grant));
            Assert.True(GrantVerifier.HasValidSignature(signed));
            Assert.Equal(key.PublicKey.Curve == Curve.Secp256k1 ? 65 : 64, signed.Signature.Length);
            Assert.False(GrantVerifier.HasValidSignature(signed with { Grant = grant with { NotAfter = grant.NotAfter + 1 } }));
        }
    }

    [Fact]
    public async Task Many_callers_each_get_their_own_grant()
    {
        var key = Authority.PrimaryKeys[0].PublicKey;

        var signed = await Task.WhenAll(
            Enumerable.Range(0, 16).Select(number => Authority.AuthorizeAsync(Some.Grant(key, number), CancellationToken.None).AsTask())
        );

        Assert.All(signed, (grant, number) => Assert.Equal(Some.Grant(key, number).GrantId, grant.Grant.GrantId));
        Assert.All(signed, grant => Assert.True(GrantVerifier.HasValidSignature(grant)));
    }

    [Fact]
    public async Task A_key_that_it_has_not_signs_nothing()
    {
        // A point of the curve that belongs to nobody here.
        var compressed33 = new byte[33];
        Assert.True(Secp256k1.TryCreatePublicKey(Enumerable.Repeat((byte)9, 32).ToArray(), compressed33));
        var foreign = Some.Grant(new PublicKey(Curve.Secp256k1, compressed33));

        var refusal = await Assert.ThrowsAsync<SignerException>(() => Authority.AuthorizeAsync(foreign, CancellationToken.None).AsTask());

        Assert.Equal(ErrorCode.NotFound, refusal.Code);
    }

    [Fact]
    public async Task A_caller_that_has_gone_gets_nothing_and_the_next_one_is_served()
    {
        var grant = Some.Grant(Authority.PrimaryKeys[0].PublicKey);
        using var gone = new CancellationTokenSource();
        await gone.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Authority.AuthorizeAsync(grant, gone.Token).AsTask());

        Assert.True(GrantVerifier.HasValidSignature(await Authority.AuthorizeAsync(grant, CancellationToken.None)));
    }
}
