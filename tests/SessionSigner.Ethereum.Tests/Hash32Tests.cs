using FsCheck.Xunit;

namespace SessionSigner.Ethereum.Tests;

public class Hash32Tests
{
    [Property]
    public bool Text_and_bytes_read_back(byte[] seed)
    {
        var hash = Keccak256.Hash(seed);
        return Hash32.TryParse(hash.ToString(), out var read) && read == hash && new Hash32(hash.ToArray()) == hash;
    }

    [Theory]
    [InlineData("")]
    [InlineData("0x")]
    [InlineData("c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470c5")]
    [InlineData("0Xc5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470")]
    [InlineData("0xc5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a4")]
    [InlineData("0xc5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a47000")]
    [InlineData("0xg5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470")]
    public void Other_text_is_refused(string text) => Assert.False(Hash32.TryParse(text, out _));
}
