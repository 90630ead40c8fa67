namespace SessionSigner.Pkcs11;

/// <summary>
/// The only binding of C_SignInit and C_Sign. Its only caller is <see cref="GrantSigner"/>, which makes the digest from a grant itself.
/// </summary>
internal sealed unsafe class GrantDigestSigning(Cryptoki cryptoki)
{
    /// <summary>Bytes of r and s together, on both curves.</summary>
    public const int SignatureSize = 64;

    private const int DigestSize = 32;

    private readonly delegate* unmanaged[Cdecl]<nuint, Mechanism*, nuint, nuint> _signInit = (delegate* unmanaged[Cdecl]<
        nuint,
        Mechanism*,
        nuint,
        nuint>)
        cryptoki.Function(42);

    private readonly delegate* unmanaged[Cdecl]<nuint, byte*, nuint, byte*, nuint*, nuint> _sign = (delegate* unmanaged[Cdecl]<
        nuint,
        byte*,
        nuint,
        byte*,
        nuint*,
        nuint>)
        cryptoki.Function(43);

    /// <summary>CKM_ECDSA over a digest. The signature is what the token says; it has not been verified.</summary>
    /// <returns>False if the token answered CKR_OK with a signature of another length.</returns>
    /// <exception cref="ArgumentException">The digest has not 32 bytes: tokens sign input of any length, so the check is here.</exception>
    /// <exception cref="CryptokiException">The token refused; the session may hold an unfinished operation and must be closed.</exception>
    public bool TrySign(nuint session, nuint privateKey, ReadOnlySpan<byte> digest32, Span<byte> signature64)
    {
        if (digest32.Length != DigestSize || signature64.Length != SignatureSize)
        {
            throw new ArgumentException("A digest has 32 bytes and a signature 64.", nameof(digest32));
        }
        var mechanism = new Mechanism { Type = Mechanism.Ecdsa };
        Cryptoki.Check("C_SignInit", _signInit(session, &mechanism, privateKey));
        var length = stackalloc nuint[] { SignatureSize };
        fixed (
            byte* digest = digest32,
                signature = signature64
        )
        {
            Cryptoki.Check("C_Sign", _sign(session, digest, DigestSize, signature, length));
        }
        return *length == SignatureSize;
    }
}
