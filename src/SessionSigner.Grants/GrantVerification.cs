namespace SessionSigner.Grants;

/// <summary>What a verifier found. The zero of a verdict is invalid: a grant holds only if it was read and nothing is wrong.</summary>
/// <param name="Grant">The grant, if its form is right; its contents are to be believed only if <see cref="IsValid"/>.</param>
/// <param name="Faults">Everything that does not hold, one sentence each, naming field and rule; empty if valid.</param>
public sealed record GrantVerification(ParsedGrant? Grant, IReadOnlyList<string> Faults)
{
    /// <summary>True if the form, the scope, the signature, the audience and the window hold.</summary>
    public bool IsValid => Grant is not null && Faults.Count == 0;
}
