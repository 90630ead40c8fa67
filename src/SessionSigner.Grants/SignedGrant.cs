namespace SessionSigner.Grants;

/// <summary>A grant with the primary key's signature over its EIP-712 digest.</summary>
/// <param name="Grant">The statement.</param>
/// <param name="Signature">secp256k1: r, s, v (65 bytes, low s, v 27 or 28). P-256: r, s (64 bytes) over SHA-256 of the digest.</param>
public sealed record SignedGrant(UnsignedGrant Grant, ReadOnlyMemory<byte> Signature);
