using SessionSigner.Ethereum;

namespace SessionSigner.Core;

/// <summary>A payload the daemon has decoded itself, with the digest it would sign. A closed hierarchy.</summary>
public abstract class SigningPayload
{
    private protected SigningPayload(Hash32 digest) => Digest = digest;

    /// <summary>The 32-byte digest that would be signed.</summary>
    public Hash32 Digest { get; }
}

/// <summary>An unsigned Ethereum transaction.</summary>
public sealed class TransactionPayload : SigningPayload
{
    /// <param name="transaction">The decoded transaction.</param>
    public TransactionPayload(UnsignedTransaction transaction)
        : base(transaction.SigningHash) => Transaction = transaction;

    /// <summary>The decoded transaction.</summary>
    public UnsignedTransaction Transaction { get; }
}

/// <summary>An EIP-712 message.</summary>
public sealed class TypedDataPayload : SigningPayload
{
    /// <param name="typedData">The decoded message.</param>
    public TypedDataPayload(TypedData typedData)
        : base(typedData.Digest) => TypedData = typedData;

    /// <summary>The decoded message.</summary>
    public TypedData TypedData { get; }
}

/// <summary>A personal message (EIP-191 version 0x45).</summary>
public sealed class MessagePayload : SigningPayload
{
    private MessagePayload(ReadOnlyMemory<byte> utf8, SignInMessage? signIn)
        : base(SignedMessage.Digest(utf8.Span)) => (Utf8, SignIn) = (utf8, signIn);

    /// <summary>The text.</summary>
    public ReadOnlyMemory<byte> Utf8 { get; }

    /// <summary>What the text says if it is Sign-In with Ethereum, or null.</summary>
    public SignInMessage? SignIn { get; }

    /// <summary>Reads a text: everything in it is visible, it is not as long as a hash, and what looks like Sign-In with Ethereum is.</summary>
    /// <param name="utf8">The text; copied.</param>
    /// <param name="payload">The payload, or null.</param>
    /// <param name="fault">What is wrong; empty if nothing.</param>
    public static bool TryParse(ReadOnlySpan<byte> utf8, out MessagePayload? payload, out string fault)
    {
        payload = null;
        SignInMessage? signIn = null;
        // Accounts and wallets verify hashes signed as messages. A text that is one by chance can be searched for, so none of that length is signed.
        fault = MessageText.FindFault(utf8) ?? (utf8.Length == Hash32.Size ? "message: 32 bytes, which contracts take for a hash" : "");
        if (fault.Length > 0 || (SignInMessage.IsMeant(utf8) && !SignInMessage.TryParse(utf8, out signIn, out fault)))
        {
            return false;
        }
        payload = new MessagePayload(utf8.ToArray(), signIn);
        return true;
    }
}

/// <summary>32 bytes, signed as given: nobody here knows what they are the hash of.</summary>
public sealed class DigestPayload : SigningPayload
{
    private DigestPayload(Hash32 digest)
        : base(digest) { }

    /// <summary>Reads a digest. Zero, and what is not below the order of the curve, is no digest but a way to a signature that is valid for others too.</summary>
    /// <param name="bytes">Must be 32 bytes.</param>
    /// <returns>Null if it is none.</returns>
    public static DigestPayload? Parse(ReadOnlySpan<byte> bytes) =>
        bytes.Length == Hash32.Size && Secp256k1.IsInGroup(bytes) ? new DigestPayload(new Hash32(bytes)) : null;
}
