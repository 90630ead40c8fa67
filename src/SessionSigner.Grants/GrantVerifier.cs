using System.Security.Cryptography;
using SessionSigner.Ethereum;

namespace SessionSigner.Grants;

/// <summary>
/// Verifies grants offline. What a verifier cannot know offline is whether the session has since been closed or revoked.
/// Rules: proto/spec/grant.md.
/// </summary>
public static class GrantVerifier
{
    /// <summary>Verifies a grant file and reports everything that is wrong with it.</summary>
    /// <param name="grantJson">The file in UTF-8, at most 131072 bytes.</param>
    /// <param name="audience">The audience that relies on it; the grant must name it.</param>
    /// <param name="nowSeconds">The current Unix time.</param>
    /// <param name="expectedPrimary">
    /// The primary key the verifier trusts. Null shows only that the key named in the grant signed it: anyone can make such a grant with a key of
    /// their own, so the caller must then compare <see cref="UnsignedGrant.PrimaryKey"/> itself.
    /// </param>
    public static GrantVerification Verify(ReadOnlyMemory<byte> grantJson, string audience, long nowSeconds, PublicKey? expectedPrimary)
    {
        // 1. The form: JSON, fields, keys on their curves, the typed data exactly that of the format.
        var faults = new FaultList();
        if (GrantDocument.Read(grantJson.Span, faults) is not { } parsed)
        {
            return new GrantVerification(null, faults.Faults);
        }
        // 2. The scope in the file is the one that was signed, and the statement agrees with it.
        CheckScope(parsed, nowSeconds, faults);
        // 3. The signature is the primary key's, and the primary key is the one that is trusted.
        CheckPrimary(parsed.Signed.Grant, expectedPrimary, faults);
        CheckSignature(parsed.Signed, faults);
        // 4. It is meant for this audience, now.
        CheckAudience(parsed.Signed.Grant, audience, faults);
        CheckWindow(parsed.Signed.Grant, nowSeconds, faults);
        return new GrantVerification(parsed, faults.Faults);
    }

    /// <summary>Whether a signed grant carries a good signature of the primary key it names, in the grant format's only accepted encoding.</summary>
    public static bool HasValidSignature(SignedGrant signed)
    {
        var faults = new FaultList();
        CheckSignature(signed, faults);
        return faults.Count == 0;
    }

    private static void CheckScope(ParsedGrant parsed, long nowSeconds, FaultList faults)
    {
        var grant = parsed.Signed.Grant;
        if (parsed.Scope.Hash != grant.ScopeHash)
        {
            faults.Add("scope", "Its hash is not typed_data.message.scopeHash: this is not the scope that was signed.");
        }
        foreach (var chain in grant.Chains.Where(chain => !parsed.Scope.Chains.Contains(chain)))
        {
            faults.Add("typed_data.message.chains", $"Chain {chain} is not in the scope.");
        }
        if (!parsed.Scope.AllowsAccount(grant.Account))
        {
            faults.Add("typed_data.message.account", "The account is not in the scope's accounts.");
        }
        CheckScopeWindow(parsed.Scope.Ceiling, "scope.ceiling", nowSeconds, faults);
        if (parsed.Scope.Narrowing is { } narrowing)
        {
            CheckScopeWindow(narrowing, "scope.narrowing", nowSeconds, faults);
        }
    }

    private static void CheckScopeWindow(Scope scope, string path, long nowSeconds, FaultList faults)
    {
        if (nowSeconds < scope.NotBefore)
        {
            faults.Add(path + ".not_before", $"The scope's window begins at {scope.NotBefore}; it is {nowSeconds}.");
        }
        if (nowSeconds >= scope.NotAfter)
        {
            faults.Add(path + ".not_after", $"The scope's window ended at {scope.NotAfter}; it is {nowSeconds}.");
        }
    }

    private static void CheckPrimary(UnsignedGrant grant, PublicKey? expectedPrimary, FaultList faults)
    {
        if (grant.PrimaryKey.Equals(grant.SessionKey))
        {
            faults.Add("typed_data.message.primaryKey", "The session key must not authorise itself.");
        }
        if (expectedPrimary is not null && !grant.PrimaryKey.Equals(expectedPrimary))
        {
            faults.Add("typed_data.message.primaryKey", "It is not the primary key that the verifier trusts.");
        }
    }

    private static void CheckSignature(SignedGrant signed, FaultList faults)
    {
        switch (signed.Grant.PrimaryKey.Curve)
        {
            case Curve.Secp256k1:
                CheckSecp256k1(signed, faults);
                break;
            case Curve.P256:
                CheckP256(signed, faults);
                break;
            default:
                faults.Add("typed_data.message.primaryKeyCurve", "Must be secp256k1 or P-256.");
                break;
        }
    }

    private static void CheckSecp256k1(SignedGrant signed, FaultList faults)
    {
        var signature = signed.Signature.Span;
        if (signature.Length != 65 || signature[64] is not (27 or 28))
        {
            faults.Add("signature", "Must be 65 bytes: r, s, and v of 27 or 28.");
            return;
        }
        if (!Secp256k1.IsLowS(signature[..64]))
        {
            faults.Add("signature", "s must be in the lower half of the order.");
            return;
        }
        Span<byte> recoverable = stackalloc byte[65];
        signature.CopyTo(recoverable);
        recoverable[64] -= 27;
        Span<byte> recovered = stackalloc byte[33];
        if (
            !Secp256k1.TryRecover(GrantCodec.Digest(signed.Grant), recoverable, recovered)
            || !recovered.SequenceEqual(signed.Grant.PrimaryKey.Compressed.Span)
        )
        {
            faults.Add("signature", "It is not the primary key's signature over this grant.");
        }
    }

    private static void CheckP256(SignedGrant signed, FaultList faults)
    {
        var signature = signed.Signature.Span;
        if (signature.Length != 64)
        {
            faults.Add("signature", "Must be 64 bytes: r and s.");
            return;
        }
        if (!P256.IsLowS(signature))
        {
            faults.Add("signature", "s must be in the lower half of the order.");
            return;
        }
        // The hash of the digest, so that every stock library verifies it as ECDSA with SHA-256 over the 32 bytes of the digest.
        var hash = new Hash32(SHA256.HashData(GrantCodec.Digest(signed.Grant).ToArray()));
        if (!P256.Verify(signed.Grant.PrimaryKey.Compressed.Span, hash, signature))
        {
            faults.Add("signature", "It is not the primary key's signature over this grant.");
        }
    }

    private static void CheckAudience(UnsignedGrant grant, string audience, FaultList faults)
    {
        if (grant.Audience != audience)
        {
            faults.Add(
                "typed_data.message.audience",
                $"The grant is for {FaultList.Quote(grant.Audience)}, not for {FaultList.Quote(audience)}."
            );
        }
    }

    private static void CheckWindow(UnsignedGrant grant, long nowSeconds, FaultList faults)
    {
        if (nowSeconds < grant.NotBefore)
        {
            faults.Add("typed_data.message.notBefore", $"The grant is not valid before {grant.NotBefore}; it is {nowSeconds}.");
        }
        if (nowSeconds >= grant.NotAfter)
        {
            faults.Add("typed_data.message.notAfter", $"The grant is not valid from {grant.NotAfter} on; it is {nowSeconds}.");
        }
    }
}
