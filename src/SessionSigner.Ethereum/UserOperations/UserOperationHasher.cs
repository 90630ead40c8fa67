namespace SessionSigner.Ethereum;

/// <summary>getUserOpHash of the EntryPoints.</summary>
internal static class UserOperationHasher
{
    // SPEC: EntryPoint v0.8 PACKED_USEROP_TYPEHASH.
    private static readonly Hash32 s_typeHash = Keccak256.Hash(
        "PackedUserOperation(address sender,uint256 nonce,bytes initCode,bytes callData,bytes32 accountGasLimits,uint256 preVerificationGas,bytes32 gasFees,bytes paymasterAndData)"u8
    );
    private static readonly Hash32 s_domainTypeHash = Keccak256.Hash(
        "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"u8
    );
    private static readonly Hash32 s_domainName = Keccak256.Hash("ERC4337"u8);
    private static readonly Hash32 s_domainVersion = Keccak256.Hash("1"u8);

    public static Hash32 Hash(UserOperation operation) =>
        operation.Version switch
        {
            EntryPointVersion.V06 => Bind(operation, HashUnpacked(operation)),
            EntryPointVersion.V07 => Bind(operation, HashPacked(operation, typeHash: null)),
            EntryPointVersion.V08 or EntryPointVersion.V09 => TypedDataHasher.Digest(
                DomainOf(operation),
                HashPacked(operation, s_typeHash)
            ),
            _ => throw new InvalidOperationException("The version of the EntryPoint is not stated."),
        };

    // SPEC: EntryPoint v0.6 UserOperationLib.pack.
    private static Hash32 HashUnpacked(UserOperation operation)
    {
        var words = new Words();
        words.Append(operation.Sender);
        words.Append(operation.Nonce);
        words.Append(Keccak256.Hash(operation.InitCode.Span));
        words.Append(Keccak256.Hash(operation.CallData.Span));
        words.Append(operation.CallGasLimit);
        words.Append(operation.VerificationGasLimit);
        words.Append(operation.PreVerificationGas);
        words.Append(operation.MaxFeePerGas);
        words.Append(operation.MaxPriorityFeePerGas);
        words.Append(Keccak256.Hash(operation.PaymasterAndData.Span));
        return words.Finish();
    }

    // SPEC: EntryPoint v0.7 and later UserOperationLib.encode: two numbers of 128 bits in a word, the first one above.
    private static Hash32 HashPacked(UserOperation operation, Hash32? typeHash)
    {
        var words = new Words();
        if (typeHash is { } type)
        {
            words.Append(type);
        }
        words.Append(operation.Sender);
        words.Append(operation.Nonce);
        words.Append(Keccak256.Hash(operation.InitCode.Span));
        words.Append(Keccak256.Hash(operation.CallData.Span));
        words.AppendPair(operation.VerificationGasLimit, operation.CallGasLimit);
        words.Append(operation.PreVerificationGas);
        words.AppendPair(operation.MaxPriorityFeePerGas, operation.MaxFeePerGas);
        words.Append(Keccak256.Hash(operation.PaymasterAndData.Span));
        return words.Finish();
    }

    private static Hash32 Bind(UserOperation operation, Hash32 hash)
    {
        var words = new Words();
        words.Append(hash);
        words.Append(operation.EntryPoint);
        words.Append(operation.ChainId);
        return words.Finish();
    }

    private static Hash32 DomainOf(UserOperation operation)
    {
        var words = new Words();
        words.Append(s_domainTypeHash);
        words.Append(s_domainName);
        words.Append(s_domainVersion);
        words.Append(operation.ChainId);
        words.Append(operation.EntryPoint);
        return words.Finish();
    }

    /// <summary>Hashes the ABI encoding of static values.</summary>
    private struct Words()
    {
        private const int HalfWord = UInt256.Size / 2;

        private Keccak256Sponge _sponge = new();

        public void Append(UInt256 value)
        {
            Span<byte> word32 = stackalloc byte[UInt256.Size];
            value.WriteBigEndian(word32);
            _sponge.Append(word32);
        }

        public void Append(Hash32 value)
        {
            Span<byte> word32 = stackalloc byte[Hash32.Size];
            value.CopyTo(word32);
            _sponge.Append(word32);
        }

        public void Append(Address value)
        {
            Span<byte> word32 = stackalloc byte[UInt256.Size];
            word32.Clear();
            value.CopyTo(word32[^Address.Size..]);
            _sponge.Append(word32);
        }

        public void AppendPair(UInt256 upper, UInt256 lower)
        {
            Span<byte> word32 = stackalloc byte[UInt256.Size];
            Span<byte> upper32 = stackalloc byte[UInt256.Size];
            lower.WriteBigEndian(word32);
            upper.WriteBigEndian(upper32);
            upper32[HalfWord..].CopyTo(word32);
            _sponge.Append(word32);
        }

        public Hash32 Finish() => _sponge.Finish();
    }
}
