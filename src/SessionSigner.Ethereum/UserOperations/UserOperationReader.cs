namespace SessionSigner.Ethereum;

/// <summary>Reads a user operation's members by the version of its EntryPoint.</summary>
internal static class UserOperationReader
{
    private const int HalfWord = UInt256.Size / 2;

    // SPEC: EntryPoint v0.8 "INITCODE_EIP7702_MARKER": the hash then has the sender's delegate in it, which only the chain knows.
    private static readonly Address s_delegateMarker = new([0x77, 0x02, .. new byte[Address.Size - 2]]);

    // SPEC: EntryPoint v0.9 "PAYMASTER_SIG_MAGIC": what comes before it is then not all in the hash.
    private static readonly byte[] s_paymasterSignatureMarker = [0x22, 0xe3, 0x25, 0xa2, 0x97, 0x43, 0x96, 0x56];

    private static readonly string[] s_common =
    [
        "sender",
        "nonce",
        "callData",
        "callGasLimit",
        "verificationGasLimit",
        "preVerificationGas",
        "maxFeePerGas",
        "maxPriorityFeePerGas",
    ];
    private static readonly string[] s_v06 = [.. s_common, "initCode", "paymasterAndData"];
    private static readonly string[] s_factory = ["factory", "factoryData"];
    private static readonly string[] s_paymaster =
    [
        "paymaster",
        "paymasterVerificationGasLimit",
        "paymasterPostOpGasLimit",
        "paymasterData",
    ];
    private static readonly string[] s_v07 = [.. s_common, .. s_factory, .. s_paymaster];

    public static UserOperation? Read(
        EntryPointVersion version,
        Address entryPoint,
        UInt256 chainId,
        ReadOnlySpan<byte> utf8Json,
        out string fault
    )
    {
        if (version is not (EntryPointVersion.V06 or EntryPointVersion.V07 or EntryPointVersion.V08 or EntryPointVersion.V09))
        {
            fault = "user operation: the version of the EntryPoint is not stated";
            return null;
        }
        if (entryPoint.IsZero || chainId.IsZero)
        {
            fault = "user operation: the EntryPoint and the chain must not be zero";
            return null;
        }
        var isOld = version == EntryPointVersion.V06;
        var members = UserOperationMembers.Read(utf8Json, isOld ? s_v06 : s_v07);
        if (members.Fault.Length > 0)
        {
            fault = members.Fault;
            return null;
        }
        var (factory, initCode) = isOld ? ReadPacked(members, "initCode") : ReadFactory(members);
        var paymaster = isOld ? ReadOldPaymaster(members) : ReadPaymaster(members);
        if (factory == s_delegateMarker)
        {
            members.Fail("factory: the marker of an EIP-7702 account, whose hash only the chain knows");
        }
        var operation = new UserOperation
        {
            Version = version,
            EntryPoint = entryPoint,
            ChainId = chainId,
            Sender = members.Address("sender"),
            Nonce = members.Quantity("nonce", 256),
            Factory = factory,
            InitCode = initCode,
            CallData = members.Bytes("callData"),
            CallGasLimit = Gas(members, "callGasLimit"),
            VerificationGasLimit = Gas(members, "verificationGasLimit"),
            PreVerificationGas = Gas(members, "preVerificationGas"),
            MaxFeePerGas = Gas(members, "maxFeePerGas"),
            MaxPriorityFeePerGas = Gas(members, "maxPriorityFeePerGas"),
            Paymaster = paymaster.Address,
            PaymasterVerificationGasLimit = paymaster.VerificationGasLimit,
            PaymasterPostOpGasLimit = paymaster.PostOpGasLimit,
            PaymasterAndData = paymaster.Packed,
        };
        fault = members.Fault;
        return fault.Length == 0 ? operation : null;
    }

    private static UInt256 Gas(UserOperationMembers members, string name) => members.Quantity(name, UserOperation.GasBits);

    private static (Address? Address, byte[] Packed) ReadFactory(UserOperationMembers members)
    {
        if (!s_factory.Any(members.Has))
        {
            return (null, []);
        }
        var factory = members.Address("factory");
        return (factory, [.. factory.ToArray(), .. members.Bytes("factoryData")]);
    }

    private static Paying ReadPaymaster(UserOperationMembers members)
    {
        if (!s_paymaster.Any(members.Has))
        {
            return new Paying(null, UInt256.Zero, UInt256.Zero, []);
        }
        var paymaster = members.Address("paymaster");
        var verificationGasLimit = Gas(members, "paymasterVerificationGasLimit");
        var postOpGasLimit = Gas(members, "paymasterPostOpGasLimit");
        var data = members.Bytes("paymasterData");
        if (data.AsSpan().EndsWith(s_paymasterSignatureMarker))
        {
            members.Fail("paymasterData: ends with the marker of a paymaster's signature, which is not part of the hash");
        }
        byte[] packed = [.. paymaster.ToArray(), .. HalfOf(verificationGasLimit), .. HalfOf(postOpGasLimit), .. data];
        return new Paying(paymaster, verificationGasLimit, postOpGasLimit, packed);
    }

    private static Paying ReadOldPaymaster(UserOperationMembers members)
    {
        var (paymaster, packed) = ReadPacked(members, "paymasterAndData");
        return new Paying(paymaster, UInt256.Zero, UInt256.Zero, packed);
    }

    // Empty, or an address and data. The zero address, which the EntryPoint takes for none, is one that no scope can name.
    private static (Address? Address, byte[] Packed) ReadPacked(UserOperationMembers members, string name)
    {
        var packed = members.Bytes(name);
        if (packed.Length == 0)
        {
            return (null, packed);
        }
        if (packed.Length < Address.Size)
        {
            members.Fail($"{name}: does not begin with an address");
            return (null, packed);
        }
        return (new Address(packed.AsSpan(0, Address.Size)), packed);
    }

    private static byte[] HalfOf(UInt256 value)
    {
        var word32 = new byte[UInt256.Size];
        value.WriteBigEndian(word32);
        return word32[HalfWord..];
    }

    private sealed record Paying(Address? Address, UInt256 VerificationGasLimit, UInt256 PostOpGasLimit, byte[] Packed);
}
