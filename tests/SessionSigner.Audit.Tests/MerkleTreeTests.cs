using System.Security.Cryptography;

namespace SessionSigner.Audit.Tests;

public sealed class MerkleTreeTests
{
    [Fact]
    public void Known_answers_hold()
    {
        Assert.NotEmpty(Vectors.List("trees"));
        foreach (var vector in Vectors.List("trees"))
        {
            var leaves = vector.GetProperty("leaves").EnumerateArray().Select(leaf => Convert.FromHexString(leaf.GetString()!)).ToList();
            var roots = vector.GetProperty("roots").EnumerateArray().Select(root => root.GetString()).ToList();
            var tree = new MerkleTree();
            for (var size = 0; size <= leaves.Count; size++)
            {
                Assert.Equal(size, tree.Size);
                Assert.Equal(roots[size], Convert.ToHexStringLower(tree.Root()));
                if (size < leaves.Count)
                {
                    tree.Append(leaves[size]);
                }
            }
        }
    }

    [Fact]
    public void The_frontier_gives_the_root_of_the_definition_at_every_size_to_600()
    {
        var leaves = Enumerable.Range(0, 600).Select(i => BitConverter.GetBytes(i)).ToArray();
        var tree = new MerkleTree();
        for (var size = 0; size < leaves.Length; size++)
        {
            Assert.Equal(Root(leaves.AsSpan(0, size)), tree.Root());
            var resumed = MerkleTree.FromFrontier(size, tree.Frontier);
            resumed.Append(leaves[size]);
            tree.Append(leaves[size]);
            Assert.Equal(tree.Root(), resumed.Root());
        }
    }

    [Fact]
    public void A_frontier_of_another_length_is_refused()
    {
        Assert.Throws<ArgumentException>(() => MerkleTree.FromFrontier(3, new byte[32]));
        Assert.Throws<ArgumentException>(() => MerkleTree.FromFrontier(0, new byte[32]));
        Assert.Throws<ArgumentException>(() => MerkleTree.FromFrontier(4, new byte[33]));
        Assert.Throws<ArgumentOutOfRangeException>(() => MerkleTree.FromFrontier(-1, []));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(1023)]
    [InlineData(1024)]
    [InlineData(65_535)]
    public void A_leaf_is_hashed_with_its_prefix_whatever_its_length(int length)
    {
        var entry = RandomNumberGenerator.GetBytes(length);
        var hash = new byte[MerkleTree.HashSize];
        MerkleTree.HashLeaf(entry, hash);
        Assert.Equal(SHA256.HashData([0, .. entry]), hash);
    }

    // RFC 6962, 2.1, word by word.
    private static byte[] Root(ReadOnlySpan<byte[]> leaves)
    {
        if (leaves.Length == 0)
        {
            return SHA256.HashData([]);
        }
        if (leaves.Length == 1)
        {
            return SHA256.HashData([0, .. leaves[0]]);
        }
        var split = 1;
        while (split * 2 < leaves.Length)
        {
            split *= 2;
        }
        return SHA256.HashData([1, .. Root(leaves[..split]), .. Root(leaves[split..])]);
    }
}
