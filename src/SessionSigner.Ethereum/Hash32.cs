using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace SessionSigner.Ethereum;

/// <summary>A 32-byte value: a Keccak-256 or SHA-256 hash, a digest to sign, an identifier. Immutable.</summary>
public readonly record struct Hash32 : ISpanFormattable
{
    /// <summary>Length in bytes.</summary>
    public const int Size = 32;

    private readonly ulong _a;
    private readonly ulong _b;
    private readonly ulong _c;
    private readonly ulong _d;

    /// <param name="bytes32">Exactly 32 bytes.</param>
    /// <exception cref="ArgumentException">Another length.</exception>
    public Hash32(ReadOnlySpan<byte> bytes32)
    {
        if (bytes32.Length != Size)
        {
            throw new ArgumentException("A Hash32 has exactly 32 bytes.", nameof(bytes32));
        }
        _a = BinaryPrimitives.ReadUInt64BigEndian(bytes32);
        _b = BinaryPrimitives.ReadUInt64BigEndian(bytes32[8..]);
        _c = BinaryPrimitives.ReadUInt64BigEndian(bytes32[16..]);
        _d = BinaryPrimitives.ReadUInt64BigEndian(bytes32[24..]);
    }

    /// <summary>Writes the 32 bytes.</summary>
    public void CopyTo(Span<byte> destination32)
    {
        BinaryPrimitives.WriteUInt64BigEndian(destination32, _a);
        BinaryPrimitives.WriteUInt64BigEndian(destination32[8..], _b);
        BinaryPrimitives.WriteUInt64BigEndian(destination32[16..], _c);
        BinaryPrimitives.WriteUInt64BigEndian(destination32[24..], _d);
    }

    /// <summary>A new array of the 32 bytes.</summary>
    public byte[] ToArray()
    {
        var bytes = new byte[Size];
        CopyTo(bytes);
        return bytes;
    }

    /// <summary>Reads 0x and 64 hexadecimal digits of either case; anything else is false.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out Hash32 value)
    {
        value = default;
        if (text.Length != 66 || text[0] != '0' || text[1] != 'x')
        {
            return false;
        }
        Span<byte> bytes = stackalloc byte[Size];
        if (Convert.FromHexString(text[2..], bytes, out _, out var written) != System.Buffers.OperationStatus.Done || written != Size)
        {
            return false;
        }
        value = new Hash32(bytes);
        return true;
    }

    /// <summary>0x and 64 lower-case hexadecimal digits.</summary>
    public override string ToString() => string.Create(66, this, static (span, hash) => hash.TryFormat(span, out _, default, null));

    /// <inheritdoc/>
    public string ToString(string? format, IFormatProvider? formatProvider) => ToString();

    /// <inheritdoc/>
    [SkipLocalsInit]
    public bool TryFormat(Span<char> destination, out int charsWritten, ReadOnlySpan<char> format, IFormatProvider? provider)
    {
        charsWritten = 0;
        if (destination.Length < 66)
        {
            return false;
        }
        Span<byte> bytes = stackalloc byte[Size];
        CopyTo(bytes);
        destination[0] = '0';
        destination[1] = 'x';
        Convert.TryToHexStringLower(bytes, destination[2..], out var written);
        charsWritten = written + 2;
        return true;
    }
}
