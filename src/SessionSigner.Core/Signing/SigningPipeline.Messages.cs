namespace SessionSigner.Core;

public sealed partial class SigningPipeline
{
    /// <summary>Signs one personal message (EIP-191 version 0x45); as <see cref="SignTransactionAsync"/>.</summary>
    /// <param name="caller">Must own the session.</param>
    /// <param name="sessionId">32 lower-case hexadecimal digits.</param>
    /// <param name="requestId">As in <see cref="SignTransactionAsync"/>.</param>
    /// <param name="message">Text in UTF-8, 1 to 8,192 bytes.</param>
    /// <param name="cancellationToken">As in <see cref="SignTransactionAsync"/>.</param>
    /// <exception cref="SignerException">As in <see cref="SignTransactionAsync"/>.</exception>
    public Task<SignResult> SignMessageAsync(
        Principal caller,
        string sessionId,
        string requestId,
        ReadOnlyMemory<byte> message,
        CancellationToken cancellationToken
    ) => SignAsync(caller, sessionId, requestId, PayloadKind.Message, message, cancellationToken);

    /// <summary>Signs 32 bytes as given, if a scope allows that; as <see cref="SignTransactionAsync"/>.</summary>
    /// <param name="caller">Must own the session.</param>
    /// <param name="sessionId">32 lower-case hexadecimal digits.</param>
    /// <param name="requestId">As in <see cref="SignTransactionAsync"/>.</param>
    /// <param name="digest">Exactly 32 bytes.</param>
    /// <param name="cancellationToken">As in <see cref="SignTransactionAsync"/>.</param>
    /// <exception cref="SignerException">As in <see cref="SignTransactionAsync"/>.</exception>
    public Task<SignResult> SignDigestAsync(
        Principal caller,
        string sessionId,
        string requestId,
        ReadOnlyMemory<byte> digest,
        CancellationToken cancellationToken
    ) => SignAsync(caller, sessionId, requestId, PayloadKind.Digest, digest, cancellationToken);
}
