using SessionSigner.Ethereum;

namespace SessionSigner.Core;

/// <summary>A payload the daemon has decoded itself, with the digest it would sign. A closed hierarchy.</summary>
public abstract class SigningPayload
{
    private protected SigningPayload(Hash32 digest) => Digest = digest;

    /// <summary>The 32-byte digest that would be signed.</summary>
    public Hash32 Digest { get; }

    /// <summary>Name in the audit log: "transaction" or "typed_data".</summary>
    public abstract string Kind { get; }
}

/// <summary>An unsigned Ethereum transaction.</summary>
public sealed class TransactionPayload : SigningPayload
{
    /// <param name="transaction">The decoded transaction.</param>
    public TransactionPayload(UnsignedTransaction transaction)
        : base(transaction.SigningHash) => Transaction = transaction;

    /// <summary>The decoded transaction.</summary>
    public UnsignedTransaction Transaction { get; }

    /// <inheritdoc/>
    public override string Kind => "transaction";
}

/// <summary>An EIP-712 message.</summary>
public sealed class TypedDataPayload : SigningPayload
{
    /// <param name="typedData">The decoded message.</param>
    public TypedDataPayload(TypedData typedData)
        : base(typedData.Digest) => TypedData = typedData;

    /// <summary>The decoded message.</summary>
    public TypedData TypedData { get; }

    /// <inheritdoc/>
    public override string Kind => "typed_data";
}
