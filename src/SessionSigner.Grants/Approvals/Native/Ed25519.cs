using System.Security.Cryptography;

namespace SessionSigner.Grants;

/// <summary>Verifies Ed25519 signatures by libsodium. Public values only. Thread safe. Wrong lengths are refused like wrong signatures.</summary>
internal static unsafe class Ed25519
{
    public const int PublicKeyLength = 32;
    public const int SignatureLength = 64;

    // Chooses the implementation for this processor; 1 if another part of the process had done it.
    private static readonly bool IsReady = LibSodium.Initialize() >= 0;

    /// <summary>Whether the bytes are the one encoding of a point of the main subgroup that is not of small order.</summary>
    public static bool IsPublicKey(ReadOnlySpan<byte> publicKey32)
    {
        RequireReady();
        if (publicKey32.Length != PublicKeyLength)
        {
            return false;
        }
        fixed (byte* point = publicKey32)
        {
            return LibSodium.IsValidPoint(point) == 1;
        }
    }

    /// <summary>Verifies a signature. An S that is not below the order, and a key or an R of small order, are refused: a signature has one encoding.</summary>
    public static bool Verify(ReadOnlySpan<byte> publicKey32, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature64)
    {
        RequireReady();
        if (publicKey32.Length != PublicKeyLength || signature64.Length != SignatureLength)
        {
            return false;
        }
        // No pointer may be null, also to no bytes.
        var none = stackalloc byte[1];
        fixed (byte* key = publicKey32)
        fixed (byte* text = message)
        fixed (byte* signature = signature64)
        {
            return LibSodium.VerifyDetached(signature, text == null ? none : text, (ulong)message.Length, key) == 0;
        }
    }

    private static void RequireReady()
    {
        if (!IsReady)
        {
            throw new CryptographicException("libsodium could not be initialised.");
        }
    }
}
