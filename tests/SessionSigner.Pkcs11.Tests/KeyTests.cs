using System.Security.Cryptography;
using SessionSigner.Core;
using SessionSigner.Grants;

namespace SessionSigner.Pkcs11.Tests;

/// <summary>Which keys may be primary keys, and that generating one never touches another.</summary>
[Collection(TokenCollection.Name)]
public class KeyTests(SoftHsm softHsm)
{
    private const string Token = "keys";

    [Theory]
    [InlineData(Curve.Secp256k1)]
    [InlineData(Curve.P256)]
    public void A_generated_key_cannot_leave_the_token_and_is_found_again(Curve curve)
    {
        softHsm.Token(Token);
        var label = $"generated-{curve}";

        var key = softHsm.Generate(Token, label, curve);

        Assert.Equal(
            (true, false, true, true, true),
            (key.Sensitive, key.Extractable, key.NeverExtractable, key.AlwaysSensitive, key.Local)
        );
        Assert.Equal((label, Token, curve), (key.Label, key.TokenLabel, key.PublicKey.Curve));
        Assert.Equal(16, key.KeyId.Length);
        Assert.StartsWith("SoftHSM", key.TokenModel, StringComparison.Ordinal);
        using var authority = softHsm.Open(Token, label);
        var found = Assert.Single(authority.PrimaryKeys);
        Assert.Equal(key.PublicKey, found.PublicKey);
        Assert.Equal(key.KeyId.ToArray(), found.KeyId.ToArray());
        Assert.True(authority.IsAvailable(found));
    }

    [Fact]
    public void A_label_in_use_is_refused_and_the_key_stays()
    {
        softHsm.Token(Token);
        var key = softHsm.Generate(Token, "taken", Curve.Secp256k1);
        Assert.Equal(TokenFault.AlreadyExists, Fault(() => softHsm.Generate(Token, "taken", Curve.P256)));
        using var authority = softHsm.Open(Token, "taken");
        Assert.Equal(key.PublicKey, authority.PrimaryKeys[0].PublicKey);
    }

    [Fact]
    public void Two_keys_with_one_label_are_refused_unless_the_identifier_tells_them_apart()
    {
        softHsm.Token(Token);
        softHsm.Pkcs11Tool(Token, "--keypairgen", "--key-type", "EC:secp256k1", "--label", "twin", "--id", "01", "--sensitive");
        softHsm.Pkcs11Tool(Token, "--keypairgen", "--key-type", "EC:secp256k1", "--label", "twin", "--id", "02", "--sensitive");

        Assert.Equal(TokenFault.KeyNotFound, Fault(() => softHsm.Open(Token, "twin")));

        using var authority = Pkcs11GrantAuthority.Open(
            softHsm.Options(Token) with
            {
                Keys = [new PrimaryKeySelector("twin", new byte[] { 2 })],
            },
            TimeProvider.System
        );
        Assert.Equal([2], authority.PrimaryKeys[0].KeyId.ToArray());
    }

    [Fact]
    public void An_extractable_key_is_refused_unless_configuration_says_so()
    {
        softHsm.Token(Token);
        softHsm.Pkcs11Tool(
            Token,
            "--keypairgen",
            "--key-type",
            "EC:secp256k1",
            "--label",
            "loose",
            "--id",
            "0a",
            "--sensitive",
            "--extractable"
        );

        var refusal = Assert.Throws<TokenException>(() => softHsm.Open(Token, "loose"));
        Assert.Equal(TokenFault.KeyRefused, refusal.Fault);
        Assert.Contains("CKA_EXTRACTABLE is true", refusal.Message, StringComparison.Ordinal);

        using var authority = Pkcs11GrantAuthority.Open(
            softHsm.Options(Token, "loose") with
            {
                AllowExtractable = true,
            },
            TimeProvider.System
        );
        Assert.True(authority.PrimaryKeys[0].Extractable);
        Assert.False(authority.PrimaryKeys[0].NeverExtractable);
    }

    [Fact]
    public void A_software_token_is_refused_unless_configuration_says_so()
    {
        softHsm.Token(Token);
        var refusal = Assert.Throws<TokenException>(() =>
            Pkcs11GrantAuthority.Open(softHsm.Options(Token, "any") with { AllowSoftwareToken = false }, TimeProvider.System)
        );
        Assert.Equal(TokenFault.SoftwareToken, refusal.Fault);
        Assert.Contains("SoftHSM", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("token.allow_software_token", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_key_made_outside_the_token_is_refused()
    {
        softHsm.Token(Token);
        using (var key = ECDsa.Create(ECCurve.NamedCurves.nistP256))
        {
            File.WriteAllBytes(softHsm.File_("private.der"), key.ExportECPrivateKey());
            File.WriteAllBytes(softHsm.File_("public.der"), key.ExportSubjectPublicKeyInfo());
        }
        softHsm.Pkcs11Tool(
            Token,
            "--write-object",
            softHsm.File_("private.der"),
            "--type",
            "privkey",
            "--label",
            "imported",
            "--id",
            "0b",
            "--sensitive"
        );
        Assert.Contains(
            "no public key",
            Assert.Throws<TokenException>(() => softHsm.Open(Token, "imported")).Message,
            StringComparison.Ordinal
        );

        softHsm.Pkcs11Tool(Token, "--write-object", softHsm.File_("public.der"), "--type", "pubkey", "--label", "imported", "--id", "0b");
        var refusal = Assert.Throws<TokenException>(() => softHsm.Open(Token, "imported"));
        Assert.Equal(TokenFault.KeyRefused, refusal.Fault);
        Assert.Contains("CKA_LOCAL is not true", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Another_curve_is_refused()
    {
        softHsm.Token(Token);
        softHsm.Pkcs11Tool(Token, "--keypairgen", "--key-type", "EC:secp384r1", "--label", "p384", "--id", "0c", "--sensitive");
        Assert.Equal(TokenFault.KeyRefused, Fault(() => softHsm.Open(Token, "p384")));
    }

    [Fact]
    public void A_key_or_token_that_is_not_there_is_named()
    {
        softHsm.Token(Token);
        Assert.Equal(TokenFault.KeyNotFound, Fault(() => softHsm.Open(Token, "nobody")));
        var missing = Assert.Throws<TokenException>(() => softHsm.Open("no such token", "nobody"));
        Assert.Equal(TokenFault.TokenNotFound, missing.Fault);
        Assert.Contains(Token, missing.Message, StringComparison.Ordinal);
        var otherSerial = softHsm.Options(Token, "nobody") with { TokenSerial = "0" };
        Assert.Equal(TokenFault.TokenNotFound, Fault(() => Pkcs11GrantAuthority.Open(otherSerial, TimeProvider.System)));
    }

    [Fact]
    public void A_token_is_never_initialised_twice()
    {
        softHsm.Token(Token);
        Assert.Equal(
            TokenFault.AlreadyExists,
            Fault(() =>
                TokenInitializer.Initialize(
                    new TokenInitializationOptions
                    {
                        ModulePath = SoftHsm.Module,
                        Label = Token,
                        SecurityOfficerPinFile = softHsm.OfficerPinFile,
                        UserPinFile = softHsm.PinFile,
                    }
                )
            )
        );
        Assert.Single(TokenInitializer.List(SoftHsm.Module), token => token.Label == Token);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" padded")]
    [InlineData("a label of more than thirty-two bytes")]
    [InlineData("line\nbreak")]
    public void A_token_label_out_of_form_is_refused(string label) => Assert.Equal(TokenFault.Options, Fault(() => softHsm.Token(label)));

    private static TokenFault Fault(Action work) => Assert.Throws<TokenException>(work).Fault;

    private static TokenFault Fault(Func<object> work) => Assert.Throws<TokenException>(work).Fault;
}
