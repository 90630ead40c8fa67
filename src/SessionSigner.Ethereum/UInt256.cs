using System.Buffers.Binary;
using System.Numerics;

namespace SessionSigner.Ethereum;

/// <summary>An unsigned 256-bit integer: an amount, a chain id, a word of the EVM. Arithmetic reports overflow, it never wraps.</summary>
public readonly partial record struct UInt256 : IComparable<UInt256>, ISpanFormattable
{
    /// <summary>Length in bytes of the fixed-width form.</summary>
    public const int Size = 32;

    // Least significant word first.
    private readonly ulong _w0;
    private readonly ulong _w1;
    private readonly ulong _w2;
    private readonly ulong _w3;

    private UInt256(ulong w0, ulong w1, ulong w2, ulong w3)
    {
        _w0 = w0;
        _w1 = w1;
        _w2 = w2;
        _w3 = w3;
    }

    /// <summary>0.</summary>
    public static UInt256 Zero => default;

    /// <summary>1.</summary>
    public static UInt256 One => new(1, 0, 0, 0);

    /// <summary>2^256 - 1.</summary>
    public static UInt256 MaxValue => new(ulong.MaxValue, ulong.MaxValue, ulong.MaxValue, ulong.MaxValue);

    /// <summary>Whether this is 0.</summary>
    public bool IsZero => (_w0 | _w1 | _w2 | _w3) == 0;

    /// <summary>Number of bits without leading zeros: 0 for 0, 256 for the largest value.</summary>
    public int BitLength =>
        _w3 != 0 ? 256 - BitOperations.LeadingZeroCount(_w3)
        : _w2 != 0 ? 192 - BitOperations.LeadingZeroCount(_w2)
        : _w1 != 0 ? 128 - BitOperations.LeadingZeroCount(_w1)
        : 64 - BitOperations.LeadingZeroCount(_w0);

    /// <summary>Number of bytes without leading zeros: 0 for 0.</summary>
    public int ByteLength => (BitLength + 7) / 8;

    /// <summary>Widens.</summary>
    public static implicit operator UInt256(ulong value) => new(value, 0, 0, 0);

    /// <summary>Whether <paramref name="left"/> is smaller.</summary>
    public static bool operator <(UInt256 left, UInt256 right) => left.CompareTo(right) < 0;

    /// <summary>Whether <paramref name="left"/> is greater.</summary>
    public static bool operator >(UInt256 left, UInt256 right) => left.CompareTo(right) > 0;

    /// <summary>Whether <paramref name="left"/> is smaller or equal.</summary>
    public static bool operator <=(UInt256 left, UInt256 right) => left.CompareTo(right) <= 0;

    /// <summary>Whether <paramref name="left"/> is greater or equal.</summary>
    public static bool operator >=(UInt256 left, UInt256 right) => left.CompareTo(right) >= 0;

    /// <summary>Reads a big-endian number.</summary>
    /// <param name="bytes0to32">0 to 32 bytes; leading zeros are allowed.</param>
    /// <exception cref="ArgumentException">More than 32 bytes.</exception>
    public static UInt256 FromBigEndian(ReadOnlySpan<byte> bytes0to32)
    {
        if (bytes0to32.Length == Size)
        {
            return FromWord(bytes0to32);
        }
        if (bytes0to32.Length > Size)
        {
            throw new ArgumentException("A UInt256 has at most 32 bytes.", nameof(bytes0to32));
        }
        Span<byte> padded = stackalloc byte[Size];
        padded.Clear();
        bytes0to32.CopyTo(padded[(Size - bytes0to32.Length)..]);
        return FromWord(padded);
    }

    /// <summary>Writes 32 bytes, big-endian.</summary>
    public void WriteBigEndian(Span<byte> destination32)
    {
        BinaryPrimitives.WriteUInt64BigEndian(destination32[24..], _w0);
        BinaryPrimitives.WriteUInt64BigEndian(destination32[16..], _w1);
        BinaryPrimitives.WriteUInt64BigEndian(destination32[8..], _w2);
        BinaryPrimitives.WriteUInt64BigEndian(destination32, _w3);
    }

    /// <summary>The value if it is below 2^64.</summary>
    public bool TryToUInt64(out ulong value)
    {
        value = _w0;
        return (_w1 | _w2 | _w3) == 0;
    }

    /// <inheritdoc/>
    public int CompareTo(UInt256 other) =>
        _w3 != other._w3 ? _w3.CompareTo(other._w3)
        : _w2 != other._w2 ? _w2.CompareTo(other._w2)
        : _w1 != other._w1 ? _w1.CompareTo(other._w1)
        : _w0.CompareTo(other._w0);

    private static UInt256 FromWord(ReadOnlySpan<byte> bytes32) =>
        new(
            BinaryPrimitives.ReadUInt64BigEndian(bytes32[24..]),
            BinaryPrimitives.ReadUInt64BigEndian(bytes32[16..]),
            BinaryPrimitives.ReadUInt64BigEndian(bytes32[8..]),
            BinaryPrimitives.ReadUInt64BigEndian(bytes32)
        );
}
