using SessionSigner.Ethereum;

namespace SessionSigner.Core;

/// <summary>A user operation of ERC-4337.</summary>
public sealed class UserOperationPayload : SigningPayload
{
    /// <param name="operation">The decoded operation.</param>
    /// <param name="form">What is signed.</param>
    /// <exception cref="ArgumentOutOfRangeException">The form is not stated.</exception>
    public UserOperationPayload(UserOperation operation, UserOperationForm form)
        : base(operation.Digest(form))
    {
        Operation = operation;
        Form = form;
    }

    /// <summary>The decoded operation.</summary>
    public UserOperation Operation { get; }

    /// <summary>What is signed.</summary>
    public UserOperationForm Form { get; }
}
