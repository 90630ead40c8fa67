using System.Globalization;
using SessionSigner.Ethereum;
using SessionSigner.Grants;

namespace SessionSigner.Core;

/// <summary>A compiled permission of kind "sign_in". Immutable.</summary>
internal sealed class SignInRule(string path, SignInPermission permission)
{
    /// <summary>Rule path.</summary>
    public string Path { get; } = path;

    /// <summary>Checks a message.</summary>
    /// <param name="message">The message.</param>
    /// <param name="now">Unix time.</param>
    /// <param name="session">The session that would sign.</param>
    /// <param name="met">How many criteria were met before the one that is not.</param>
    /// <returns>The refusal, or null only if every criterion is met.</returns>
    public Denial? Check(SignInMessage message, long now, in SessionFacts session, out int met)
    {
        met = 0;
        foreach (var denial in FindDenials(message, now, session))
        {
            if (denial is not null)
            {
                return denial;
            }
            met++;
        }
        return null;
    }

    private IEnumerable<Denial?> FindDenials(SignInMessage message, long now, SessionFacts session)
    {
        yield return Holds(
            permission.Domains.Contains(message.Origin),
            ".domains",
            message.Origin,
            DenialText.List([.. permission.Domains])
        );
        // The session key's signature proves the session key's address and no other.
        yield return Holds(message.Address == session.Signer, "", message.Address.ToString(), $"the session's address {session.Signer}");
        yield return Holds(
            permission.Origins.Any(origin => SignInText.IsAt(message.Uri, origin)),
            ".origins",
            message.Uri,
            DenialText.List([.. permission.Origins])
        );
        yield return Holds(
            permission.Chains.Contains(message.ChainId),
            ".chains",
            message.ChainId.ToString(),
            DenialText.List([.. permission.Chains.Select(chain => chain.ToString())])
        );
        yield return Holds(
            message.Statement == permission.Statement,
            ".statement",
            message.Statement ?? "no statement",
            permission.Statement ?? "no statement"
        );
        yield return Holds(
            Math.Abs(message.IssuedAt.Seconds - now) <= permission.IssuedWithinSeconds,
            ".issued_within_seconds",
            message.IssuedAt.Text,
            Text($"within {permission.IssuedWithinSeconds} s of {now}")
        );
        yield return FindLifetimeDenial(message, now, session);
        foreach (var resource in message.Resources)
        {
            yield return Holds(
                permission.Resources.Contains(resource),
                ".resources",
                resource,
                permission.Resources.Count == 0 ? "no resources" : DenialText.List([.. permission.Resources])
            );
        }
        yield return Holds(
            message.RequestId is null || permission.AllowRequestId,
            ".allow_request_id",
            message.RequestId ?? "",
            "no request identifier"
        );
    }

    private Denial? FindLifetimeDenial(SignInMessage message, long now, in SessionFacts session)
    {
        var end = Math.Min(now + permission.MaxLifetimeSeconds, session.NotAfter);
        var isBounded =
            message.ExpirationTime is { } expiration
            && expiration.Seconds > now
            && expiration.SecondsUp <= end
            && (message.NotBefore is not { } notBefore || notBefore.SecondsUp <= expiration.Seconds);
        return Holds(
            isBounded,
            ".max_lifetime_seconds",
            message.ExpirationTime is { } time ? $"expires {time.Text}" : "no expiration time",
            Text($"an expiration time after {now} and not after {end}, and not_before before it")
        );
    }

    private Denial? Holds(bool isMet, string rule, string observed, string limit) =>
        isMet ? null : new Denial(DenialReason.MessageNotAllowed, Path + rule, DenialText.Clip(observed), DenialText.Clip(limit));

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
