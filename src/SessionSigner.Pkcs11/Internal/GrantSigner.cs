using System.Security.Cryptography;
using SessionSigner.Core;
using SessionSigner.Ethereum;
using SessionSigner.Grants;

namespace SessionSigner.Pkcs11;

/// <summary>Has a token sign a grant. What the token is asked to sign is made here, from the grant; what it answers is verified here.</summary>
internal static class GrantSigner
{
    private const int FirstV = 27;

    /// <exception cref="SignerException"><see cref="ErrorCode.TokenMisbehaved"/>.</exception>
    /// <exception cref="CryptokiException">The token refused.</exception>
    public static SignedGrant Sign(GrantDigestSigning token, nuint session, nuint privateKey, PublicKey pinned, UnsignedGrant grant)
    {
        // 1. The digest, from the fields of the grant alone.
        var digest = GrantCodec.Digest(grant);
        var message = pinned.Curve == Curve.P256 ? new Hash32(SHA256.HashData(digest.ToArray())) : digest;

        // 2. The token.
        Span<byte> message32 = stackalloc byte[Hash32.Size];
        message.CopyTo(message32);
        Span<byte> signature65 = stackalloc byte[GrantDigestSigning.SignatureSize + 1];
        var signature64 = signature65[..GrantDigestSigning.SignatureSize];
        if (!token.TrySign(session, privateKey, message32, signature64))
        {
            throw Misbehaved("A signature of another length.");
        }

        // 3. Low s, then verification against the pinned key. A token that signs with another key, or flips a bit, ends here.
        return pinned.Curve switch
        {
            Curve.Secp256k1 => new SignedGrant(grant, CompleteSecp256k1(pinned, in message, signature65)),
            Curve.P256 => new SignedGrant(grant, CompleteP256(pinned, in message, signature64)),
            _ => throw Misbehaved("The pinned key has no curve."),
        };
    }

    private static byte[] CompleteSecp256k1(PublicKey pinned, in Hash32 message, Span<byte> signature65)
    {
        var signature64 = signature65[..GrantDigestSigning.SignatureSize];
        try
        {
            Secp256k1.NormalizeS(signature64);
        }
        catch (ArgumentException exception)
        {
            throw Misbehaved("r or s is out of range.", exception);
        }
        Span<byte> recovered33 = stackalloc byte[33];
        for (byte recoveryId = 0; recoveryId < 2; recoveryId++)
        {
            signature65[^1] = recoveryId;
            if (Secp256k1.TryRecover(in message, signature65, recovered33) && recovered33.SequenceEqual(pinned.Compressed.Span))
            {
                signature65[^1] = (byte)(FirstV + recoveryId);
                return Secp256k1.Verify(pinned.Compressed.Span, in message, signature64)
                    ? signature65.ToArray()
                    : throw Misbehaved("The signature does not verify.");
            }
        }
        throw Misbehaved("The signature is not by the pinned key.");
    }

    private static byte[] CompleteP256(PublicKey pinned, in Hash32 message, Span<byte> signature64)
    {
        P256.NormalizeS(signature64);
        return P256.Verify(pinned.Compressed.Span, in message, signature64)
            ? signature64.ToArray()
            : throw Misbehaved("The signature is not by the pinned key.");
    }

    private static SignerException Misbehaved(string cause, Exception? inner = null) =>
        new(
            ErrorCode.TokenMisbehaved,
            "The token answered with a signature that does not verify; no grant was issued. An operator must check the token.",
            inner: new CryptographicException(cause, inner)
        );
}
