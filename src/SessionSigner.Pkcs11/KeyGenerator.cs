using System.Security.Cryptography;
using System.Text;
using SessionSigner.Core;
using SessionSigner.Grants;

namespace SessionSigner.Pkcs11;

/// <summary>A token and the primary key to generate in it.</summary>
public sealed record KeyGenerationOptions : TokenOptions
{
    /// <summary>CKA_LABEL of the new key pair: 1 to 64 bytes of UTF-8; no key may have it yet.</summary>
    public required string Label { get; init; }

    /// <summary>CKA_ID of the new key pair; 16 random bytes if not given.</summary>
    public ReadOnlyMemory<byte>? Id { get; init; }

    /// <summary>The curve.</summary>
    public required Curve Curve { get; init; }
}

/// <summary>Generates primary keys inside a token. Never deletes or overwrites one.</summary>
public static class KeyGenerator
{
    private const int LabelSizeMax = 64;
    private const int RandomIdSize = 16;

    /// <summary>Generates a key pair that cannot leave the token, and reads back what the token says of it.</summary>
    /// <exception cref="TokenException">
    /// <see cref="TokenFault.AlreadyExists"/> if a key has the label; <see cref="TokenFault.KeyRefused"/> if the token made a key that could leave it
    /// (which stays, for an operator to look at); otherwise why it cannot be done.
    /// </exception>
    public static PrimaryKey Generate(KeyGenerationOptions options)
    {
        var label = Encoding.UTF8.GetBytes(options.Label);
        if (label.Length is 0 or > LabelSizeMax || options.Label.Any(char.IsControl))
        {
            throw new TokenException(TokenFault.Options, $"A key's label has 1 to {LabelSizeMax} bytes and no control characters.");
        }
        if (options.Curve is not (Curve.Secp256k1 or Curve.P256))
        {
            throw new TokenException(TokenFault.Options, "The curve must be secp256k1 or P-256.");
        }
        var pinSource = new PinSource(options.PinFile, options.PinCredential);
        var refusals = new PinRefusals(options.StateDirectory);
        using var module = CryptokiModule.Open(options.ModulePath);
        try
        {
            var (slot, token) = TokenSearch.Find(module.Functions, options.TokenLabel, options.TokenSerial);
            var session = module.Functions.OpenSession(slot, readWrite: true);
            TokenLogin.LogIn(module.Functions, session, token, pinSource, refusals);
            return Generate(module.Functions, session, token, label, options);
        }
        catch (CryptokiException exception)
        {
            throw new TokenException(
                TokenFault.Unavailable,
                $"Token {options.TokenLabel} refused to generate a key on {options.Curve}: {exception.Message} Many tokens have P-256 only.",
                exception
            );
        }
    }

    private static PrimaryKey Generate(Cryptoki cryptoki, nuint session, TokenDescription token, byte[] label, KeyGenerationOptions options)
    {
        var objects = new KeyObjects(cryptoki, session);
        if (
            objects.Find(ObjectClass.PrivateKey, options.Label, null).Length
                + objects.Find(ObjectClass.PublicKey, options.Label, null).Length
            > 0
        )
        {
            throw new TokenException(
                TokenFault.AlreadyExists,
                $"Token {options.TokenLabel} holds a key {options.Label} already; it is left as it is."
            );
        }
        var id = options.Id ?? RandomNumberGenerator.GetBytes(RandomIdSize);
        // The smallest template: what it does not name, the token's own defaults decide, and what matters is read back.
        using var publicKey = new AttributeTemplate()
            .Add(AttributeType.EcParameters, EcPublicKey.Parameters(options.Curve))
            .Add(AttributeType.Token, true)
            .Add(AttributeType.Verify, true)
            .Add(AttributeType.Label, label)
            .Add(AttributeType.Id, id.Span);
        using var privateKey = new AttributeTemplate()
            .Add(AttributeType.Token, true)
            .Add(AttributeType.Private, true)
            .Add(AttributeType.Sensitive, true)
            .Add(AttributeType.Extractable, false)
            .Add(AttributeType.Sign, true)
            .Add(AttributeType.Label, label)
            .Add(AttributeType.Id, id.Span);
        cryptoki.GenerateEcKeyPair(session, publicKey, privateKey);
        return objects.Read(new PrimaryKeySelector(options.Label, id), token, allowExtractable: false);
    }
}
