using SessionSigner.Core;
using SessionSigner.Grants;

namespace SessionSigner.Pkcs11.Tests;

/// <summary>A token that goes away is reported as such, whatever it says, and is used again when it is back.</summary>
[Collection(TokenCollection.Name)]
public class RecoveryTests(SoftHsm softHsm)
{
    private const string Token = "recovery";

    [Fact]
    public async Task A_token_folder_that_vanishes_makes_the_token_unavailable_and_its_return_makes_it_available()
    {
        softHsm.Token(Token);
        softHsm.Generate(Token, "recovery-k1", Curve.Secp256k1);
        using var authority = softHsm.Open(Token, "recovery-k1");
        var key = authority.PrimaryKeys[0];
        await authority.AuthorizeAsync(Some.Grant(key.PublicKey), default);

        var away = softHsm.File_("away");
        Directory.Move(softHsm.TokenFolder, away);
        await Until(() => !authority.IsAvailable(key));
        var refusal = await Some.Refusal(async () => await authority.AuthorizeAsync(Some.Grant(key.PublicKey), default));
        Assert.Equal(ErrorCode.TokenUnavailable, refusal.Code);

        Directory.Move(away, softHsm.TokenFolder);
        await Until(() => authority.IsAvailable(key));
        await authority.AuthorizeAsync(Some.Grant(key.PublicKey), default);
    }

    [Fact]
    public async Task A_call_that_meets_the_gap_before_the_probe_does_is_refused_as_unavailable()
    {
        softHsm.Token(Token);
        softHsm.Generate(Token, "recovery-gap", Curve.Secp256k1);
        using var authority = Pkcs11GrantAuthority.Open(
            softHsm.Options(Token, "recovery-gap") with
            {
                ProbeInterval = TimeSpan.FromMinutes(5),
            },
            TimeProvider.System
        );
        var key = authority.PrimaryKeys[0];
        var away = softHsm.File_("away");
        Directory.Move(softHsm.TokenFolder, away);
        try
        {
            // SoftHSM answers CKR_OBJECT_HANDLE_INVALID, or finds nothing and says CKR_OK: neither is "no such key".
            var refusal = await Some.Refusal(async () => await authority.AuthorizeAsync(Some.Grant(key.PublicKey), default));
            Assert.Equal(ErrorCode.TokenUnavailable, refusal.Code);
            await Until(() => !authority.IsAvailable(key));
        }
        finally
        {
            Directory.Move(away, softHsm.TokenFolder);
        }
        await Until(() => authority.IsAvailable(key));
        await authority.AuthorizeAsync(Some.Grant(key.PublicKey), default);
    }

    private static async Task Until(Func<bool> condition)
    {
        for (var i = 0; i < 400 && !condition(); i++)
        {
            await Task.Delay(25);
        }
        Assert.True(condition(), "It did not come to be within 10 s.");
    }
}
