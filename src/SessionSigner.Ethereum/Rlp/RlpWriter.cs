namespace SessionSigner.Ethereum;

/// <summary>Writes RLP into a buffer whose exact length the caller has computed with the length functions.</summary>
internal ref struct RlpWriter(Span<byte> destination)
{
    private readonly Span<byte> _destination = destination;
    private int _position;

    public readonly bool IsFull => _position == _destination.Length;

    /// <summary>Bytes that a list with so many bytes of items takes.</summary>
    public static int ListLength(int itemsLength) => HeaderLength(itemsLength) + itemsLength;

    /// <summary>Bytes that a big-endian number takes; leading zeros do not count.</summary>
    public static int IntegerLength(ReadOnlySpan<byte> bigEndian)
    {
        var trimmed = bigEndian.TrimStart((byte)0);
        return trimmed.Length == 1 && trimmed[0] < 0x80 ? 1 : HeaderLength(trimmed.Length) + trimmed.Length;
    }

    /// <summary>Bytes that a byte string takes.</summary>
    public static int StringLength(ReadOnlySpan<byte> bytes) =>
        bytes.Length == 1 && bytes[0] < 0x80 ? 1 : HeaderLength(bytes.Length) + bytes.Length;

    public void WriteString(scoped ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != 1 || bytes[0] >= 0x80)
        {
            WriteHeader(0x80, bytes.Length);
        }
        WriteRaw(bytes);
    }

    public void WriteRaw(scoped ReadOnlySpan<byte> encoded)
    {
        encoded.CopyTo(_destination[_position..]);
        _position += encoded.Length;
    }

    public void WriteByte(byte value) => _destination[_position++] = value;

    public void WriteListHeader(int itemsLength) => WriteHeader(0xc0, itemsLength);

    public void WriteInteger(scoped ReadOnlySpan<byte> bigEndian)
    {
        var trimmed = bigEndian.TrimStart((byte)0);
        if (trimmed.Length != 1 || trimmed[0] >= 0x80)
        {
            WriteHeader(0x80, trimmed.Length);
        }
        WriteRaw(trimmed);
    }

    private static int HeaderLength(int length) =>
        length <= 55 ? 1
        : length <= 0xff ? 2
        : length <= 0xffff ? 3
        : 4;

    private void WriteHeader(byte form, int length)
    {
        if (length <= 55)
        {
            WriteByte((byte)(form + length));
            return;
        }
        var lengthBytes = HeaderLength(length) - 1;
        WriteByte((byte)(form + 55 + lengthBytes));
        for (var shift = (lengthBytes - 1) * 8; shift >= 0; shift -= 8)
        {
            WriteByte((byte)((length >> shift) & 0xff));
        }
    }
}
