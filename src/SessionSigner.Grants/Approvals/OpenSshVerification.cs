namespace SessionSigner.Grants;

/// <summary>What checking a signature found. The zero value is not valid.</summary>
public readonly struct OpenSshVerification
{
    private readonly string? _fault;

    private OpenSshVerification(bool isValid, string? fault)
    {
        IsValid = isValid;
        _fault = fault;
    }

    /// <summary>Whether the signature holds.</summary>
    public bool IsValid { get; }

    /// <summary>What does not hold, naming the field; empty if valid.</summary>
    public string Fault => IsValid ? "" : _fault ?? "signature: Not verified.";

    internal static OpenSshVerification Valid { get; } = new(true, null);

    internal static OpenSshVerification Refuse(string fault) => new(false, fault);
}
