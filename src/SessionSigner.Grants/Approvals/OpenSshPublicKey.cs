using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace SessionSigner.Grants;

/// <summary>
/// A public key of OpenSSH that approves: Ed25519 or ECDSA on a NIST curve, in a file or in a security key. Immutable; made only by reading, so its point is on
/// the curve. Two are equal if their points are: whoever holds one private key is one approver, whatever the key is called.
/// SPEC: RFC 4253 section 6.6, RFC 5656 section 3.1, RFC 8709, OpenSSH PROTOCOL.u2f.
/// </summary>
public sealed class OpenSshPublicKey : IEquatable<OpenSshPublicKey>
{
    /// <summary>Longest line read.</summary>
    public const int LineLengthMax = 1_024;

    private const int CommentLengthMax = 256;
    private const int ApplicationLengthMax = 128;

    private readonly byte[] _point;

    private OpenSshPublicKey(SshAlgorithm algorithm, byte[] point, byte[] blob, string application, string comment)
    {
        Algorithm = algorithm;
        _point = point;
        Blob = blob;
        Application = application;
        Comment = comment;
        Fingerprint = "SHA256:" + Convert.ToBase64String(SHA256.HashData(blob)).TrimEnd('=');
    }

    /// <summary>Type of key, for example "ssh-ed25519" or "sk-ssh-ed25519@openssh.com".</summary>
    public string Type => Algorithm.Name;

    /// <summary>Whether the private key is in a security key (FIDO), which signs that its user was present.</summary>
    public bool IsSecurityKey => Algorithm.IsSecurityKey;

    /// <summary>What the security key was enrolled for, for example "ssh:"; empty for other keys.</summary>
    public string Application { get; }

    /// <summary>For people; says nothing about who holds the key. May be empty.</summary>
    public string Comment { get; }

    /// <summary>"SHA256:" and the unpadded base64 of the hash of the encoded key, as ssh-keygen -l prints it.</summary>
    public string Fingerprint { get; }

    /// <summary>The encoded key.</summary>
    internal ReadOnlyMemory<byte> Blob { get; }

    internal SshAlgorithm Algorithm { get; }

    internal ReadOnlySpan<byte> Point => _point;

    /// <summary>Reads a line as in a .pub file: type, base64, and a comment if there is one, with single spaces between them and no options before them.</summary>
    /// <param name="line">At most 1024 characters, without a line end.</param>
    /// <param name="key">The key, if nothing is wrong.</param>
    /// <param name="fault">What is wrong, naming the field; empty if nothing is.</param>
    public static bool TryParse(string line, [NotNullWhen(true)] out OpenSshPublicKey? key, out string fault)
    {
        key = null;
        if (line.Length > LineLengthMax || !Parsing.IsPrintable(line, 1, LineLengthMax))
        {
            fault = "A public key must be one line of 1 to 1024 printable ASCII characters.";
            return false;
        }
        var parts = line.Split(' ', 3);
        if (SshAlgorithm.Find(parts[0]) is not { } algorithm)
        {
            fault = $"type: Must be one of {SshAlgorithm.Names}.";
            return false;
        }
        if (parts.Length < 2 || parts[1].Length == 0 || !StrictBase64.TryDecode(parts[1], out var blob))
        {
            fault = "key: Must be base64 with padding and without white space, one space behind the type.";
            return false;
        }
        var comment = parts.Length == 3 ? parts[2] : "";
        if (comment.Length > CommentLengthMax || (parts.Length == 3 && (comment.Length == 0 || comment[0] == ' ' || comment[^1] == ' ')))
        {
            fault = "comment: Must be 1 to 256 characters that neither begin nor end with a space, or not be there.";
            return false;
        }
        if (!TryReadBlob(blob, comment, out var read, out fault))
        {
            return false;
        }
        if (read.Algorithm != algorithm)
        {
            fault = "type: Must be the type that the encoded key names.";
            return false;
        }
        key = read;
        return true;
    }

    /// <summary>The line: type, base64 and, if there is one, the comment.</summary>
    public override string ToString()
    {
        var line = Type + " " + Convert.ToBase64String(Blob.Span);
        return Comment.Length == 0 ? line : line + " " + Comment;
    }

    /// <inheritdoc/>
    public bool Equals(OpenSshPublicKey? other) => other is not null && _point.AsSpan().SequenceEqual(other._point);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as OpenSshPublicKey);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.AddBytes(_point);
        return hash.ToHashCode();
    }

    /// <summary>Reads an encoded key.</summary>
    internal static bool TryReadBlob(
        ReadOnlySpan<byte> blob,
        string comment,
        [NotNullWhen(true)] out OpenSshPublicKey? key,
        out string fault
    )
    {
        key = null;
        var reader = new SshReader(blob);
        if (!reader.TryReadText(1, 64, out var name) || SshAlgorithm.Find(name) is not { } algorithm)
        {
            fault = $"key.type: Must be one of {SshAlgorithm.Names}.";
            return false;
        }
        if (!algorithm.IsEd25519 && !(reader.TryReadText(1, 16, out var curve) && curve == algorithm.CurveName))
        {
            fault = $"key.curve: Must be \"{algorithm.CurveName}\".";
            return false;
        }
        if (!reader.TryReadString(out var point) || !algorithm.IsPoint(point))
        {
            fault = algorithm.IsEd25519
                ? "key.point: Must be 32 bytes, the one encoding of a point of the prime-order subgroup."
                : "key.point: Must be an uncompressed point of the curve.";
            return false;
        }
        var application = "";
        if (
            algorithm.IsSecurityKey
            && !(reader.TryReadText(4, ApplicationLengthMax, out application) && application.StartsWith("ssh:", StringComparison.Ordinal))
        )
        {
            fault = "key.application: Must be 4 to 128 printable ASCII characters that begin with \"ssh:\".";
            return false;
        }
        if (!reader.IsAtEnd)
        {
            fault = "key: Must end with its last field.";
            return false;
        }
        fault = "";
        key = new OpenSshPublicKey(algorithm, point.ToArray(), blob.ToArray(), application, comment);
        return true;
    }
}
