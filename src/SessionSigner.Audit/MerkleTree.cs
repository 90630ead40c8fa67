using System.Buffers;
using System.Numerics;
using System.Security.Cryptography;

namespace SessionSigner.Audit;

/// <summary>
/// An append-only Merkle tree kept as its frontier: the roots of its complete subtrees, largest first; at most 63 hashes whatever its size. Not thread safe.
/// SPEC: RFC 6962, 2.1: "The hash of an n-element list is HASH(0x01 || MTH(D[0:k]) || MTH(D[k:n]))", k the largest power of two smaller than n.
/// </summary>
public sealed class MerkleTree
{
    /// <summary>Length of a hash in bytes (SHA-256).</summary>
    public const int HashSize = 32;

    private readonly byte[] _frontier = new byte[63 * HashSize];

    /// <summary>Number of leaves.</summary>
    public long Size { get; private set; }

    private int FrontierCount => BitOperations.PopCount((ulong)Size);

    /// <summary>The hashes of the complete subtrees, largest first: as many as Size has bits set, 32 bytes each. Valid until the next append.</summary>
    public ReadOnlySpan<byte> Frontier => _frontier.AsSpan(0, FrontierCount * HashSize);

    /// <summary>Takes up a tree from its frontier.</summary>
    /// <exception cref="ArgumentException">The frontier does not have as many hashes as the size has bits set.</exception>
    public static MerkleTree FromFrontier(long size, ReadOnlySpan<byte> frontier)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(size);
        if (frontier.Length != BitOperations.PopCount((ulong)size) * HashSize)
        {
            throw new ArgumentException("The frontier does not have as many hashes as the size has bits set.", nameof(frontier));
        }
        var tree = new MerkleTree { Size = size };
        frontier.CopyTo(tree._frontier);
        return tree;
    }

    /// <summary>Hash of a leaf: SHA-256 of 0x00 and the entry's bytes.</summary>
    /// <param name="entry">The entry's bytes.</param>
    /// <param name="destination32">Receives the hash.</param>
    public static void HashLeaf(ReadOnlySpan<byte> entry, Span<byte> destination32)
    {
        byte[]? rented = null;
        var buffer = entry.Length < 1024 ? stackalloc byte[1 + entry.Length] : (rented = ArrayPool<byte>.Shared.Rent(1 + entry.Length));
        buffer[0] = 0;
        entry.CopyTo(buffer[1..]);
        SHA256.HashData(buffer[..(1 + entry.Length)], destination32);
        if (rented is not null)
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    /// <summary>Hash of an inner node: SHA-256 of 0x01 and its two children. The destination may be one of the children.</summary>
    public static void HashNode(ReadOnlySpan<byte> left32, ReadOnlySpan<byte> right32, Span<byte> destination32)
    {
        Span<byte> buffer = stackalloc byte[1 + (2 * HashSize)];
        buffer[0] = 1;
        left32[..HashSize].CopyTo(buffer[1..]);
        right32[..HashSize].CopyTo(buffer[(1 + HashSize)..]);
        SHA256.HashData(buffer, destination32);
    }

    /// <summary>Adds a leaf by its entry's bytes.</summary>
    public void Append(ReadOnlySpan<byte> entry)
    {
        Span<byte> leaf = stackalloc byte[HashSize];
        HashLeaf(entry, leaf);
        AppendLeafHash(leaf);
    }

    /// <summary>Adds a leaf by its hash.</summary>
    public void AppendLeafHash(ReadOnlySpan<byte> leaf32)
    {
        Span<byte> hash = stackalloc byte[HashSize];
        leaf32.CopyTo(hash);
        var count = FrontierCount;
        // Each complete subtree of the same size as the new one is merged with it, as in a binary increment.
        for (var bits = Size; (bits & 1) == 1; bits >>= 1)
        {
            HashNode(_frontier.AsSpan(--count * HashSize, HashSize), hash, hash);
        }
        hash.CopyTo(_frontier.AsSpan(count * HashSize));
        Size++;
    }

    /// <summary>Writes the root hash; of an empty tree SHA-256 of nothing.</summary>
    public void WriteRoot(Span<byte> destination32)
    {
        var count = FrontierCount;
        if (count == 0)
        {
            SHA256.HashData([], destination32);
            return;
        }
        Span<byte> hash = stackalloc byte[HashSize];
        _frontier.AsSpan(--count * HashSize, HashSize).CopyTo(hash);
        while (count > 0)
        {
            HashNode(_frontier.AsSpan(--count * HashSize, HashSize), hash, hash);
        }
        hash.CopyTo(destination32);
    }

    /// <summary>The root hash as a new array of 32 bytes.</summary>
    public byte[] Root()
    {
        var root = new byte[HashSize];
        WriteRoot(root);
        return root;
    }
}
