using System.Security.Cryptography;

namespace SessionSigner.Ethereum;

/// <summary>
/// ECDSA on secp256k1 by libsecp256k1: constant time, nonces by RFC 6979. Thread safe. A private key is read where it lies and copied nowhere by this class,
/// so it may be in memory that only this process can read. Wrong lengths are a caller's mistake and throw <see cref="ArgumentException"/>.
/// </summary>
public static unsafe class Secp256k1
{
    // One context for the life of the process. The library allows concurrent use of a context that nobody randomises any more.
    private static readonly void* Context = CreateContext();

    // SPEC: SEC 2, "2.4.1 Recommended Parameters secp256k1", n.
    private static readonly byte[] s_order = Convert.FromHexString("FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFE" + "BAAEDCE6AF48A03BBFD25E8CD0364141");

    // The largest s a verifier accepts here and on Ethereum (EIP-2).
    private static readonly byte[] s_halfOrder = Convert.FromHexString(
        "7FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF" + "5D576E7357A4501DDFE92F46681B20A0"
    );

    /// <summary>Computes the public key of a private key.</summary>
    /// <param name="privateKey32">The scalar, big-endian.</param>
    /// <param name="compressed33">Receives the SEC1 compressed point.</param>
    /// <param name="stack">Where the library works with the scalar; null for the thread's own stack, on which copies of it may stay behind.</param>
    /// <returns>False if the scalar is 0 or not below the group order.</returns>
    public static bool TryCreatePublicKey(ReadOnlySpan<byte> privateKey32, Span<byte> compressed33, KeyStack? stack = null)
    {
        RequireLength(privateKey32, 32, nameof(privateKey32));
        RequireLength(compressed33, 33, nameof(compressed33));
        var publicKey64 = stackalloc byte[LibSecp256k1.PublicKeyBytes];
        fixed (byte* key = privateKey32)
        {
            if (stack is null)
            {
                _ = LibSecp256k1.PublicKeyCreate(Context, publicKey64, key);
            }
            else
            {
                stack.Call(LibSecp256k1.PublicKeyCreateEntry, Context, publicKey64, key);
            }
        }
        return IsFilled(publicKey64, LibSecp256k1.PublicKeyBytes) && Serialize(publicKey64, compressed33, LibSecp256k1.SerializeCompressed);
    }

    /// <summary>Signs a digest deterministically (RFC 6979).</summary>
    /// <param name="privateKey32">The scalar, big-endian.</param>
    /// <param name="digest">What to sign; the caller knows what it is the digest of.</param>
    /// <param name="signature65">Receives r, s (low) and the recovery id, 0 to 3 (in practice 0 or 1).</param>
    /// <param name="stack">As in <see cref="TryCreatePublicKey"/>; what was derived from the scalar, the nonce too, is on it alone.</param>
    /// <returns>False if the scalar is 0 or not below the group order.</returns>
    public static bool TrySignRecoverable(ReadOnlySpan<byte> privateKey32, in Hash32 digest, Span<byte> signature65, KeyStack? stack = null)
    {
        RequireLength(privateKey32, 32, nameof(privateKey32));
        RequireLength(signature65, 65, nameof(signature65));
        var message32 = stackalloc byte[Hash32.Size];
        digest.CopyTo(new Span<byte>(message32, Hash32.Size));
        var opaque65 = stackalloc byte[LibSecp256k1.RecoverableSignatureBytes];
        fixed (byte* key = privateKey32)
        {
            if (stack is null)
            {
                _ = LibSecp256k1.SignRecoverable(Context, opaque65, message32, key, null, null);
            }
            else
            {
                stack.Call(LibSecp256k1.SignRecoverableEntry, Context, opaque65, message32, key);
            }
        }
        int recoveryId;
        fixed (byte* output = signature65)
        {
            if (
                !IsFilled(opaque65, LibSecp256k1.RecoverableSignatureBytes - 1)
                || LibSecp256k1.RecoverableSerialize(Context, output, &recoveryId, opaque65) != 1
            )
            {
                signature65.Clear();
                return false;
            }
        }
        signature65[64] = (byte)recoveryId;
        return true;
    }

    /// <summary>Finds the public key that made a signature.</summary>
    /// <param name="digest">What was signed.</param>
    /// <param name="signature65">r, s and the recovery id 0 to 3. A high s is accepted: use <see cref="IsLowS"/> where it matters.</param>
    /// <param name="compressed33">Receives the SEC1 compressed point.</param>
    /// <returns>False if there is no such key.</returns>
    public static bool TryRecover(in Hash32 digest, ReadOnlySpan<byte> signature65, Span<byte> compressed33)
    {
        RequireLength(signature65, 65, nameof(signature65));
        RequireLength(compressed33, 33, nameof(compressed33));
        if (signature65[64] > 3)
        {
            return false;
        }
        var message32 = stackalloc byte[Hash32.Size];
        digest.CopyTo(new Span<byte>(message32, Hash32.Size));
        var opaque65 = stackalloc byte[LibSecp256k1.RecoverableSignatureBytes];
        var publicKey64 = stackalloc byte[LibSecp256k1.PublicKeyBytes];
        fixed (byte* signature = signature65)
        {
            return LibSecp256k1.RecoverableParse(Context, opaque65, signature, signature65[64]) == 1
                && LibSecp256k1.Recover(Context, publicKey64, opaque65, message32) == 1
                && Serialize(publicKey64, compressed33, LibSecp256k1.SerializeCompressed);
        }
    }

    /// <summary>Verifies a signature.</summary>
    /// <param name="compressed33">The public key in SEC1 compressed form.</param>
    /// <param name="digest">What was signed.</param>
    /// <param name="signature64">r and s.</param>
    /// <returns>False also for a key that is no point of the curve and for a high s.</returns>
    public static bool Verify(ReadOnlySpan<byte> compressed33, in Hash32 digest, ReadOnlySpan<byte> signature64)
    {
        RequireLength(compressed33, 33, nameof(compressed33));
        RequireLength(signature64, 64, nameof(signature64));
        var message32 = stackalloc byte[Hash32.Size];
        digest.CopyTo(new Span<byte>(message32, Hash32.Size));
        var publicKey64 = stackalloc byte[LibSecp256k1.PublicKeyBytes];
        var opaque64 = stackalloc byte[LibSecp256k1.SignatureBytes];
        fixed (byte* key = compressed33)
        fixed (byte* signature = signature64)
        {
            return LibSecp256k1.PublicKeyParse(Context, publicKey64, key, 33) == 1
                && LibSecp256k1.SignatureParse(Context, opaque64, signature) == 1
                && LibSecp256k1.Verify(Context, opaque64, message32, publicKey64) == 1;
        }
    }

    /// <summary>Whether a number, big-endian, is above 0 and below the group order.</summary>
    public static bool IsInGroup(ReadOnlySpan<byte> number32)
    {
        RequireLength(number32, 32, nameof(number32));
        return number32.ContainsAnyExcept((byte)0) && number32.SequenceCompareTo(s_order) < 0;
    }

    /// <summary>Whether s is at most half the group order. Says nothing about the validity of the signature.</summary>
    public static bool IsLowS(ReadOnlySpan<byte> signature64)
    {
        RequireLength(signature64, 64, nameof(signature64));
        return signature64[32..].SequenceCompareTo(s_halfOrder) <= 0;
    }

    /// <summary>Replaces a high s by the group order minus s; the signature stays valid, its recovery id flips its lowest bit.</summary>
    /// <exception cref="ArgumentException">r or s is not below the group order.</exception>
    public static void NormalizeS(Span<byte> signature64)
    {
        RequireLength(signature64, 64, nameof(signature64));
        var opaque64 = stackalloc byte[LibSecp256k1.SignatureBytes];
        fixed (byte* signature = signature64)
        {
            if (LibSecp256k1.SignatureParse(Context, opaque64, signature) != 1)
            {
                throw new ArgumentException("r and s must be below the group order.", nameof(signature64));
            }
            _ = LibSecp256k1.SignatureNormalize(Context, opaque64, opaque64);
            _ = LibSecp256k1.SignatureSerialize(Context, signature, opaque64);
        }
    }

    /// <summary>From the SEC1 compressed to the uncompressed form (0x04, x, y).</summary>
    /// <returns>False if it is no point of the curve.</returns>
    public static bool TryDecompress(ReadOnlySpan<byte> compressed33, Span<byte> uncompressed65)
    {
        RequireLength(compressed33, 33, nameof(compressed33));
        RequireLength(uncompressed65, 65, nameof(uncompressed65));
        return TryConvert(compressed33, uncompressed65, LibSecp256k1.SerializeUncompressed);
    }

    /// <summary>From the SEC1 uncompressed form (0x04, x, y) to the compressed one.</summary>
    /// <returns>False if it is no point of the curve, or has another first byte (also the hybrid 0x06 and 0x07).</returns>
    public static bool TryCompress(ReadOnlySpan<byte> uncompressed65, Span<byte> compressed33)
    {
        RequireLength(uncompressed65, 65, nameof(uncompressed65));
        RequireLength(compressed33, 33, nameof(compressed33));
        return uncompressed65[0] == 4 && TryConvert(uncompressed65, compressed33, LibSecp256k1.SerializeCompressed);
    }

    // The library leaves zeros where it fails, and no valid point or signature is all zeros. What it returned is not known of a call on another stack.
    private static bool IsFilled(byte* output, int length) => new ReadOnlySpan<byte>(output, length).ContainsAnyExcept((byte)0);

    private static bool TryConvert(ReadOnlySpan<byte> point, Span<byte> output, uint form)
    {
        var publicKey64 = stackalloc byte[LibSecp256k1.PublicKeyBytes];
        fixed (byte* input = point)
        {
            return LibSecp256k1.PublicKeyParse(Context, publicKey64, input, (nuint)point.Length) == 1
                && Serialize(publicKey64, output, form);
        }
    }

    private static bool Serialize(byte* publicKey64, Span<byte> output, uint form)
    {
        var length = (nuint)output.Length;
        fixed (byte* destination = output)
        {
            return LibSecp256k1.PublicKeySerialize(Context, destination, &length, publicKey64, form) == 1 && length == (nuint)output.Length;
        }
    }

    private static void* CreateContext()
    {
        var context = LibSecp256k1.ContextCreate(LibSecp256k1.ContextNone);
        if (context == null)
        {
            throw new CryptographicException("libsecp256k1 made no context.");
        }
        // Blinds the multiplication by the generator against side channels.
        var seed32 = stackalloc byte[32];
        var seed = new Span<byte>(seed32, 32);
        RandomNumberGenerator.Fill(seed);
        var randomised = LibSecp256k1.ContextRandomize(context, seed32);
        CryptographicOperations.ZeroMemory(seed);
        return randomised == 1 ? context : throw new CryptographicException("libsecp256k1 could not randomise its context.");
    }

    private static void RequireLength(ReadOnlySpan<byte> bytes, int length, string name)
    {
        if (bytes.Length != length)
        {
            throw new ArgumentException($"Expected exactly {length} bytes.", name);
        }
    }
}
