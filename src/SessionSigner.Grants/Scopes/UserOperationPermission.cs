using SessionSigner.Ethereum;

namespace SessionSigner.Grants;

/// <summary>Allows user operations of ERC-4337: of listed senders, through one EntryPoint. The calls they carry must be allowed by permissions of kind "call".</summary>
public sealed record UserOperationPermission : Permission
{
    /// <summary>The chain.</summary>
    public required UInt256 Chain { get; init; }

    /// <summary>The EntryPoint.</summary>
    public required Address EntryPoint { get; init; }

    /// <summary>Its version; never unspecified.</summary>
    public required EntryPointVersion EntryPointVersion { get; init; }

    /// <summary>The accounts, at least one.</summary>
    public required IReadOnlyList<Address> Senders { get; init; }

    /// <summary>Upper 192 bits of the nonces, at least one.</summary>
    public required IReadOnlyList<UInt256> NonceKeys { get; init; }

    /// <summary>What is signed; never unspecified.</summary>
    public required UserOperationForm SignatureForm { get; init; }

    /// <summary>How the sender's functions carry calls, at least one; calldata of any other function is refused.</summary>
    public required IReadOnlyList<CallContainerKind> Unwrap { get; init; }

    /// <summary>Contracts of which one must pay; null if the sender pays itself.</summary>
    public IReadOnlyList<Address>? Paymasters { get; init; }

    /// <summary>Contracts of which one must deploy the sender; null if nothing is deployed.</summary>
    public IReadOnlyList<Address>? Factories { get; init; }

    /// <summary>Highest callGasLimit; null for no cap.</summary>
    public UInt256? MaxCallGas { get; init; }

    /// <summary>Highest verificationGasLimit; null for no cap.</summary>
    public UInt256? MaxVerificationGas { get; init; }

    /// <summary>Highest preVerificationGas; null for no cap.</summary>
    public UInt256? MaxPreVerificationGas { get; init; }

    /// <summary>Highest paymasterVerificationGasLimit; null for no cap.</summary>
    public UInt256? MaxPaymasterVerificationGas { get; init; }

    /// <summary>Highest paymasterPostOpGasLimit; null for no cap.</summary>
    public UInt256? MaxPaymasterPostOpGas { get; init; }

    /// <summary>Highest fee per gas in wei; null for no cap.</summary>
    public UInt256? MaxFeePerGas { get; init; }

    /// <summary>Highest priority fee per gas in wei; null for no cap.</summary>
    public UInt256? MaxPriorityFeePerGas { get; init; }
}
