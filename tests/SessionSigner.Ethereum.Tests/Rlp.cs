namespace SessionSigner.Ethereum.Tests;

/// <summary>A plain RLP encoder, so that the tests build transactions without the code under test.</summary>
internal static class Rlp
{
    public static byte[] Text(params byte[] bytes) => bytes is [< 0x80] ? bytes : [.. Header(0x80, bytes.Length), .. bytes];

    public static byte[] Number(UInt256 value)
    {
        var word = new byte[32];
        value.WriteBigEndian(word);
        return Text(word[(32 - value.ByteLength)..]);
    }

    public static byte[] Items(params byte[][] encodedItems)
    {
        var length = encodedItems.Sum(item => item.Length);
        return [.. Header(0xc0, length), .. encodedItems.SelectMany(item => item)];
    }

    private static byte[] Header(int form, int length)
    {
        if (length <= 55)
        {
            return [(byte)(form + length)];
        }
        var bytes = new List<byte>();
        for (var rest = length; rest > 0; rest >>= 8)
        {
            bytes.Insert(0, (byte)(rest & 0xff));
        }
        return [(byte)(form + 55 + bytes.Count), .. bytes];
    }
}
