using System.Security.Cryptography;

namespace Conformance;

/// <summary>The root of an RFC 6962 tree, straight from its recursive definition.</summary>
internal static class MerkleRoot
{
    public static byte[] Of(ReadOnlySpan<byte[]> entries)
    {
        if (entries.Length == 0)
        {
            return SHA256.HashData([]);
        }
        if (entries.Length == 1)
        {
            return SHA256.HashData([0, .. entries[0]]);
        }
        var left = 1;
        while (left * 2 < entries.Length)
        {
            left *= 2;
        }
        return SHA256.HashData([1, .. Of(entries[..left]), .. Of(entries[left..])]);
    }
}
