using System.Text;
using SessionSigner.Grants;

namespace SessionSigner.Core;

/// <summary>Step 4 of opening: the grant that is asked for, and whether what came back is that grant.</summary>
internal static class GrantRequest
{
    /// <summary>The statement that the primary key shall sign.</summary>
    public static UnsignedGrant Create(OpeningTerms terms, SessionRecord session) =>
        new()
        {
            GrantId = session.GrantId,
            SessionKey = new PublicKey(Curve.Secp256k1, session.PublicKey),
            PrimaryKey = terms.PrimaryKey.PublicKey,
            Account = terms.Account,
            Chains = terms.Scope.Chains,
            NotBefore = terms.NotBefore,
            NotAfter = terms.NotAfter,
            ScopeHash = terms.Scope.Hash,
            PolicyDigest = terms.Policy.Digest,
            Audience = terms.Audience,
        };

    /// <summary>Checks the signed grant as its verifiers will: from its JSON, with nothing but the primary key's public half.</summary>
    /// <returns>The grant as JSON in UTF-8.</returns>
    /// <exception cref="SignerException"><see cref="ErrorCode.TokenMisbehaved"/> if it is not the grant that was asked for, or its signature does not verify.</exception>
    public static byte[] Check(UnsignedGrant asked, SignedGrant signed, OpeningTerms terms, long nowSeconds)
    {
        if (GrantCodec.Digest(signed.Grant) != GrantCodec.Digest(asked))
        {
            throw Misbehaved();
        }
        var json = Encoding.UTF8.GetBytes(GrantCodec.ToJson(signed, terms.Scope));
        // The window is not in question here: it may not have begun, and it may have ended while the token took its time.
        var verification = GrantVerifier.Verify(
            json,
            terms.Audience,
            Math.Clamp(nowSeconds, terms.NotBefore, terms.NotAfter - 1),
            terms.PrimaryKey.PublicKey
        );
        return verification.IsValid ? json : throw Misbehaved();
    }

    private static SignerException Misbehaved() =>
        new(ErrorCode.TokenMisbehaved, "The token answered with a grant that does not verify; the session was not opened.");
}
