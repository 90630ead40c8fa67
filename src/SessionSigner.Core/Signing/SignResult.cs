using SessionSigner.Ethereum;

namespace SessionSigner.Core;

/// <summary>A signature whose audit entry and debits are durable.</summary>
/// <param name="Digest">What was signed.</param>
/// <param name="Signature65">r, s (32 bytes each) and the recovery id, 0 or 1.</param>
/// <param name="SignedTransaction">The signed transaction, or null for any other payload.</param>
/// <param name="Headroom">What was left right after the reservation; for a repeated request, what is left now (empty if the session has ended).</param>
/// <param name="AuditIndex">Index of the audit entry.</param>
public sealed record SignResult(
    Hash32 Digest,
    byte[] Signature65,
    byte[]? SignedTransaction,
    IReadOnlyList<Headroom> Headroom,
    long AuditIndex
)
{
    /// <summary>userOpHash of a user operation; null for anything else.</summary>
    public Hash32? UserOperationHash { get; init; }
}

/// <summary>What a signing request would be answered now.</summary>
/// <param name="Denial">The refusal, or null if it would be signed.</param>
/// <param name="Digest">What would be signed, or null if the payload cannot be decoded.</param>
/// <param name="Headroom">What would be left after signing; what is left now if it would be refused; empty if the session has ended.</param>
/// <param name="Trace">What was considered, and what would be taken if it would be signed.</param>
public sealed record EvaluateResult(Denial? Denial, Hash32? Digest, IReadOnlyList<Headroom> Headroom, DecisionTrace Trace);

/// <summary>What kind of payload a signing request carries. The zero value is refused.</summary>
public enum PayloadKind
{
    /// <summary>Not stated; refused.</summary>
    Unspecified = 0,

    /// <summary>An unsigned transaction, serialised for signing.</summary>
    Transaction = 1,

    /// <summary>EIP-712 typed data as JSON.</summary>
    TypedData = 2,

    /// <summary>A personal message (EIP-191 version 0x45) as text in UTF-8.</summary>
    Message = 3,

    /// <summary>A digest of 32 bytes, signed as given.</summary>
    Digest = 5,

    /// <summary>A user operation of ERC-4337, as <see cref="UserOperationRequest.ToBody"/> writes it.</summary>
    UserOperation = 6,
}
