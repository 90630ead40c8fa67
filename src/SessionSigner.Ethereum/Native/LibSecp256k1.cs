using System.Runtime.InteropServices;

namespace SessionSigner.Ethereum;

/// <summary>
/// The functions of libsecp256k1 that are used, no more. Invariant: every pointer given is non-null, points to at least the number of bytes its name says,
/// and every opaque structure handed in was filled by the library. The library aborts the process on a breach, so <see cref="Secp256k1"/> is the only caller.
/// </summary>
internal static unsafe partial class LibSecp256k1
{
    public const uint ContextNone = 1;
    public const uint SerializeUncompressed = 2;
    public const uint SerializeCompressed = 258;

    public const int PublicKeyBytes = 64;
    public const int SignatureBytes = 64;
    public const int RecoverableSignatureBytes = 65;

    private const string Library = "libsecp256k1.so.1";

    private static readonly nint Handle = NativeLibrary.Load(Library);

    /// <summary>The address of <see cref="PublicKeyCreate"/>, to be called on a <see cref="KeyStack"/>.</summary>
    public static readonly void* PublicKeyCreateEntry = (void*)NativeLibrary.GetExport(Handle, "secp256k1_ec_pubkey_create");

    /// <summary>The address of <see cref="SignRecoverable"/>, to be called on a <see cref="KeyStack"/>.</summary>
    public static readonly void* SignRecoverableEntry = (void*)NativeLibrary.GetExport(Handle, "secp256k1_ecdsa_sign_recoverable");

    [LibraryImport(Library, EntryPoint = "secp256k1_context_create")]
    public static partial void* ContextCreate(uint flags);

    [LibraryImport(Library, EntryPoint = "secp256k1_context_randomize")]
    public static partial int ContextRandomize(void* context, byte* seed32);

    [LibraryImport(Library, EntryPoint = "secp256k1_ec_pubkey_create")]
    public static partial int PublicKeyCreate(void* context, byte* publicKey64, byte* secretKey32);

    [LibraryImport(Library, EntryPoint = "secp256k1_ec_pubkey_parse")]
    public static partial int PublicKeyParse(void* context, byte* publicKey64, byte* input, nuint inputLength);

    [LibraryImport(Library, EntryPoint = "secp256k1_ec_pubkey_serialize")]
    public static partial int PublicKeySerialize(void* context, byte* output, nuint* outputLength, byte* publicKey64, uint flags);

    [LibraryImport(Library, EntryPoint = "secp256k1_ecdsa_sign_recoverable")]
    public static partial int SignRecoverable(
        void* context,
        byte* signature65,
        byte* message32,
        byte* secretKey32,
        void* nonceFunction,
        void* nonceData
    );

    [LibraryImport(Library, EntryPoint = "secp256k1_ecdsa_recoverable_signature_serialize_compact")]
    public static partial int RecoverableSerialize(void* context, byte* output64, int* recoveryId, byte* signature65);

    [LibraryImport(Library, EntryPoint = "secp256k1_ecdsa_recoverable_signature_parse_compact")]
    public static partial int RecoverableParse(void* context, byte* signature65, byte* input64, int recoveryId);

    [LibraryImport(Library, EntryPoint = "secp256k1_ecdsa_recover")]
    public static partial int Recover(void* context, byte* publicKey64, byte* signature65, byte* message32);

    [LibraryImport(Library, EntryPoint = "secp256k1_ecdsa_signature_parse_compact")]
    public static partial int SignatureParse(void* context, byte* signature64, byte* input64);

    [LibraryImport(Library, EntryPoint = "secp256k1_ecdsa_signature_serialize_compact")]
    public static partial int SignatureSerialize(void* context, byte* output64, byte* signature64);

    [LibraryImport(Library, EntryPoint = "secp256k1_ecdsa_signature_normalize")]
    public static partial int SignatureNormalize(void* context, byte* output64, byte* input64);

    [LibraryImport(Library, EntryPoint = "secp256k1_ecdsa_verify")]
    public static partial int Verify(void* context, byte* signature64, byte* message32, byte* publicKey64);
}
