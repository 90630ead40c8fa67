using System.Text;
using FsCheck.Xunit;

namespace SessionSigner.Ethereum.Tests;

public class Keccak256Tests
{
    [Theory]
    [InlineData("", "0xc5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470")] // the empty code hash of the Ethereum yellow paper
    [InlineData("abc", "0x4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45")] // Keccak team, ShortMsgKAT_256
    [InlineData("transfer(address,uint256)", "0xa9059cbb2ab09eb219583f4a59a5d0623ade346d962bcd4e46b11da047c9049b")] // selector of ERC-20
    public void Known_answers(string text, string expected) =>
        Assert.Equal(expected, Keccak256.Hash(Encoding.UTF8.GetBytes(text)).ToString());

    // Around the rate of 136 bytes the padding takes another block. Computed with ethers 6.
    [Theory]
    [InlineData(135, "0x34367dc248bbd832f4e3e69dfaac2f92638bd0bbd18f2912ba4ef454919cf446")]
    [InlineData(136, "0xa6c4d403279fe3e0af03729caada8374b5ca54d8065329a3ebcaeb4b60aa386e")]
    [InlineData(137, "0xd869f639c7046b4929fc92a4d988a8b22c55fbadb802c0c66ebcd484f1915f39")]
    public void Known_answers_around_the_block_size(int length, string expected)
    {
        var data = new byte[length];
        Array.Fill(data, (byte)'a');
        Assert.Equal(expected, Keccak256.Hash(data).ToString());
    }

    [Property]
    public bool Pieces_hash_like_the_whole(byte[] first, byte[] second, byte repeat)
    {
        var sponge = new Keccak256Sponge();
        var whole = new List<byte>();
        for (var i = 0; i <= repeat % 7; i++)
        {
            sponge.Append(first);
            sponge.Append(second);
            whole.AddRange(first);
            whole.AddRange(second);
        }
        return sponge.Finish() == Keccak256.Hash(whole.ToArray());
    }

    [Fact]
    public void Nothing_is_allocated()
    {
        var data = new byte[1000];
        Keccak256.Hash(data);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
        {
            Keccak256.Hash(data);
        }
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }
}
