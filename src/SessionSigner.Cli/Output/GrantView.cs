using SessionSigner.Ethereum;
using SessionSigner.Grants;

namespace SessionSigner.Cli;

/// <summary>A grant's statement. The JSON shape is stable.</summary>
internal sealed record GrantView(
    string GrantId,
    string SessionKey,
    string SessionAddress,
    string PrimaryKey,
    string Account,
    IReadOnlyList<string> Chains,
    long NotBefore,
    long NotAfter,
    string Audience,
    string ScopeHash,
    string PolicyDigest
)
{
    public static GrantView From(SignedGrant signed)
    {
        var grant = signed.Grant;
        return new GrantView(
            grant.GrantId.ToString(),
            PublicKeyText.Format(grant.SessionKey.CurveName, grant.SessionKey.Compressed.Span),
            grant.SessionKey.Curve == Curve.Secp256k1 ? Address.FromPublicKey(grant.SessionKey.Compressed.Span).ToString() : "",
            PublicKeyText.Format(grant.PrimaryKey.CurveName, grant.PrimaryKey.Compressed.Span),
            grant.Account.ToString(),
            grant.Chains.Select(c => c.ToString()).ToList(),
            grant.NotBefore,
            grant.NotAfter,
            grant.Audience,
            grant.ScopeHash.ToString(),
            grant.PolicyDigest.ToString()
        );
    }

    public void Write(Report report) =>
        report.Fields(
            ("grant", GrantId),
            ("session key", SessionKey),
            ("session address", SessionAddress),
            ("signed by", PrimaryKey),
            ("account", Account),
            ("chains", string.Join(", ", Chains)),
            ("from", Names.TimeAndNumber(NotBefore)),
            ("until", Names.TimeAndNumber(NotAfter)),
            ("audience", Audience),
            ("scope hash", ScopeHash),
            ("policy digest", PolicyDigest)
        );
}
