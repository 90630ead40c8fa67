namespace SessionSigner.Vault;

/// <summary>The machine does not give the vault the memory it needs. The message says what to change; it holds no secret.</summary>
public sealed class VaultUnavailableException : Exception
{
    /// <param name="message">What is missing and what to change.</param>
    public VaultUnavailableException(string message)
        : base(message) { }
}
