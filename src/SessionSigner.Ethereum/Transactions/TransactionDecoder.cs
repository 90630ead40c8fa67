namespace SessionSigner.Ethereum;

/// <summary>Decodes the unsigned serialization of every transaction type. One pass over the bytes; allocates only the result.</summary>
internal static class TransactionDecoder
{
    public static UnsignedTransaction? Decode(ReadOnlySpan<byte> serialized, out string fault)
    {
        if (serialized.IsEmpty || serialized.Length > UnsignedTransaction.SizeMax)
        {
            fault = serialized.IsEmpty ? "transaction: empty" : $"transaction: longer than {UnsignedTransaction.SizeMax} bytes";
            return null;
        }
        var isTyped = serialized[0] < 0xc0;
        if (isTyped && serialized[0] is 0 or > (byte)TransactionType.SetCode)
        {
            fault = "type: unknown";
            return null;
        }
        var outer = new RlpReader(serialized, start: isTyped ? 1 : 0);
        if (!outer.TryReadList(out var items))
        {
            fault = "transaction: not one canonical RLP list";
            return null;
        }
        if (!outer.IsAtEnd)
        {
            fault = "transaction: bytes follow it";
            return null;
        }
        return Decode(
            isTyped ? (TransactionType)serialized[0] : TransactionType.Legacy,
            new TransactionFields(items),
            serialized,
            out fault
        );
    }

    private static UnsignedTransaction? Decode(
        TransactionType type,
        TransactionFields fields,
        ReadOnlySpan<byte> serialized,
        out string fault
    )
    {
        var isLegacy = type == TransactionType.Legacy;
        var hasFeeCap = type >= TransactionType.DynamicFee;
        var start = fields.Position;

        UInt256? chainId = isLegacy ? null : fields.ChainId();
        var nonce = fields.Nonce();
        var priorityFee = hasFeeCap ? fields.Integer("max_priority_fee_per_gas") : default;
        var fee = fields.Integer(hasFeeCap ? "max_fee_per_gas" : "gas_price");
        var gasLimit = fields.Integer("gas_limit", bitsMax: 64);
        var to = fields.To(mayBeEmpty: type <= TransactionType.DynamicFee);
        var value = fields.Integer("value");
        var data = fields.Bytes("data");
        var accessListCount = isLegacy ? 0 : fields.AccessList();
        var blobFee = type == TransactionType.Blob ? fields.Integer("max_fee_per_blob_gas") : default;
        var blobHashCount = type == TransactionType.Blob ? fields.BlobHashes() : 0;
        IReadOnlyList<CodeAuthorization> authorizations = type == TransactionType.SetCode ? fields.Authorizations() : [];
        var end = fields.Position;
        if (isLegacy && !fields.IsAtEnd)
        {
            // SPEC: EIP-155 "you SHOULD hash nine rlp encoded elements (nonce, gasprice, startgas, to, value, data, chainid, 0, 0)".
            chainId = fields.ChainId();
            fields.Zero("r");
            fields.Zero("s");
        }
        fields.End();

        fault = fields.Fault;
        if (fault.Length > 0)
        {
            return null;
        }
        var copy = serialized.ToArray();
        return new UnsignedTransaction(copy)
        {
            Type = type,
            ChainId = chainId,
            Nonce = nonce,
            GasLimit = gasLimit,
            GasPrice = hasFeeCap ? default : fee,
            MaxFeePerGas = fee,
            MaxPriorityFeePerGas = hasFeeCap ? priorityFee : fee,
            To = to,
            Value = value,
            Data = copy.AsMemory(data),
            AccessListCount = accessListCount,
            MaxFeePerBlobGas = blobFee,
            BlobHashCount = blobHashCount,
            Authorizations = authorizations,
            SignedItems = start..end,
        };
    }
}
