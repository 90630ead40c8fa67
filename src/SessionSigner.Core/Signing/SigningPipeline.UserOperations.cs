namespace SessionSigner.Core;

public sealed partial class SigningPipeline
{
    /// <summary>Signs one user operation of ERC-4337; as <see cref="SignTransactionAsync"/>.</summary>
    /// <param name="caller">Must own the session.</param>
    /// <param name="sessionId">32 lower-case hexadecimal digits.</param>
    /// <param name="requestId">As in <see cref="SignTransactionAsync"/>.</param>
    /// <param name="operation">The operation; its sender must be the session's account.</param>
    /// <param name="cancellationToken">As in <see cref="SignTransactionAsync"/>.</param>
    /// <exception cref="SignerException">As in <see cref="SignTransactionAsync"/>.</exception>
    public Task<SignResult> SignUserOperationAsync(
        Principal caller,
        string sessionId,
        string requestId,
        UserOperationRequest operation,
        CancellationToken cancellationToken
    ) => SignAsync(caller, sessionId, requestId, PayloadKind.UserOperation, operation.ToBody(), cancellationToken);
}
