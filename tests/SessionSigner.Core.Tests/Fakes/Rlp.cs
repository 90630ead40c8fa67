namespace SessionSigner.Core.Tests;

/// <summary>As much of RLP as tests need to write transactions.</summary>
internal static class Rlp
{
    public static byte[] Text(params byte[] content) => content is [< 0x80] ? content : [.. Header(0x80, content.Length), .. content];

    public static byte[] Integer(ulong value)
    {
        var bytes = BitConverter.GetBytes(value);
        Array.Reverse(bytes);
        return Text([.. bytes.SkipWhile(b => b == 0)]);
    }

    public static byte[] List(params byte[][] items)
    {
        byte[] content = [.. items.SelectMany(item => item)];
        return [.. Header(0xc0, content.Length), .. content];
    }

    private static byte[] Header(int offset, int length)
    {
        if (length < 56)
        {
            return [(byte)(offset + length)];
        }
        return length < 256 ? [(byte)(offset + 56), (byte)length] : [(byte)(offset + 57), (byte)(length >> 8), (byte)(length & 0xff)];
    }
}
