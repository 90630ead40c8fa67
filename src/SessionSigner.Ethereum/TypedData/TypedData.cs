namespace SessionSigner.Ethereum;

/// <summary>An EIP-712 message, decoded from JSON as eth_signTypedData_v4 takes it. Immutable.</summary>
public sealed class TypedData
{
    /// <summary>The longest JSON accepted, in bytes.</summary>
    public const int SizeMax = 256 * 1024;

    internal TypedData(TypedDataStruct type, TypedDataDomain domain, Hash32 domainSeparator, AbiValue.Tuple message, Hash32 digest)
    {
        Type = type;
        Domain = domain;
        DomainSeparator = domainSeparator;
        Message = message;
        Digest = digest;
    }

    /// <summary>The primary type.</summary>
    public TypedDataStruct Type { get; }

    /// <summary>Name of the primary type.</summary>
    public string PrimaryType => Type.Name;

    /// <summary>encodeType of the primary type.</summary>
    public string EncodedType => Type.EncodedType;

    /// <summary>Hash of <see cref="EncodedType"/>.</summary>
    public Hash32 TypeHash => Type.TypeHash;

    /// <summary>The domain.</summary>
    public TypedDataDomain Domain { get; }

    /// <summary>hashStruct of the domain.</summary>
    public Hash32 DomainSeparator { get; }

    /// <summary>The message: the values of the primary type's members.</summary>
    public AbiValue.Tuple Message { get; }

    /// <summary>What is signed: the hash of 0x19 0x01, the domain separator and the message's hash.</summary>
    public Hash32 Digest { get; }

    /// <summary>Parses a message.</summary>
    /// <param name="utf8Json">An object of exactly domain, types, primaryType and message; at most <see cref="SizeMax"/> bytes.</param>
    /// <param name="data">The message, or null.</param>
    /// <param name="fault">Path and reason of the first fault; empty if none.</param>
    public static bool TryParse(ReadOnlyMemory<byte> utf8Json, out TypedData? data, out string fault)
    {
        data = TypedDataReader.Read(utf8Json.Span, out fault);
        return data is not null;
    }
}
