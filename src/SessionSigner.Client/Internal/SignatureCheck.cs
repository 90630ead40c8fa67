using System.Text;
using SessionSigner.Ethereum;
using SessionSigner.Grants;
using SessionSigner.V1;

namespace SessionSigner.Client;

/// <summary>Verifies what Sign* answered from the bytes that were sent, not from what the daemon says about them.</summary>
internal static class SignatureCheck
{
    private const int SignatureBytes = 65;

    public static void VerifyTransaction(SignTransactionRequest request, SignTransactionResponse answer, PublicKey sessionKey)
    {
        if (!UnsignedTransaction.TryDecode(request.UnsignedTransaction.Span, out var transaction, out var fault) || transaction is null)
        {
            throw new SignerVerificationException("signature", [$"The daemon signed a transaction that cannot be decoded: {fault}"]);
        }

        var faults = new List<string>();
        var signature = answer.Signature.Span;
        CheckSignature(signature, transaction.SigningHash, sessionKey, firstRecovery: 0, faults);
        if (faults.Count == 0 && !answer.SignedTransaction.Span.SequenceEqual(transaction.EncodeSigned(signature)))
        {
            faults.Add("The signed transaction is not the requested one with this signature.");
        }

        if (!answer.TransactionHash.Span.SequenceEqual(Keccak256.Hash(answer.SignedTransaction.Span).ToArray()))
        {
            faults.Add("The transaction hash is not that of the signed transaction.");
        }

        ThrowIfAny(faults);
    }

    public static void VerifyTypedData(SignTypedDataRequest request, SignTypedDataResponse answer, PublicKey sessionKey)
    {
        if (!TypedData.TryParse(Encoding.UTF8.GetBytes(request.TypedDataJson), out var data, out var fault) || data is null)
        {
            throw new SignerVerificationException("signature", [$"The daemon signed typed data that cannot be parsed: {fault}"]);
        }

        var faults = new List<string>();
        if (!answer.Digest.Span.SequenceEqual(data.Digest.ToArray()))
        {
            faults.Add("The digest is not that of the requested message.");
        }

        CheckSignature(answer.Signature.Span, data.Digest, sessionKey, firstRecovery: 27, faults);
        ThrowIfAny(faults);
    }

    public static void VerifyMessage(Hash32 digest, SignMessageResponse answer, PublicKey sessionKey)
    {
        var faults = new List<string>();
        if (!answer.Digest.Span.SequenceEqual(digest.ToArray()))
        {
            faults.Add("The digest is not that of the requested message.");
        }

        CheckSignature(answer.Signature.Span, digest, sessionKey, firstRecovery: 27, faults);
        ThrowIfAny(faults);
    }

    public static void VerifyDigest(Hash32 digest, SignDigestResponse answer, PublicKey sessionKey)
    {
        var faults = new List<string>();
        CheckSignature(answer.Signature.Span, digest, sessionKey, firstRecovery: 0, faults);
        ThrowIfAny(faults);
    }

    internal static void CheckSignature(
        ReadOnlySpan<byte> signature,
        Hash32 digest,
        PublicKey sessionKey,
        int firstRecovery,
        List<string> faults
    )
    {
        if (signature.Length != SignatureBytes)
        {
            faults.Add($"The signature has {signature.Length} bytes, not {SignatureBytes}.");
            return;
        }

        var recovery = signature[^1] - firstRecovery;
        if (recovery is not (0 or 1) || !Secp256k1.IsLowS(signature[..64]))
        {
            faults.Add("The signature is not canonical: s is high or the recovery byte is out of range.");
            return;
        }

        Span<byte> recoverable = stackalloc byte[SignatureBytes];
        signature.CopyTo(recoverable);
        recoverable[^1] = (byte)recovery;
        Span<byte> signer = stackalloc byte[33];
        if (!Secp256k1.TryRecover(digest, recoverable, signer) || !signer.SequenceEqual(sessionKey.Compressed.Span))
        {
            faults.Add("The signature was not made by the session key for what was requested.");
        }
    }

    internal static void ThrowIfAny(List<string> faults)
    {
        if (faults.Count > 0)
        {
            throw new SignerVerificationException("signature", faults);
        }
    }
}
