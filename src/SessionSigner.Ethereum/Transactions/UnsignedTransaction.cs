namespace SessionSigner.Ethereum;

/// <summary>An EIP-7702 authorization, signed already by the account that it gives code: who that is follows from its signature, which is not looked at here.</summary>
/// <param name="ChainId">The chain it is valid on; 0 for every chain.</param>
/// <param name="Delegate">The contract whose code the account gets; the zero address takes the account's code away.</param>
/// <param name="Nonce">The account's nonce at which it is valid, below 2^64.</param>
public sealed record CodeAuthorization(UInt256 ChainId, Address Delegate, UInt256 Nonce);

/// <summary>An Ethereum transaction before it is signed, decoded from the exact bytes whose hash is signed. Immutable; keeps its own copy of the bytes.</summary>
public sealed class UnsignedTransaction
{
    /// <summary>The longest serialization accepted, in bytes: nodes do not relay longer transactions.</summary>
    public const int SizeMax = 128 * 1024;

    private readonly byte[] _serialized;

    internal UnsignedTransaction(byte[] serialized)
    {
        _serialized = serialized;
        SigningHash = Keccak256.Hash(serialized);
    }

    /// <summary>Kind of transaction.</summary>
    public TransactionType Type { get; internal init; }

    /// <summary>The chain it is for, at least 1; null for a legacy transaction that any chain accepts (before EIP-155).</summary>
    public UInt256? ChainId { get; internal init; }

    /// <summary>The sender's transaction count, below 2^64 - 1 (EIP-2681).</summary>
    public UInt256 Nonce { get; internal init; }

    /// <summary>Gas units at most, below 2^64.</summary>
    public UInt256 GasLimit { get; internal init; }

    /// <summary>Wei per gas unit of types 0 and 1; 0 for the others.</summary>
    public UInt256 GasPrice { get; internal init; }

    /// <summary>The most wei per gas unit it can cost: the fee cap, or for types 0 and 1 the gas price.</summary>
    public UInt256 MaxFeePerGas { get; internal init; }

    /// <summary>The most wei per gas unit that go to the block's proposer: the priority fee, or for types 0 and 1 the gas price.</summary>
    public UInt256 MaxPriorityFeePerGas { get; internal init; }

    /// <summary>The most wei that its gas can cost, without that of blobs: <see cref="GasLimit"/> times <see cref="MaxFeePerGas"/>, or 2^256-1 if that is more.</summary>
    public UInt256 GasCostMax => UInt256.TryMultiply(GasLimit, MaxFeePerGas, out var cost) ? cost : UInt256.MaxValue;

    /// <summary>The called account; null creates a contract.</summary>
    public Address? To { get; internal init; }

    /// <summary>Wei transferred.</summary>
    public UInt256 Value { get; internal init; }

    /// <summary>Calldata, or the code that creates the contract.</summary>
    public ReadOnlyMemory<byte> Data { get; internal init; }

    /// <summary>Number of addresses in the access list.</summary>
    public int AccessListCount { get; internal init; }

    /// <summary>Number of blobs.</summary>
    public int BlobHashCount { get; internal init; }

    /// <summary>The most wei per unit of blob gas; 0 if not of type 3.</summary>
    public UInt256 MaxFeePerBlobGas { get; internal init; }

    /// <summary>The EIP-7702 authorizations; empty if not of type 4.</summary>
    public IReadOnlyList<CodeAuthorization> Authorizations { get; internal init; } = [];

    /// <summary>What the sender signs.</summary>
    public Hash32 SigningHash { get; }

    /// <summary>The bytes it was decoded from.</summary>
    public ReadOnlyMemory<byte> Serialized => _serialized;

    // The items of the RLP list that a signed transaction shares with the unsigned one.
    internal Range SignedItems { get; init; }

    /// <summary>Decodes a transaction, accepting only canonical RLP with exactly the fields of its type and nothing after them.</summary>
    /// <param name="serialized">The unsigned serialization: the type byte and the RLP list without signature; for type 0 the list of 6 fields, or of 9 with chain id, 0, 0.</param>
    /// <param name="transaction">The transaction, or null.</param>
    /// <param name="fault">Which field is wrong and how; empty if none.</param>
    public static bool TryDecode(ReadOnlySpan<byte> serialized, out UnsignedTransaction? transaction, out string fault)
    {
        transaction = TransactionDecoder.Decode(serialized, out fault);
        return transaction is not null;
    }

    /// <summary>The signed transaction, ready to be sent to a node.</summary>
    /// <param name="signature65">r, s (32 bytes each, big-endian) and the parity of y, 0 or 1. Not verified here.</param>
    /// <exception cref="ArgumentException">Another length or parity.</exception>
    public byte[] EncodeSigned(ReadOnlySpan<byte> signature65)
    {
        if (signature65.Length != 65 || signature65[64] > 1)
        {
            throw new ArgumentException("Expected r, s and the parity of y.", nameof(signature65));
        }
        Span<byte> v = stackalloc byte[UInt256.Size + 2];
        WriteV(v, signature65[64]);
        var r = signature65[..32];
        var s = signature65[32..64];
        var fields = _serialized.AsSpan(SignedItems);
        var itemsLength = fields.Length + RlpWriter.IntegerLength(v) + RlpWriter.IntegerLength(r) + RlpWriter.IntegerLength(s);
        var typeLength = Type == TransactionType.Legacy ? 0 : 1;
        var signed = new byte[typeLength + RlpWriter.ListLength(itemsLength)];
        var writer = new RlpWriter(signed);
        if (typeLength == 1)
        {
            writer.WriteByte((byte)Type);
        }
        writer.WriteListHeader(itemsLength);
        writer.WriteRaw(fields);
        writer.WriteInteger(v);
        writer.WriteInteger(r);
        writer.WriteInteger(s);
        return signed;
    }

    // SPEC: EIP-155 "v of the signature MUST be set to {0,1} + CHAIN_ID * 2 + 35", which takes more than 256 bits for the largest chain ids.
    private void WriteV(Span<byte> v34, byte parity)
    {
        v34.Clear();
        if (Type != TransactionType.Legacy)
        {
            v34[^1] = parity;
            return;
        }
        ChainId.GetValueOrDefault().WriteBigEndian(v34[2..]);
        var carry = ChainId is null ? 27 + parity : 35 + parity;
        for (var i = v34.Length - 1; i >= 0; i--)
        {
            var sum = (v34[i] * 2) + carry;
            v34[i] = (byte)(sum & 0xff);
            carry = sum >> 8;
        }
    }
}
