namespace SessionSigner.Ethereum;

/// <summary>
/// Reads RLP items one after another, accepting only the canonical encoding of each. Never recurses: a list is a reader of its own, so the depth is
/// what the caller asks for. After a failed read the reader's position is unspecified.
/// </summary>
/// <remarks>SPEC: Ethereum yellow paper, appendix B, in its shortest forms.</remarks>
internal ref struct RlpReader
{
    private readonly ReadOnlySpan<byte> _data;
    private readonly int _end;

    public RlpReader(ReadOnlySpan<byte> data, int start)
        : this(data, start, data.Length) { }

    private RlpReader(ReadOnlySpan<byte> data, int start, int end)
    {
        _data = data;
        Position = start;
        _end = end;
    }

    /// <summary>Where the next item begins, counted from the start of the outermost data.</summary>
    public int Position { get; private set; }

    public readonly bool IsAtEnd => Position == _end;

    public bool TryReadString(out ReadOnlySpan<byte> content)
    {
        content = default;
        if (!TryReadHeader(out var isList, out var length) || isList)
        {
            return false;
        }
        content = _data.Slice(Position, length);
        Position += length;
        return true;
    }

    public bool TryReadList(out RlpReader items)
    {
        items = default;
        if (!TryReadHeader(out var isList, out var length) || !isList)
        {
            return false;
        }
        items = new RlpReader(_data, Position, Position + length);
        Position += length;
        return true;
    }

    /// <summary>Reads a number of at most <paramref name="bitsMax"/> bits without leading zero bytes.</summary>
    public bool TryReadInteger(int bitsMax, out UInt256 value)
    {
        value = default;
        if (!TryReadString(out var bytes) || bytes.Length > bitsMax / 8 || (bytes.Length > 0 && bytes[0] == 0))
        {
            return false;
        }
        value = UInt256.FromBigEndian(bytes);
        return true;
    }

    private bool TryReadHeader(out bool isList, out int length)
    {
        isList = false;
        length = 0;
        if (Position >= _end)
        {
            return false;
        }
        var first = _data[Position];
        if (first < 0x80)
        {
            length = 1; // The byte is its own content.
            return true;
        }
        isList = first >= 0xc0;
        var form = first - (isList ? 0xc0 : 0x80);
        Position++;
        if (form <= 55)
        {
            length = form;
            return length <= _end - Position && !(length == 1 && !isList && _data[Position] < 0x80);
        }
        return TryReadLongLength(form - 55, out length);
    }

    private bool TryReadLongLength(int lengthBytes, out int length)
    {
        length = 0;
        // Four bytes of length are more than any transaction has.
        if (lengthBytes > 3 || lengthBytes > _end - Position || _data[Position] == 0)
        {
            return false;
        }
        for (var i = 0; i < lengthBytes; i++)
        {
            length = (length << 8) | _data[Position + i];
        }
        Position += lengthBytes;
        return length > 55 && length <= _end - Position;
    }
}
