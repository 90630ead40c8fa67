namespace SessionSigner.Ethereum;

/// <summary>The fields of a transaction of type 2 (EIP-1559) without an access list, from which its unsigned serialization is made.</summary>
public sealed record DynamicFeeTransaction
{
    /// <summary>The chain.</summary>
    public required UInt256 ChainId { get; init; }

    /// <summary>The sender's transaction count.</summary>
    public required UInt256 Nonce { get; init; }

    /// <summary>Wei per gas unit for the block's proposer at most.</summary>
    public required UInt256 MaxPriorityFeePerGas { get; init; }

    /// <summary>Wei per gas unit at most.</summary>
    public required UInt256 MaxFeePerGas { get; init; }

    /// <summary>Gas units at most.</summary>
    public required UInt256 GasLimit { get; init; }

    /// <summary>The called account; null creates a contract.</summary>
    public required Address? To { get; init; }

    /// <summary>Wei transferred.</summary>
    public required UInt256 Value { get; init; }

    /// <summary>Calldata.</summary>
    public required ReadOnlyMemory<byte> Data { get; init; }

    /// <summary>What a sender hashes and signs. Not checked here: <see cref="UnsignedTransaction.TryDecode"/> says whether it is a transaction.</summary>
    public byte[] EncodeUnsigned()
    {
        UInt256[] head = [ChainId, Nonce, MaxPriorityFeePerGas, MaxFeePerGas, GasLimit];
        var to = new byte[To is null ? 0 : Address.Size];
        To?.CopyTo(to);
        Span<byte> word = stackalloc byte[UInt256.Size];
        var itemsLength = RlpWriter.StringLength(to) + RlpWriter.StringLength(Data.Span) + RlpWriter.ListLength(0);
        foreach (var number in (ReadOnlySpan<UInt256>)[.. head, Value])
        {
            number.WriteBigEndian(word);
            itemsLength += RlpWriter.IntegerLength(word);
        }
        var bytes = new byte[1 + RlpWriter.ListLength(itemsLength)];
        var writer = new RlpWriter(bytes);
        writer.WriteByte((byte)TransactionType.DynamicFee);
        writer.WriteListHeader(itemsLength);
        foreach (var number in head)
        {
            number.WriteBigEndian(word);
            writer.WriteInteger(word);
        }
        writer.WriteString(to);
        Value.WriteBigEndian(word);
        writer.WriteInteger(word);
        writer.WriteString(Data.Span);
        writer.WriteListHeader(0);
        return bytes;
    }
}
