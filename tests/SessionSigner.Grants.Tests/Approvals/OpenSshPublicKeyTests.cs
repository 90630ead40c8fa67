using System.Security.Cryptography;

namespace SessionSigner.Grants.Tests;

public sealed class OpenSshPublicKeyTests : IDisposable
{
    private readonly SshKeygen _openSsh = new();

    public void Dispose() => _openSsh.Dispose();

    [Theory]
    [InlineData("ed25519", 256, "ssh-ed25519")]
    [InlineData("ecdsa", 256, "ecdsa-sha2-nistp256")]
    [InlineData("ecdsa", 384, "ecdsa-sha2-nistp384")]
    [InlineData("ecdsa", 521, "ecdsa-sha2-nistp521")]
    public void Reads_the_keys_of_OpenSSH(string type, int bits, string name)
    {
        var line = _openSsh.Generate("alice", type, bits);
        Assert.True(OpenSshPublicKey.TryParse(line, out var key, out var fault), fault);
        Assert.Equal(name, key.Type);
        Assert.Equal("alice@desk", key.Comment);
        Assert.Equal(_openSsh.Fingerprint(line), key.Fingerprint);
        Assert.Equal(line, key.ToString());
        Assert.False(key.IsSecurityKey);
    }

    [Fact]
    public void Reads_security_keys()
    {
        foreach (var made in new[] { SoftSecurityKey.Ed25519(), SoftSecurityKey.Ecdsa() })
        {
            Assert.True(OpenSshPublicKey.TryParse(made.Line, out var key, out var fault), fault);
            Assert.True(key.IsSecurityKey);
            Assert.Equal("ssh:desk", key.Application);
            Assert.Equal(_openSsh.Fingerprint(made.Line), key.Fingerprint);
        }
    }

    [Fact]
    public void Refuses_RSA_certificates_options_and_white_space()
    {
        var line = _openSsh.Generate("alice", "ed25519", 256);
        var base64 = line.Split(' ')[1];
        AssertRefused(_openSsh.Generate("old", "rsa", 2_048), "type: ");
        AssertRefused("ssh-ed25519-cert-v01@openssh.com " + base64, "type: ");
        AssertRefused("no-touch-required " + line, "type: ");
        AssertRefused("ssh-ed25519  " + base64, "key: ");
        AssertRefused("ssh-ed25519", "key: ");
        AssertRefused("ssh-ed25519 " + base64[..^1], "key: ");
        AssertRefused($"ssh-ed25519 {base64} ", "comment: ");
        AssertRefused($"ssh-ed25519 {base64} {new string('x', 257)}", "comment: ");
        AssertRefused(line + "\n", "A public key must be one line");
        AssertRefused(line + "\u202e", "A public key must be one line");
        AssertRefused(line + new string('x', 1_024), "A public key must be one line");
        AssertRefused("", "A public key must be one line");
        AssertRefused("ecdsa-sha2-nistp256 " + base64, "type: ");
    }

    [Fact]
    public void Every_truncation_and_every_byte_more_is_refused()
    {
        foreach (var line in AllKinds())
        {
            var parts = line.Split(' ');
            var blob = Convert.FromBase64String(parts[1]);
            for (var length = 0; length < blob.Length; length++)
            {
                AssertRefused($"{parts[0]} {Convert.ToBase64String(blob.AsSpan(0, length))}", "");
            }
            AssertRefused($"{parts[0]} {Convert.ToBase64String([.. blob, 0])}", "key: ");
        }
    }

    [Theory]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000000")] // of order 4
    [InlineData("0100000000000000000000000000000000000000000000000000000000000000")] // the neutral element
    [InlineData("ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f")] // of order 2
    [InlineData("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05")] // of order 8
    [InlineData("edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f")] // 0, not reduced
    [InlineData("0200000000000000000000000000000000000000000000000000000000000000")] // not on the curve
    [InlineData("ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff")]
    public void Ed25519_points_that_are_no_keys_are_refused(string point) =>
        AssertRefused(Line("ssh-ed25519", new SshBytes().Text("ssh-ed25519").String(Convert.FromHexString(point))), "key.point: ");

    [Fact]
    public void Points_off_the_curve_and_other_forms_of_points_are_refused()
    {
        using var ecdsa = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var q = ecdsa.ExportParameters(false).Q;
        byte[] point = [4, .. q.X!, .. q.Y!];
        AssertRefused(EcdsaLine([(byte)(2 + (point[64] & 1)), .. q.X!]), "key.point: ");
        AssertRefused(EcdsaLine([(byte)(6 + (point[64] & 1)), .. point[1..]]), "key.point: ");
        AssertRefused(EcdsaLine([0]), "key.point: ");
        AssertRefused(EcdsaLine(new byte[65]), "key.point: ");
        Assert.True(OpenSshPublicKey.TryParse(EcdsaLine(point), out _, out _));
        for (var bit = 8; bit < 65 * 8; bit++)
        {
            var flipped = point.ToArray();
            flipped[bit / 8] ^= (byte)(1 << (bit % 8));
            AssertRefused(EcdsaLine(flipped), "key.point: ");
        }
    }

    [Fact]
    public void The_curve_and_the_application_are_checked()
    {
        var (ed25519, ecdsa) = (SoftSecurityKey.Ed25519(), SoftSecurityKey.Ecdsa());
        var point = ed25519.Blob[34..66];
        Assert.True(OpenSshPublicKey.TryParse(SkLine("ssh:"), out _, out var none), none);
        AssertRefused(SkLine("https://desk.example"), "key.application: ");
        AssertRefused(SkLine("ssh:\n"), "key.application: ");
        AssertRefused(SkLine("ssh:" + new string('x', 125)), "key.application: ");
        var ecdsaPoint = ecdsa.Blob.AsSpan(ecdsa.Blob.Length - 65 - 4 - 8, 65);
        AssertRefused(
            Line(ecdsa.Type, new SshBytes().Text(ecdsa.Type).Text("nistp384").String(ecdsaPoint).Text("ssh:desk")),
            "key.curve: "
        );
        Assert.True(
            OpenSshPublicKey.TryParse(
                Line(ecdsa.Type, new SshBytes().Text(ecdsa.Type).Text("nistp256").String(ecdsaPoint).Text("ssh:desk")),
                out _,
                out _
            )
        );

        string SkLine(string application) => Line(ed25519.Type, new SshBytes().Text(ed25519.Type).String(point).Text(application));
    }

    [Fact]
    public void One_point_is_one_key_whatever_its_type()
    {
        var sk = SoftSecurityKey.Ed25519();
        var plain = Line("ssh-ed25519", new SshBytes().Text("ssh-ed25519").String(sk.Blob.AsSpan(34, 32)));
        Assert.True(OpenSshPublicKey.TryParse(sk.Line, out var one, out _));
        Assert.True(OpenSshPublicKey.TryParse(plain, out var other, out var fault), fault);
        Assert.Equal(one, other);
        Assert.Equal(one.GetHashCode(), other.GetHashCode());
    }

    private IEnumerable<string> AllKinds() =>
        [
            _openSsh.Generate("a", "ed25519", 256),
            _openSsh.Generate("b", "ecdsa", 256),
            _openSsh.Generate("c", "ecdsa", 521),
            SoftSecurityKey.Ed25519().Line,
            SoftSecurityKey.Ecdsa().Line,
        ];

    private static string EcdsaLine(byte[] point) =>
        Line("ecdsa-sha2-nistp256", new SshBytes().Text("ecdsa-sha2-nistp256").Text("nistp256").String(point));

    private static string Line(string type, SshBytes blob) => $"{type} {Convert.ToBase64String(blob.ToArray())}";

    private static void AssertRefused(string line, string fault)
    {
        Assert.False(OpenSshPublicKey.TryParse(line, out var key, out var found), line);
        Assert.Null(key);
        Assert.StartsWith(fault, found, StringComparison.Ordinal);
        Assert.NotEmpty(found);
    }
}
