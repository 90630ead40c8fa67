using SessionSigner.Core;
using SessionSigner.Ethereum;
using SessionSigner.Grants;

namespace SessionSigner.Storage;

/// <summary>Holds what is kept of a session to its grant, which the log has.</summary>
internal static class SessionGrant
{
    /// <summary>Whether the grant in a session's record says the same as the record. Its signature was verified before it came here.</summary>
    public static bool Matches(SessionRecord session) =>
        GrantCodec.TryParse(session.GrantJson, out var parsed, out _)
        && parsed!.Signed.Grant is var grant
        && session.GrantId == grant.GrantId
        && session.PolicyDigest == grant.PolicyDigest
        && session.Account == grant.Account
        && session.PublicKey.Span.SequenceEqual(grant.SessionKey.Compressed.Span)
        && session.Address == Address.FromPublicKey(grant.SessionKey.Compressed.Span)
        && session.NotBefore == grant.NotBefore
        && session.NotAfter == grant.NotAfter;
}
