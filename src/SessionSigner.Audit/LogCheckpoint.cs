using System.Globalization;
using System.Text;

namespace SessionSigner.Audit;

/// <summary>
/// What a log is at one size: the three lines of the body of a C2SP checkpoint (c2sp.org/tlog-checkpoint), not signed yet.
/// SPEC: proto/spec/audit-log.md, "Checkpoint"
/// </summary>
/// <param name="Origin">Name of the log: 1 to 256 printable ASCII characters, no spaces, no plus.</param>
/// <param name="Size">Number of entries.</param>
/// <param name="Root">Root hash: 32 bytes.</param>
public sealed record LogCheckpoint(string Origin, long Size, ReadOnlyMemory<byte> Root)
{
    /// <summary>Most bytes of the text.</summary>
    public const int SizeMax = 512;

    /// <summary>The three lines, each ended by a line feed.</summary>
    /// <exception cref="InvalidOperationException">A part breaks its rule.</exception>
    public byte[] Encode()
    {
        if (!IsOrigin(Origin) || Size < 0 || Root.Length != MerkleTree.HashSize)
        {
            throw new InvalidOperationException(
                "A checkpoint has an origin of 1 to 256 printable ASCII characters, a size and a root of 32 bytes."
            );
        }
        return Encoding.ASCII.GetBytes(
            string.Create(CultureInfo.InvariantCulture, $"{Origin}\n{Size}\n{Convert.ToBase64String(Root.Span)}\n")
        );
    }

    /// <summary>Reads exactly what <see cref="Encode"/> writes; anything else is false. Never throws.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> text, out LogCheckpoint? checkpoint)
    {
        checkpoint = null;
        if (text.Length > SizeMax)
        {
            return false;
        }
        var lines = Encoding.Latin1.GetString(text).Split('\n');
        Span<byte> root = stackalloc byte[MerkleTree.HashSize];
        if (
            lines.Length != 4
            || !IsOrigin(lines[0])
            || !long.TryParse(lines[1], NumberStyles.None, CultureInfo.InvariantCulture, out var size)
            || !Convert.TryFromBase64String(lines[2], root, out var written)
            || written != root.Length
        )
        {
            return false;
        }
        var decoded = new LogCheckpoint(lines[0], size, root.ToArray());
        if (!text.SequenceEqual(decoded.Encode()))
        {
            return false;
        }
        checkpoint = decoded;
        return true;
    }

    private static bool IsOrigin(string origin) =>
        origin.Length is > 0 and <= 256
        && !origin.AsSpan().ContainsAnyExceptInRange('!', '~')
        && !origin.Contains('+', StringComparison.Ordinal);
}
