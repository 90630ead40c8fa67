using System.Runtime.InteropServices;

namespace SessionSigner.Grants;

/// <summary>
/// The functions of libsodium that are used, no more. Invariant: every pointer points to at least the number of bytes its name says.
/// <see cref="Ed25519"/> is the only caller.
/// </summary>
internal static unsafe partial class LibSodium
{
    private const string Library = "libsodium.so.23";

    [LibraryImport(Library, EntryPoint = "sodium_init")]
    public static partial int Initialize();

    [LibraryImport(Library, EntryPoint = "crypto_core_ed25519_is_valid_point")]
    public static partial int IsValidPoint(byte* point32);

    [LibraryImport(Library, EntryPoint = "crypto_sign_ed25519_verify_detached")]
    public static partial int VerifyDetached(byte* signature64, byte* message, ulong messageLength, byte* publicKey32);
}
