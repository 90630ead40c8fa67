namespace SessionSigner.Grants;

/// <summary>A grant as read from its file: well formed, not verified.</summary>
/// <param name="Signed">The statement and its signature.</param>
/// <param name="Scope">The effective scope in the file; whether it is the one the statement names is for the verifier.</param>
public sealed record ParsedGrant(SignedGrant Signed, EffectiveScope Scope);
