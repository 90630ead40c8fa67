namespace SessionSigner.Ethereum;

/// <summary>Kinds of Ethereum transactions, by the byte they begin with (EIP-2718).</summary>
public enum TransactionType
{
    /// <summary>No type byte; with a chain id (EIP-155) or without.</summary>
    Legacy = 0,

    /// <summary>EIP-2930: an access list.</summary>
    AccessList = 1,

    /// <summary>EIP-1559: a fee cap and a priority fee.</summary>
    DynamicFee = 2,

    /// <summary>EIP-4844: blobs.</summary>
    Blob = 3,

    /// <summary>EIP-7702: authorizations that give accounts code.</summary>
    SetCode = 4,
}
