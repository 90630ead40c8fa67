using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace SessionSigner.Grants.Tests;

/// <summary>
/// An authenticator in software, as PROTOCOL.u2f describes it: signs SHA256(application), flags, counter and SHA256(message). What it signs is shown to
/// OpenSSH as well, so that the format is not only this project's idea of it.
/// </summary>
internal sealed partial class SoftSecurityKey
{
    public const byte Present = 1;
    public const byte Verified = 4;

    private readonly byte[]? _ed25519Secret;
    private readonly ECDsa? _ecdsa;

    private SoftSecurityKey(string type, byte[] point, byte[]? ed25519Secret, ECDsa? ecdsa)
    {
        (Type, _ed25519Secret, _ecdsa) = (type, ed25519Secret, ecdsa);
        var blob = new SshBytes().Text(type);
        if (ecdsa is not null)
        {
            blob.Text("nistp256");
        }
        Blob = blob.String(point).Text(Application).ToArray();
    }

    public static string Application => "ssh:desk";

    public string Type { get; }

    public byte[] Blob { get; }

    public string Line => $"{Type} {Convert.ToBase64String(Blob)}";

    public static SoftSecurityKey Ed25519()
    {
        var (point, secret) = (new byte[32], new byte[64]);
        Assert.Equal(0, MakeKeys(point, secret));
        return new SoftSecurityKey("sk-ssh-ed25519@openssh.com", point, secret, null);
    }

    public static SoftSecurityKey Ecdsa()
    {
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var q = key.ExportParameters(false).Q;
        return new SoftSecurityKey("sk-ecdsa-sha2-nistp256@openssh.com", [4, .. q.X!, .. q.Y!], null, key);
    }

    /// <summary>The armored signature.</summary>
    public string Sign(string signatureNamespace, string message, byte flags = Present, uint counter = 7, string hash = "sha512")
    {
        var text = Encoding.UTF8.GetBytes(message);
        var signed = new SshBytes()
            .Raw("SSHSIG"u8)
            .Text(signatureNamespace)
            .Text("")
            .Text(hash)
            .String(hash == "sha256" ? SHA256.HashData(text) : SHA512.HashData(text))
            .ToArray();
        var authenticatorData = new SshBytes()
            .Raw(SHA256.HashData(Encoding.ASCII.GetBytes(Application)))
            .Byte(flags)
            .UInt32(counter)
            .Raw(SHA256.HashData(signed))
            .ToArray();
        var signature = new SshBytes().Text(Type).String(SignRaw(authenticatorData)).Byte(flags).UInt32(counter).ToArray();
        return Armor.Close(
            new SshBytes().Raw("SSHSIG"u8).UInt32(1).String(Blob).Text(signatureNamespace).Text("").Text(hash).String(signature).ToArray()
        );
    }

    private byte[] SignRaw(byte[] data)
    {
        if (_ecdsa is not null)
        {
            var rs = _ecdsa.SignData(data, HashAlgorithmName.SHA256);
            return new SshBytes().String(Mpint(rs[..32])).String(Mpint(rs[32..])).ToArray();
        }
        var signature = new byte[64];
        Assert.Equal(0, SignDetached(signature, 0, data, (ulong)data.Length, _ed25519Secret!));
        return signature;
    }

    private static byte[] Mpint(byte[] number)
    {
        var digits = number.AsSpan().TrimStart((byte)0).ToArray();
        return digits[0] >= 0x80 ? [0, .. digits] : digits;
    }

    [LibraryImport("libsodium.so.23", EntryPoint = "crypto_sign_ed25519_keypair")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int MakeKeys(byte[] publicKey32, byte[] secretKey64);

    [LibraryImport("libsodium.so.23", EntryPoint = "crypto_sign_ed25519_detached")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SignDetached(byte[] signature64, nint noLength, byte[] message, ulong length, byte[] secretKey64);
}
