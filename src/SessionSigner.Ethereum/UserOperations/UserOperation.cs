namespace SessionSigner.Ethereum;

/// <summary>A user operation of ERC-4337 without its signature, with the EntryPoint and chain it is for. Immutable.</summary>
public sealed class UserOperation
{
    /// <summary>The longest JSON accepted, in bytes.</summary>
    public const int SizeMax = 131_072;

    /// <summary>
    /// Bits of a gas limit or fee. SPEC: EntryPoint "AA94 gas values overflow": it executes nothing that has more. So no packed word overflows, nor the cost.
    /// </summary>
    public const int GasBits = 120;

    /// <summary>Bits of the part of the nonce that counts up; the 192 above them are the key.</summary>
    public const int SequenceBits = 64;

    internal UserOperation() { }

    /// <summary>Version of the EntryPoint.</summary>
    public required EntryPointVersion Version { get; init; }

    /// <summary>The EntryPoint.</summary>
    public required Address EntryPoint { get; init; }

    /// <summary>The chain.</summary>
    public required UInt256 ChainId { get; init; }

    /// <summary>The account that validates and executes it.</summary>
    public required Address Sender { get; init; }

    /// <summary>The whole nonce: key and sequence.</summary>
    public required UInt256 Nonce { get; init; }

    /// <summary>The nonce's upper 192 bits.</summary>
    public UInt256 NonceKey
    {
        get
        {
            Span<byte> word32 = stackalloc byte[UInt256.Size];
            Nonce.WriteBigEndian(word32);
            return UInt256.FromBigEndian(word32[..^(SequenceBits / 8)]);
        }
    }

    /// <summary>The contract that deploys the sender, or null.</summary>
    public Address? Factory { get; init; }

    /// <summary>The factory and what it is called with, or empty.</summary>
    public required ReadOnlyMemory<byte> InitCode { get; init; }

    /// <summary>What the sender is called with.</summary>
    public required ReadOnlyMemory<byte> CallData { get; init; }

    /// <summary>Gas of the call.</summary>
    public required UInt256 CallGasLimit { get; init; }

    /// <summary>Gas of the validation, and of the deployment.</summary>
    public required UInt256 VerificationGasLimit { get; init; }

    /// <summary>Gas that is paid for whatever is used.</summary>
    public required UInt256 PreVerificationGas { get; init; }

    /// <summary>Most wei for each gas.</summary>
    public required UInt256 MaxFeePerGas { get; init; }

    /// <summary>Most wei for each gas that goes to the bundler.</summary>
    public required UInt256 MaxPriorityFeePerGas { get; init; }

    /// <summary>The contract that pays instead of the sender, or null.</summary>
    public Address? Paymaster { get; init; }

    /// <summary>Gas of the paymaster's validation; 0 in v0.6, which has none.</summary>
    public UInt256 PaymasterVerificationGasLimit { get; init; }

    /// <summary>Gas of the paymaster's call afterwards; 0 in v0.6, which has none.</summary>
    public UInt256 PaymasterPostOpGasLimit { get; init; }

    /// <summary>The paymaster, its limits from v0.7, and its data; or empty.</summary>
    public required ReadOnlyMemory<byte> PaymasterAndData { get; init; }

    /// <summary>userOpHash: what the EntryPoint hands to the sender to check the signature against.</summary>
    public Hash32 Hash => UserOperationHasher.Hash(this);

    /// <summary>
    /// Most wei that the EntryPoint takes from the sender or the paymaster: the prefund it asks for. SPEC: EntryPoint _getRequiredPrefund; in v0.6 a paymaster
    /// may use the verification gas three times.
    /// </summary>
    public UInt256 GasCostMax
    {
        get
        {
            var verifications = Version == EntryPointVersion.V06 && Paymaster is not null ? 3UL : 1UL;
            // Five numbers of 120 bits and one more of them: below 2^256.
            _ = UInt256.TryMultiply(VerificationGasLimit, verifications, out var gas);
            _ = UInt256.TryAdd(gas, CallGasLimit, out gas);
            _ = UInt256.TryAdd(gas, PreVerificationGas, out gas);
            _ = UInt256.TryAdd(gas, PaymasterVerificationGasLimit, out gas);
            _ = UInt256.TryAdd(gas, PaymasterPostOpGasLimit, out gas);
            return UInt256.TryMultiply(gas, MaxFeePerGas, out var cost) ? cost : UInt256.MaxValue;
        }
    }

    /// <summary>Reads a user operation as eth_sendUserOperation takes it, without its signature.</summary>
    /// <param name="version">Version of the EntryPoint; decides the members.</param>
    /// <param name="entryPoint">The EntryPoint.</param>
    /// <param name="chainId">The chain.</param>
    /// <param name="utf8Json">An object of exactly the version's members, each a string; at most <see cref="SizeMax"/> bytes.</param>
    /// <param name="operation">The operation, or null.</param>
    /// <param name="fault">Member and reason of the first fault; empty if none.</param>
    public static bool TryParse(
        EntryPointVersion version,
        Address entryPoint,
        UInt256 chainId,
        ReadOnlySpan<byte> utf8Json,
        out UserOperation? operation,
        out string fault
    )
    {
        operation = UserOperationReader.Read(version, entryPoint, chainId, utf8Json, out fault);
        return operation is not null;
    }

    /// <summary>What is signed.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The form is not stated.</exception>
    public Hash32 Digest(UserOperationForm form) =>
        form switch
        {
            UserOperationForm.Hash => Hash,
            UserOperationForm.PersonalMessage => SignedMessage.Digest(Hash.ToArray()),
            _ => throw new ArgumentOutOfRangeException(nameof(form)),
        };
}
