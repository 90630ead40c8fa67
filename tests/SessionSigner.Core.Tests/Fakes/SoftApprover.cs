using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using SessionSigner.Grants;

namespace SessionSigner.Core.Tests;

/// <summary>An approver with a P-256 key in software, who signs as ssh-keygen does. SPEC: OpenSSH PROTOCOL.sshsig, RFC 5656 3.1.</summary>
internal sealed class SoftApprover(string name) : IDisposable
{
    private const string Type = "ecdsa-sha2-nistp256";

    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public string Name { get; } = name;

    public string PublicKeyLine => $"{Type} {Convert.ToBase64String(Blob)}";

    public string Fingerprint => "SHA256:" + Convert.ToBase64String(SHA256.HashData(Blob)).TrimEnd('=');

    private byte[] Blob
    {
        get
        {
            var point = _key.ExportParameters(false).Q;
            return [.. Text(Type), .. Text("nistp256"), .. String([4, .. point.X!, .. point.Y!])];
        }
    }

    public static string RosterJson(int threshold, int timeLockSeconds, params IEnumerable<SoftApprover> approvers) =>
        $$"""
            {"version":1,"threshold":{{threshold}},"time_lock_seconds":{{timeLockSeconds}},"approvers":[{{string.Join(
                ',',
                approvers.Select(approver => $$"""{"name":"{{approver.Name}}","key":"{{approver.PublicKeyLine}}"}""")
            )}}]}
            """;

    public static ApproverRoster Roster(int threshold, int timeLockSeconds, params IEnumerable<SoftApprover> approvers)
    {
        var json = Encoding.UTF8.GetBytes(RosterJson(threshold, timeLockSeconds, approvers));
        Assert.True(ApproverRoster.TryParse(json, out var roster, out var faults), string.Join(' ', faults));
        return roster;
    }

    public string Sign(string statement, string signatureNamespace = ApprovalStatement.SignatureNamespace)
    {
        byte[] header = [.. Text(signatureNamespace), .. Text(""), .. Text("sha512")];
        byte[] signed = [.. "SSHSIG"u8, .. header, .. String(SHA512.HashData(Encoding.ASCII.GetBytes(statement)))];
        var raw = _key.SignData(signed, HashAlgorithmName.SHA256);
        var value = String([.. Number(raw[..32]), .. Number(raw[32..])]);
        byte[] blob = [.. "SSHSIG"u8, 0, 0, 0, 1, .. String(Blob), .. header, .. String([.. Text(Type), .. value])];
        var lines = Convert.ToBase64String(blob).Chunk(70).Select(line => new string(line));
        return $"-----BEGIN SSH SIGNATURE-----\n{string.Join('\n', lines)}\n-----END SSH SIGNATURE-----\n";
    }

    public void Dispose() => _key.Dispose();

    private static byte[] Text(string text) => String(Encoding.ASCII.GetBytes(text));

    private static byte[] String(ReadOnlySpan<byte> bytes)
    {
        var length = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(length, bytes.Length);
        return [.. length, .. bytes];
    }

    private static byte[] Number(byte[] value)
    {
        var rest = value.AsSpan().TrimStart((byte)0);
        return String(rest[0] >= 0x80 ? [0, .. rest] : rest);
    }
}
