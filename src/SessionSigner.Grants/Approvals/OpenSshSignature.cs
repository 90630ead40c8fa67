using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace SessionSigner.Grants;

/// <summary>
/// A signature as <c>ssh-keygen -Y sign</c> writes it. Immutable. Reading checks its form; whether it holds is for <see cref="Verify"/> to say.
/// SPEC: OpenSSH PROTOCOL.sshsig, PROTOCOL.u2f.
/// </summary>
public sealed class OpenSshSignature
{
    private const byte UserPresent = 0x01;
    private const byte UserVerified = 0x04;
    private const uint Version = 1;
    private const int NamespaceLengthMax = 255;

    private readonly byte[] _signature;

    private OpenSshSignature(OpenSshPublicKey key, string signedNamespace, string hash, byte[] signature, byte flags, uint counter)
    {
        Key = key;
        Namespace = signedNamespace;
        Hash = hash;
        _signature = signature;
        Flags = flags;
        Counter = counter;
    }

    private static ReadOnlySpan<byte> Magic => "SSHSIG"u8;

    /// <summary>The key that the signature names.</summary>
    public OpenSshPublicKey Key { get; }

    /// <summary>What the signature is for.</summary>
    public string Namespace { get; }

    /// <summary>How the message was hashed: "sha256" or "sha512".</summary>
    public string Hash { get; }

    /// <summary>What a security key states of its user, as in WebAuthn; 0 for other keys.</summary>
    public byte Flags { get; }

    /// <summary>The counter of a security key; 0 for other keys.</summary>
    public uint Counter { get; }

    /// <summary>Reads the armored form: header, base64 in lines of 1 to 76 characters, all but the last of the same length, footer.</summary>
    /// <param name="armored">At most 4096 characters.</param>
    /// <param name="signature">The signature, if its form is right.</param>
    /// <param name="fault">What is wrong, naming the field; empty if nothing is.</param>
    public static bool TryParse(string armored, [NotNullWhen(true)] out OpenSshSignature? signature, out string fault)
    {
        signature = null;
        return SshArmor.TryOpen(armored, out var blob, out fault) && TryReadBlob(blob, out signature, out fault);
    }

    /// <summary>Verifies the signature over a message.</summary>
    /// <param name="message">What should have been signed.</param>
    /// <param name="expectedNamespace">What it should have been signed for.</param>
    /// <param name="requireUserVerification">Whether the key must be a security key that has verified its user (PIN, fingerprint). Presence is always required of one.</param>
    public OpenSshVerification Verify(ReadOnlySpan<byte> message, string expectedNamespace, bool requireUserVerification)
    {
        if (Namespace != expectedNamespace)
        {
            return OpenSshVerification.Refuse($"namespace: Must be \"{expectedNamespace}\", not {FaultList.Quote(Namespace)}.");
        }
        if (Key.IsSecurityKey && (Flags & UserPresent) == 0)
        {
            return OpenSshVerification.Refuse("signature.flags: The security key must state that its user was present.");
        }
        if (requireUserVerification && (!Key.IsSecurityKey || (Flags & UserVerified) == 0))
        {
            return OpenSshVerification.Refuse("signature.flags: A security key must state that it has verified its user.");
        }
        var signed = SignedData(message);
        if (Key.IsSecurityKey)
        {
            // SPEC: PROTOCOL.u2f "byte[32] SHA256(application), byte flags, uint32 counter, byte[] extensions, byte[32] SHA256(message)"; there are no extensions.
            signed = new SshWriter()
                .Raw(SHA256.HashData(System.Text.Encoding.ASCII.GetBytes(Key.Application)))
                .Byte(Flags)
                .UInt32(Counter)
                .Raw(SHA256.HashData(signed))
                .ToArray();
        }
        return Key.Algorithm.Verify(Key.Point, signed, _signature)
            ? OpenSshVerification.Valid
            : OpenSshVerification.Refuse("signature: It is not this key's signature over this message.");
    }

    // SPEC: PROTOCOL.sshsig 3 "byte[6] MAGIC_PREAMBLE, string namespace, string reserved, string hash_algorithm, string H(message)".
    private byte[] SignedData(ReadOnlySpan<byte> message) =>
        new SshWriter()
            .Raw(Magic)
            .Text(Namespace)
            .Text("")
            .Text(Hash)
            .String(Hash == "sha256" ? SHA256.HashData(message) : SHA512.HashData(message))
            .ToArray();

    // SPEC: PROTOCOL.sshsig 2 "byte[6] MAGIC_PREAMBLE, uint32 SIG_VERSION, string publickey, string namespace, string reserved, string hash_algorithm, string signature".
    private static bool TryReadBlob(ReadOnlySpan<byte> blob, out OpenSshSignature? signature, out string fault)
    {
        signature = null;
        var reader = new SshReader(blob);
        if (!reader.TryReadExactly(Magic))
        {
            fault = "magic: Must be \"SSHSIG\".";
            return false;
        }
        if (!reader.TryReadUInt32(out var version) || version != Version)
        {
            fault = "version: Must be 1.";
            return false;
        }
        if (!reader.TryReadString(out var encodedKey))
        {
            fault = "publickey: Must be a string within the signature.";
            return false;
        }
        if (!OpenSshPublicKey.TryReadBlob(encodedKey, "", out var key, out fault))
        {
            fault = "public" + fault;
            return false;
        }
        if (!reader.TryReadText(1, NamespaceLengthMax, out var signedNamespace))
        {
            fault = "namespace: Must be 1 to 255 printable ASCII characters.";
            return false;
        }
        if (!reader.TryReadString(out var reserved) || !reserved.IsEmpty)
        {
            fault = "reserved: Must be empty.";
            return false;
        }
        if (!reader.TryReadText(1, 16, out var hash) || hash is not ("sha256" or "sha512"))
        {
            fault = "hash_algorithm: Must be \"sha256\" or \"sha512\".";
            return false;
        }
        if (!reader.TryReadString(out var inner) || !reader.IsAtEnd)
        {
            fault = "signature: Must be a string that ends with the file.";
            return false;
        }
        var bytes = new byte[key.Algorithm.SignatureLength];
        if (!TryReadSignature(key.Algorithm, inner, bytes, out var flags, out var counter, out fault))
        {
            return false;
        }
        signature = new OpenSshSignature(key, signedNamespace, hash, bytes, flags, counter);
        return true;
    }

    private static bool TryReadSignature(
        SshAlgorithm algorithm,
        ReadOnlySpan<byte> encoded,
        Span<byte> signature,
        out byte flags,
        out uint counter,
        out string fault
    )
    {
        (flags, counter) = (0, 0);
        var reader = new SshReader(encoded);
        if (!reader.TryReadText(1, 64, out var name) || name != algorithm.Name)
        {
            fault = $"signature.type: Must be the key's, \"{algorithm.Name}\".";
            return false;
        }
        if (!reader.TryReadString(out var value) || !TryReadValue(algorithm, value, signature))
        {
            fault = algorithm.IsEd25519
                ? "signature.value: Must be 64 bytes."
                : "signature.value: Must be r and s, numbers above 0 in their shortest form, each at most as long as the curve's field.";
            return false;
        }
        if (algorithm.IsSecurityKey && !(reader.TryReadByte(out flags) && reader.TryReadUInt32(out counter)))
        {
            fault = "signature.flags: Flags and counter must follow the signature of a security key.";
            return false;
        }
        fault = reader.IsAtEnd ? "" : "signature: Must end with its last field.";
        return reader.IsAtEnd;
    }

    private static bool TryReadValue(SshAlgorithm algorithm, ReadOnlySpan<byte> value, Span<byte> signature)
    {
        if (algorithm.IsEd25519)
        {
            return value.TryCopyTo(signature) && value.Length == signature.Length;
        }
        var reader = new SshReader(value);
        return reader.TryReadPositive(signature[..algorithm.FieldLength])
            && reader.TryReadPositive(signature[algorithm.FieldLength..])
            && reader.IsAtEnd;
    }
}
