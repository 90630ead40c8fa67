using System.Text;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;

namespace SessionSigner.Grants.Tests;

public sealed class OpenSshSignatureTests : IDisposable
{
    private const string Namespace = "sessionsigner-policy@v1";
    private const string Message = "SessionSigner policy approval v1\naction: test\n";

    private readonly SshKeygen _openSsh = new();

    public void Dispose() => _openSsh.Dispose();

    [Theory]
    [InlineData("ed25519", 256, "sha256")]
    [InlineData("ed25519", 256, "sha512")]
    [InlineData("ecdsa", 256, "sha512")]
    [InlineData("ecdsa", 384, "sha256")]
    [InlineData("ecdsa", 521, "sha512")]
    public void Verifies_what_OpenSSH_signs(string type, int bits, string hash)
    {
        var line = _openSsh.Generate("alice", type, bits);
        // More than one, because r and s have other lengths each time.
        for (var i = 0; i < 8; i++)
        {
            var signature = Parse(_openSsh.Sign("alice", Namespace, Message + i, hash));
            Assert.Equal(hash, signature.Hash);
            Assert.Equal(Namespace, signature.Namespace);
            Assert.Equal(line.Split(' ')[1], signature.Key.ToString().Split(' ')[1]);
            Assert.Equal("", Verify(signature, Message + i));
            Assert.StartsWith("signature: ", Verify(signature, Message), StringComparison.Ordinal);
            Assert.StartsWith("namespace: ", signature.Verify(Utf8(Message + i), "file", false).Fault, StringComparison.Ordinal);
            Assert.StartsWith("signature.flags: ", signature.Verify(Utf8(Message + i), Namespace, true).Fault, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Security_keys_sign_what_OpenSSH_verifies()
    {
        foreach (var key in new[] { SoftSecurityKey.Ed25519(), SoftSecurityKey.Ecdsa() })
        {
            for (var counter = 0u; counter < 4; counter++)
            {
                var armored = key.Sign(Namespace, Message, SoftSecurityKey.Present, counter);
                Assert.True(_openSsh.Verifies(key.Line, Namespace, Message, armored));
                Assert.False(_openSsh.Verifies(key.Line, Namespace, Message + " ", armored));
                var signature = Parse(armored);
                Assert.Equal("", Verify(signature, Message));
                Assert.Equal(counter, signature.Counter);
            }
        }
    }

    [Fact]
    public void Presence_is_required_and_verification_where_it_is_asked_for()
    {
        foreach (var key in new[] { SoftSecurityKey.Ed25519(), SoftSecurityKey.Ecdsa() })
        {
            var absent = key.Sign(Namespace, Message, flags: 0);
            // ssh-keygen -Y verify leaves presence to whoever calls it; here it is always required.
            Assert.True(_openSsh.Verifies(key.Line, Namespace, Message, absent));
            Assert.StartsWith("signature.flags: ", Verify(Parse(absent), Message), StringComparison.Ordinal);
            Assert.StartsWith(
                "signature.flags: ",
                Verify(Parse(key.Sign(Namespace, Message, SoftSecurityKey.Verified)), Message),
                StringComparison.Ordinal
            );
            var present = Parse(key.Sign(Namespace, Message));
            Assert.StartsWith("signature.flags: ", present.Verify(Utf8(Message), Namespace, true).Fault, StringComparison.Ordinal);
            var verified = Parse(key.Sign(Namespace, Message, SoftSecurityKey.Present | SoftSecurityKey.Verified));
            Assert.True(verified.Verify(Utf8(Message), Namespace, true).IsValid);
        }
    }

    [Fact]
    public void Every_bit_flip_is_refused()
    {
        foreach (var (line, armored) in AllKinds())
        {
            Assert.True(Holds(line, armored));
            var blob = Armor.Open(armored);
            for (var bit = 0; bit < blob.Length * 8; bit++)
            {
                blob[bit / 8] ^= (byte)(1 << (bit % 8));
                Assert.False(Holds(line, Armor.Close(blob)), $"bit {bit} of {line}");
                blob[bit / 8] ^= (byte)(1 << (bit % 8));
            }
            var text = armored.ToCharArray();
            for (var bit = 0; bit < text.Length * 8; bit++)
            {
                text[bit / 8] ^= (char)(1 << (bit % 8));
                Assert.False(Holds(line, new string(text)), $"bit {bit} of the text of {line}");
                text[bit / 8] ^= (char)(1 << (bit % 8));
            }
        }
    }

    [Fact]
    public void Every_truncation_and_every_byte_more_is_refused()
    {
        foreach (var (_, armored) in AllKinds())
        {
            var blob = Armor.Open(armored);
            for (var length = 0; length < blob.Length; length++)
            {
                AssertRefused(Armor.Close(blob[..length]), "");
            }
            AssertRefused(Armor.Close([.. blob, 0]), "signature: ");
            // All but the last line feed.
            for (var length = 0; length < armored.Length - 1; length++)
            {
                AssertRefused(armored[..length], "armor: ");
            }
            Assert.True(OpenSshSignature.TryParse(armored[..^1], out _, out _));
        }
    }

    [Fact]
    public void Each_field_has_its_rule()
    {
        var key = SoftSecurityKey.Ed25519();
        var inner = new SshBytes().Text(key.Type).String(new byte[64]).Byte(1).UInt32(1).ToArray();
        AssertRefused(Sshsig(magic: "SSHSIh"), "magic: ");
        AssertRefused(Sshsig(version: 0), "version: ");
        AssertRefused(Sshsig(version: 2), "version: ");
        AssertRefused(Sshsig(signedNamespace: ""), "namespace: ");
        AssertRefused(Sshsig(signedNamespace: "a\nb"), "namespace: ");
        AssertRefused(Sshsig(signedNamespace: new string('n', 256)), "namespace: ");
        AssertRefused(Sshsig(reserved: " "), "reserved: ");
        AssertRefused(Sshsig(hash: "sha1"), "hash_algorithm: ");
        AssertRefused(Sshsig(hash: "SHA512"), "hash_algorithm: ");
        AssertRefused(Sshsig(signature: new SshBytes().Text("ssh-ed25519").String(new byte[64])), "signature.type: ");
        AssertRefused(Sshsig(signature: new SshBytes().Text("webauthn-sk-ecdsa-sha2-nistp256@openssh.com")), "signature.type: ");
        AssertRefused(Sshsig(signature: new SshBytes().Text(key.Type).String(new byte[63]).Byte(1).UInt32(1)), "signature.value: ");
        AssertRefused(Sshsig(signature: new SshBytes().Text(key.Type).String(new byte[65]).Byte(1).UInt32(1)), "signature.value: ");
        AssertRefused(Sshsig(signature: new SshBytes().Text(key.Type).String(new byte[64])), "signature.flags: ");
        AssertRefused(Sshsig(signature: new SshBytes().Raw(inner).Byte(0)), "signature: ");
        AssertRefused(Sshsig(publicKey: new SshBytes().Text("ssh-rsa").String([1, 0, 1])), "publickey.type: ");
        AssertRefused(Sshsig(publicKey: new SshBytes().Text("ssh-ed25519-cert-v01@openssh.com")), "publickey.type: ");
        Assert.True(OpenSshSignature.TryParse(Sshsig(), out _, out var fault), fault);

        string Sshsig(
            string magic = "SSHSIG",
            uint version = 1,
            SshBytes? publicKey = null,
            string signedNamespace = Namespace,
            string reserved = "",
            string hash = "sha512",
            SshBytes? signature = null
        ) =>
            Armor.Close(
                new SshBytes()
                    .Raw(Utf8(magic))
                    .UInt32(version)
                    .String(publicKey?.ToArray() ?? key.Blob)
                    .Text(signedNamespace)
                    .Text(reserved)
                    .Text(hash)
                    .String(signature?.ToArray() ?? inner)
                    .ToArray()
            );
    }

    [Theory]
    [InlineData(new byte[] { })]
    [InlineData(new byte[] { 0 })]
    [InlineData(new byte[] { 0, 1 })]
    [InlineData(new byte[] { 0x80 })]
    public void Numbers_of_ECDSA_have_one_form(byte[] r)
    {
        var line = _openSsh.Generate("alice", "ecdsa", 256);
        AssertRefused(Make(r), "signature.value: ");
        AssertRefused(Make([1, .. new byte[32]]), "signature.value: ");
        Assert.True(OpenSshSignature.TryParse(Make([1]), out _, out var fault), fault);

        string Make(byte[] number) =>
            Armor.Close(
                new SshBytes()
                    .Raw("SSHSIG"u8)
                    .UInt32(1)
                    .String(Convert.FromBase64String(line.Split(' ')[1]))
                    .Text(Namespace)
                    .Text("")
                    .Text("sha512")
                    .String(
                        new SshBytes().Text("ecdsa-sha2-nistp256").String(new SshBytes().String(number).String([1]).ToArray()).ToArray()
                    )
                    .ToArray()
            );
    }

    [Fact]
    public void An_Ed25519_signature_has_one_S()
    {
        var line = _openSsh.Generate("alice", "ed25519", 256);
        var blob = Armor.Open(_openSsh.Sign("alice", Namespace, Message));
        // S + L verifies where S is not held below the order L.
        var order = Convert.FromHexString("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010");
        var carry = 0;
        for (var i = 0; i < 32; i++)
        {
            carry += blob[^(32 - i)] + order[i];
            blob[^(32 - i)] = (byte)(carry & 0xff);
            carry >>= 8;
        }
        Assert.False(Holds(line, Armor.Close(blob)));
    }

    [Fact]
    public void Armor_has_lines_of_one_length_and_line_feeds_alone()
    {
        var blob = Armor.Open(SoftSecurityKey.Ed25519().Sign(Namespace, Message));
        Assert.True(OpenSshSignature.TryParse(Armor.Close(blob, 76), out _, out _));
        AssertRefused(Armor.Close(blob, 77), "armor: ");
        AssertRefused(Armor.Close(blob).Replace("\n", "\r\n", StringComparison.Ordinal), "armor: ");
        AssertRefused(Armor.Close(blob) + "\n", "armor: ");
        AssertRefused(" " + Armor.Close(blob), "armor: ");
        AssertRefused(Armor.Close(blob) + Armor.Close(blob), "armor: ");
        AssertRefused(new string('A', 4_097), "armor: ");
        AssertRefused("", "armor: ");
        AssertRefused(Armor.Close(blob).Replace("\n\n", "\n", StringComparison.Ordinal).Insert(40, "\n"), "armor: ");
    }

    [Property(MaxTest = 300)]
    public Property Any_bytes_are_read_or_refused_with_a_fault() =>
        Prop.ForAll<byte[]>(bytes =>
        {
            var read = OpenSshSignature.TryParse(Armor.Close([.. "SSHSIG"u8, 0, 0, 0, 1, .. bytes]), out var signature, out var fault);
            return read ? signature is not null && fault.Length == 0 : signature is null && fault.Length > 0;
        });

    [Fact]
    public void The_zero_value_is_not_valid()
    {
        OpenSshVerification zero = default;
        Assert.False(zero.IsValid);
        Assert.NotEmpty(zero.Fault);
    }

    private IEnumerable<(string Line, string Armored)> AllKinds()
    {
        foreach (var (type, bits) in new[] { ("ed25519", 256), ("ecdsa", 256), ("ecdsa", 521) })
        {
            var name = type + bits;
            yield return (_openSsh.Generate(name, type, bits), _openSsh.Sign(name, Namespace, Message));
        }
        foreach (var key in new[] { SoftSecurityKey.Ed25519(), SoftSecurityKey.Ecdsa() })
        {
            yield return (key.Line, key.Sign(Namespace, Message));
        }
    }

    // As a roster of one would decide: the key is the expected one, byte by byte.
    private static bool Holds(string line, string armored) =>
        OpenSshSignature.TryParse(armored, out var signature, out _)
        && signature.Key.ToString() == string.Join(' ', line.Split(' ')[..2])
        && Verify(signature, Message).Length == 0;

    private static string Verify(OpenSshSignature signature, string message) => signature.Verify(Utf8(message), Namespace, false).Fault;

    private static OpenSshSignature Parse(string armored)
    {
        Assert.True(OpenSshSignature.TryParse(armored, out var signature, out var fault), fault);
        return signature;
    }

    private static void AssertRefused(string armored, string fault)
    {
        Assert.False(OpenSshSignature.TryParse(armored, out var signature, out var found));
        Assert.Null(signature);
        Assert.NotEmpty(found);
        Assert.StartsWith(fault, found, StringComparison.Ordinal);
    }

    private static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);
}
