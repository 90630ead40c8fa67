using System.Buffers.Binary;

namespace SessionSigner.Grants;

/// <summary>
/// Reads the data types of SSH from bytes that are already in memory: a length beyond the rest is refused, nothing is allocated.
/// SPEC: RFC 4251 section 5.
/// </summary>
internal ref struct SshReader(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _rest = bytes;

    /// <summary>Whether every byte was read.</summary>
    public readonly bool IsAtEnd => _rest.IsEmpty;

    /// <summary>Reads bytes without a length before them.</summary>
    public bool TryReadExactly(ReadOnlySpan<byte> expected)
    {
        if (!_rest.StartsWith(expected))
        {
            return false;
        }
        _rest = _rest[expected.Length..];
        return true;
    }

    public bool TryReadByte(out byte value)
    {
        value = 0;
        if (_rest.IsEmpty)
        {
            return false;
        }
        value = _rest[0];
        _rest = _rest[1..];
        return true;
    }

    public bool TryReadUInt32(out uint value)
    {
        if (!BinaryPrimitives.TryReadUInt32BigEndian(_rest, out value))
        {
            return false;
        }
        _rest = _rest[sizeof(uint)..];
        return true;
    }

    public bool TryReadString(out ReadOnlySpan<byte> value)
    {
        value = default;
        if (!TryReadUInt32(out var length) || length > (uint)_rest.Length)
        {
            return false;
        }
        value = _rest[..(int)length];
        _rest = _rest[(int)length..];
        return true;
    }

    /// <summary>Reads a string of printable ASCII.</summary>
    public bool TryReadText(int lengthMin, int lengthMax, out string value)
    {
        value = "";
        if (
            !TryReadString(out var bytes)
            || bytes.Length < lengthMin
            || bytes.Length > lengthMax
            || bytes.ContainsAnyExceptInRange((byte)' ', (byte)'~')
        )
        {
            return false;
        }
        value = System.Text.Encoding.ASCII.GetString(bytes);
        return true;
    }

    /// <summary>Reads a number above 0 in its shortest form and writes it with leading zeros.</summary>
    public bool TryReadPositive(Span<byte> bigEndian)
    {
        if (!TryReadString(out var number) || number.IsEmpty || (number[0] & 0x80) != 0)
        {
            return false;
        }
        if (number[0] == 0)
        {
            // A zero is there only to keep the number positive; the number 0 has no bytes.
            if (number.Length == 1 || (number[1] & 0x80) == 0)
            {
                return false;
            }
            number = number[1..];
        }
        if (number.Length > bigEndian.Length)
        {
            return false;
        }
        bigEndian.Clear();
        number.CopyTo(bigEndian[^number.Length..]);
        return true;
    }
}
