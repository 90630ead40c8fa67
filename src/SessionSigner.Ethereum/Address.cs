using System.Buffers.Binary;

namespace SessionSigner.Ethereum;

/// <summary>A 20-byte account or contract address. Its text form is always checksummed.</summary>
public readonly record struct Address : ISpanFormattable
{
    /// <summary>Length in bytes.</summary>
    public const int Size = 20;

    private const int TextLength = 42;

    private readonly ulong _a;
    private readonly ulong _b;
    private readonly uint _c;

    /// <param name="bytes20">Exactly 20 bytes.</param>
    /// <exception cref="ArgumentException">Another length.</exception>
    public Address(ReadOnlySpan<byte> bytes20)
    {
        if (bytes20.Length != Size)
        {
            throw new ArgumentException("An address has exactly 20 bytes.", nameof(bytes20));
        }
        _a = BinaryPrimitives.ReadUInt64BigEndian(bytes20);
        _b = BinaryPrimitives.ReadUInt64BigEndian(bytes20[8..]);
        _c = BinaryPrimitives.ReadUInt32BigEndian(bytes20[16..]);
    }

    /// <summary>Whether this is the zero address.</summary>
    public bool IsZero => _a == 0 && _b == 0 && _c == 0;

    /// <summary>Reads an address with its exact EIP-55 checksum; every other spelling, also all lower case, is refused.</summary>
    public static bool TryParseChecksummed(ReadOnlySpan<char> text, out Address address)
    {
        if (TryParseAnyCase(text, out address) && address.HasText(text))
        {
            return true;
        }
        address = default;
        return false;
    }

    /// <summary>The address of a secp256k1 public key: the last 20 bytes of the hash of its point.</summary>
    /// <param name="compressed33">A public key in SEC1 compressed form.</param>
    /// <exception cref="ArgumentException">Not a point of the curve.</exception>
    public static Address FromPublicKey(ReadOnlySpan<byte> compressed33)
    {
        Span<byte> uncompressed65 = stackalloc byte[65];
        if (!Secp256k1.TryDecompress(compressed33, uncompressed65))
        {
            throw new ArgumentException("The public key is not a compressed point of secp256k1.", nameof(compressed33));
        }
        Span<byte> hash32 = stackalloc byte[Keccak256.Size];
        Keccak256.Hash(uncompressed65[1..], hash32);
        return new Address(hash32[12..]);
    }

    /// <summary>Writes the 20 bytes.</summary>
    public void CopyTo(Span<byte> destination20)
    {
        BinaryPrimitives.WriteUInt64BigEndian(destination20, _a);
        BinaryPrimitives.WriteUInt64BigEndian(destination20[8..], _b);
        BinaryPrimitives.WriteUInt32BigEndian(destination20[16..], _c);
    }

    /// <summary>A new array of the 20 bytes.</summary>
    public byte[] ToArray()
    {
        var bytes = new byte[Size];
        CopyTo(bytes);
        return bytes;
    }

    /// <summary>0x and 40 hexadecimal digits with the EIP-55 checksum.</summary>
    public override string ToString() =>
        string.Create(TextLength, this, static (span, address) => address.TryFormat(span, out _, default, null));

    /// <inheritdoc/>
    public string ToString(string? format, IFormatProvider? formatProvider) => ToString();

    /// <inheritdoc/>
    public bool TryFormat(Span<char> destination, out int charsWritten, ReadOnlySpan<char> format, IFormatProvider? provider)
    {
        charsWritten = 0;
        if (destination.Length < TextLength)
        {
            return false;
        }
        Span<byte> bytes = stackalloc byte[Size];
        CopyTo(bytes);
        var digits = destination[2..TextLength];
        Convert.TryToHexStringLower(bytes, digits, out _);

        // SPEC: EIP-55 "convert the address to hex, but if the ith digit is a letter print it in uppercase if the 4*ith bit of the hash of the lowercase hexadecimal address is 1".
        Span<byte> ascii = stackalloc byte[40];
        for (var i = 0; i < digits.Length; i++)
        {
            ascii[i] = (byte)digits[i];
        }
        Span<byte> hash32 = stackalloc byte[Keccak256.Size];
        Keccak256.Hash(ascii, hash32);
        for (var i = 0; i < digits.Length; i++)
        {
            var nibble = (i & 1) == 0 ? hash32[i / 2] >> 4 : hash32[i / 2] & 0xf;
            if (nibble >= 8 && digits[i] >= 'a')
            {
                digits[i] = (char)(digits[i] - 32);
            }
        }
        destination[0] = '0';
        destination[1] = 'x';
        charsWritten = TextLength;
        return true;
    }

    /// <summary>As <see cref="TryParseChecksummed"/>, or all lower case, which claims no checksum: for payloads that other software writes.</summary>
    internal static bool TryParseLowerOrChecksummed(ReadOnlySpan<char> text, out Address address) =>
        text.ContainsAnyInRange('A', 'Z') ? TryParseChecksummed(text, out address) : TryParseAnyCase(text, out address);

    private static bool TryParseAnyCase(ReadOnlySpan<char> text, out Address address)
    {
        address = default;
        Span<byte> bytes = stackalloc byte[Size];
        if (
            text.Length != TextLength
            || text[0] != '0'
            || text[1] != 'x'
            || Convert.FromHexString(text[2..], bytes, out _, out _) != System.Buffers.OperationStatus.Done
        )
        {
            return false;
        }
        address = new Address(bytes);
        return true;
    }

    private bool HasText(ReadOnlySpan<char> text)
    {
        Span<char> own = stackalloc char[TextLength];
        TryFormat(own, out _, default, null);
        return text.SequenceEqual(own);
    }
}
