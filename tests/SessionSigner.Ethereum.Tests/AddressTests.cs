namespace SessionSigner.Ethereum.Tests;

public class AddressTests
{
    // SPEC: EIP-55, section "Test Cases".
    [Theory]
    [InlineData("0x52908400098527886E0F7030069857D2E4169EE7")]
    [InlineData("0x8617E340B3D01FA5F11F306F4090FD50E238070D")]
    [InlineData("0xde709f2102306220921060314715629080e2fb77")]
    [InlineData("0x27b1fdb04752bbc536007a920d24acb045561c26")]
    [InlineData("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed")]
    [InlineData("0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359")]
    [InlineData("0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB")]
    [InlineData("0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb")]
    public void Checksummed_text_reads_and_prints_the_same(string text)
    {
        Assert.True(Address.TryParseChecksummed(text, out var address));
        Assert.Equal(text, address.ToString());
        Assert.Equal(address, new Address(address.ToArray()));
    }

    [Theory]
    [InlineData("0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed")] // no checksum
    [InlineData("0x5AAEB6053F3E94C9B9A09F33669435E7EF1BEAED")]
    [InlineData("0x5AAeb6053F3E94C9b9A09f33669435E7Ef1BeAed")] // one letter
    [InlineData("0X5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed")]
    [InlineData("5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed")]
    [InlineData("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAe")] // short
    [InlineData("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed0")]
    [InlineData(" 0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed")]
    [InlineData("0x5\u0430Aeb6053F3E94C9b9A09f33669435E7Ef1BeAed")] // a Cyrillic a
    [InlineData("0x\uff15aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed")] // a full-width 5
    [InlineData("vitalik.eth")]
    [InlineData("")]
    public void Any_other_text_is_refused(string text)
    {
        Assert.False(Address.TryParseChecksummed(text, out var address));
        Assert.True(address.IsZero);
    }

    [Fact]
    public void Address_of_a_public_key()
    {
        // The key 0x1001 of tx-all-types.json.
        var key = new byte[32];
        key[30] = 0x10;
        key[31] = 0x01;
        var compressed = new byte[33];
        Assert.True(Secp256k1.TryCreatePublicKey(key, compressed));
        Assert.Equal("0x123ABAF7a75FE084F7F5Bf8dd7e3e6D9E6027B3b", Address.FromPublicKey(compressed).ToString());
        Assert.Throws<ArgumentException>(() => Address.FromPublicKey(new byte[33]));
    }
}
