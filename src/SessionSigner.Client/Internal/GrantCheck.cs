using System.Text;
using SessionSigner.Grants;
using SessionSigner.V1;

namespace SessionSigner.Client;

/// <summary>Verifies the grant of a session offline and that it says what the daemon says of the session and what the caller asked for.</summary>
internal static class GrantCheck
{
    private const long ClockSkewSecondsMax = 30;

    /// <param name="session">The session as the daemon tells it.</param>
    /// <param name="grantJson">Its grant.</param>
    /// <param name="options">Clock and pinned primary key.</param>
    /// <param name="request">What was asked for; null if the session was opened earlier.</param>
    public static SignedGrant Verify(Session session, string grantJson, ClientOptions options, OpenSessionRequest? request)
    {
        var utf8 = Encoding.UTF8.GetBytes(grantJson);
        if (!GrantCodec.TryParse(utf8, out var parsed, out var fault) || parsed is null)
        {
            throw new SignerVerificationException("grant", [fault]);
        }

        var signed = parsed.Signed;
        var audience = request is { Audience.Length: > 0 } ? request.Audience : signed.Grant.Audience;
        var verification = GrantVerifier.Verify(utf8, audience, NowSeconds(options, signed.Grant), options.PinnedPrimaryKey);
        var faults = new List<string>(verification.Faults);
        CompareWithSession(signed.Grant, session, faults);
        if (!string.Equals(parsed.Scope.CanonicalJson, session.ScopeJson, StringComparison.Ordinal))
        {
            faults.Add("The grant covers another scope than the session.");
        }

        if (request is not null)
        {
            CompareWithRequest(parsed, request, faults);
        }

        return faults.Count == 0 ? signed : throw new SignerVerificationException("grant", faults);
    }

    private static void CompareWithSession(UnsignedGrant grant, Session session, List<string> faults)
    {
        Require(
            grant.SessionKey.Curve == Curve.Secp256k1 && grant.SessionKey.Compressed.Span.SequenceEqual(session.PublicKey.Span),
            "session key",
            faults
        );
        Require(AddressOf(grant.SessionKey) == session.Address, "session address", faults);
        Require(grant.GrantId.ToString() == session.GrantId, "grant identifier", faults);
        Require(grant.Account.ToString() == session.Account, "account", faults);
        Require(grant.PolicyDigest.ToString() == session.PolicyDigest, "policy digest", faults);
        Require(grant.NotBefore == session.NotBefore && grant.NotAfter == session.NotAfter, "time window", faults);
    }

    private static void CompareWithRequest(ParsedGrant parsed, OpenSessionRequest request, List<string> faults)
    {
        var grant = parsed.Signed.Grant;
        if (request.Account.Length > 0 && grant.Account.ToString() != request.Account)
        {
            faults.Add("The grant is for another account than was asked for.");
        }

        if (request.LifetimeSeconds > 0 && grant.NotAfter - grant.NotBefore > request.LifetimeSeconds)
        {
            faults.Add("The grant lasts longer than was asked for.");
        }

        if (request.NarrowingJson.Length > 0 && !IsNarrowedAsAsked(parsed.Scope.Narrowing, request.NarrowingJson))
        {
            faults.Add("The grant does not carry the narrowing that was asked for.");
        }
    }

    private static bool IsNarrowedAsAsked(Scope? narrowing, string askedJson) =>
        narrowing is not null
        && Scope.TryParse(Encoding.UTF8.GetBytes(askedJson), out var asked, out _)
        && asked is not null
        && asked.ToCanonicalJson() == narrowing.ToCanonicalJson();

    // A grant begins when the daemon's clock says so; a client's clock may be a little behind.
    private static long NowSeconds(ClientOptions options, UnsignedGrant grant)
    {
        var now = options.TimeProvider.GetUtcNow().ToUnixTimeSeconds();
        return grant.NotBefore > now && grant.NotBefore - now <= ClockSkewSecondsMax ? grant.NotBefore : now;
    }

    private static string AddressOf(PublicKey key) =>
        key.Curve == Curve.Secp256k1 ? Ethereum.Address.FromPublicKey(key.Compressed.Span).ToString() : "";

    private static void Require(bool holds, string what, List<string> faults)
    {
        if (!holds)
        {
            faults.Add($"The grant names another {what} than the session.");
        }
    }
}
