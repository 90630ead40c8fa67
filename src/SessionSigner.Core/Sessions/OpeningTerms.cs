using System.Globalization;
using SessionSigner.Ethereum;
using SessionSigner.Grants;

namespace SessionSigner.Core;

/// <summary>Step 2 of opening: what a policy makes of a request. Made only by <see cref="Decide"/>, so every instance is within the policy.</summary>
internal sealed record OpeningTerms
{
    /// <summary>Largest effective scope in bytes: it, the grant around it and the entry around that fit into the 65,535 bytes of an audit entry.</summary>
    public const int ScopeSizeMax = 54_000;

    private OpeningTerms() { }

    public required Policy Policy { get; init; }

    public required PrimaryKey PrimaryKey { get; init; }

    public required Address Account { get; init; }

    public required string Audience { get; init; }

    public required EffectiveScope Scope { get; init; }

    /// <summary>The narrowing compiled, or null.</summary>
    public required CompiledScope? Narrowing { get; init; }

    public required long NotBefore { get; init; }

    public required long NotAfter { get; init; }

    /// <summary>Decides.</summary>
    /// <param name="request">The request.</param>
    /// <param name="policy">The policy it names.</param>
    /// <param name="primaryKeys">The primary keys there are.</param>
    /// <param name="nowSeconds">Unix time.</param>
    /// <param name="terms">The terms, if not refused.</param>
    /// <returns>The refusal, or null.</returns>
    public static Denial? Decide(
        OpenRequest request,
        Policy policy,
        IReadOnlyList<PrimaryKey> primaryKeys,
        long nowSeconds,
        out OpeningTerms? terms
    )
    {
        terms = null;
        if (!policy.Principals.Contains(request.Caller.Identity))
        {
            // The list itself is not the caller's to know.
            return Refuse("policy.principals", request.Caller.Identity, "listed principals");
        }
        if (Pick(request.PrimaryKey, policy.PrimaryKeys, "policy.primary_keys", out var label) is { } noKey)
        {
            return noKey;
        }
        if (primaryKeys.FirstOrDefault(key => key.Label == label) is not { } primaryKey)
        {
            return Refuse("policy.primary_keys", label!, "primary keys of this daemon");
        }
        if (Pick(request.Account, policy.Accounts, "policy.accounts", out var account) is { } noAccount)
        {
            return noAccount;
        }
        if (Pick(request.Audience, policy.Audiences, "policy.audiences", out var audience) is { } noAudience)
        {
            return noAudience;
        }
        if (request.LifetimeSeconds is { } lifetime && lifetime > policy.MaxLifetimeSeconds)
        {
            return Refuse("policy.max_lifetime_seconds", Text(lifetime), Text(policy.MaxLifetimeSeconds));
        }
        var scope = new EffectiveScope(policy.Ceiling, request.Narrowing?.Source);
        if (DecideScope(scope, account) is { } outside)
        {
            return outside;
        }
        var notBefore = Latest(nowSeconds, scope.Ceiling.NotBefore, scope.Narrowing?.NotBefore);
        var notAfter = Earliest(
            nowSeconds + (request.LifetimeSeconds ?? policy.MaxLifetimeSeconds),
            scope.Ceiling.NotAfter,
            scope.Narrowing?.NotAfter
        );
        if (notAfter <= notBefore)
        {
            var side =
                scope.Narrowing is { } lower && (lower.NotBefore == notBefore || lower.NotAfter == notAfter) ? "narrowing" : "ceiling";
            return Refuse(side + ".not_after", Text(notBefore), Text(notAfter));
        }
        terms = new OpeningTerms
        {
            Policy = policy,
            PrimaryKey = primaryKey,
            Account = account,
            Audience = audience!,
            Scope = scope,
            Narrowing = request.Narrowing,
            NotBefore = notBefore,
            NotAfter = notAfter,
        };
        return null;
    }

    private static Denial? DecideScope(EffectiveScope scope, Address account)
    {
        if (!scope.Ceiling.AllowsAccount(account))
        {
            return Refuse("ceiling.accounts", account.ToString(), "listed accounts");
        }
        if (!scope.AllowsAccount(account))
        {
            return Refuse("narrowing.accounts", account.ToString(), "listed accounts");
        }
        if (scope.CanonicalUtf8.Length > ScopeSizeMax)
        {
            return Refuse("scope.size_bytes", Text(scope.CanonicalUtf8.Length), Text(ScopeSizeMax));
        }
        return scope.Chains.Count == 0
            ? Refuse("ceiling.chains", string.Join(',', scope.Narrowing?.Chains ?? []), string.Join(',', scope.Ceiling.Chains))
            : null;
    }

    private static Denial? Pick(string? asked, IReadOnlyCollection<string> listed, string rule, out string? picked)
    {
        picked = asked ?? (listed.Count == 1 ? listed.First() : null);
        return picked is not null && listed.Contains(picked) ? null : Unlisted(asked, listed, rule);
    }

    private static Denial? Pick(Address? asked, IReadOnlyCollection<Address> listed, string rule, out Address picked)
    {
        picked = asked ?? (listed.Count == 1 ? listed.First() : default);
        return (asked is not null || listed.Count == 1) && listed.Contains(picked)
            ? null
            : Unlisted(asked?.ToString(), listed.Select(address => address.ToString()), rule);
    }

    // The caller is one of the policy's principals by now, and may know what to choose from.
    private static Denial Unlisted(string? asked, IEnumerable<string> listed, string rule) =>
        Refuse(rule, asked ?? "none named", "one of " + string.Join(", ", listed));

    private static Denial Refuse(string rule, string observed, string limit) =>
        AuditText.Clip(new Denial(DenialReason.PolicyRefused, rule, observed, limit));

    private static long Latest(long a, long? b, long? c) => Math.Max(a, Math.Max(b ?? long.MinValue, c ?? long.MinValue));

    private static long Earliest(long a, long? b, long? c) => Math.Min(a, Math.Min(b ?? long.MaxValue, c ?? long.MaxValue));

    private static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);
}
