using SessionSigner.Ethereum;
using SessionSigner.Grants;

namespace SessionSigner.Core;

/// <summary>Says what in a policy is allowed but usually not meant: the ways in which caps are got around. Warnings, not faults.</summary>
public static class PolicyLint
{
    /// <summary>What findings begin with that make other rules of the policy void. They come first.</summary>
    public const string Danger = "DANGER: ";

    private const int LongLifetimeSeconds = 24 * 3_600;

    /// <summary>Checks a policy.</summary>
    /// <returns>One sentence for each finding, naming the path, those that begin with <see cref="Danger"/> first; empty if there is nothing to say.</returns>
    public static IReadOnlyList<string> Check(Policy policy)
    {
        var warnings = new List<string>();
        for (var i = 0; i < policy.Ceiling.Permissions.Count; i++)
        {
            if (policy.Ceiling.Permissions[i] is RawDigestPermission)
            {
                warnings.Add(
                    $"{Danger}{StrictJson.Element("ceiling.permissions", i)}: raw_digest signs ANY 32 bytes. Whatever another rule of this policy refuses can be signed by "
                        + "its digest: no target, cap, constraint or budget binds such a session. If its key or its client is lost, nothing bounds the loss but how many "
                        + "signatures rates and max_signatures allow, and one may be enough to take everything."
                );
            }
        }
        if (policy.MaxLifetimeSeconds > LongLifetimeSeconds)
        {
            warnings.Add(
                $"max_lifetime_seconds: Sessions may live for {policy.MaxLifetimeSeconds / 3_600} hours; a key that leaks is useful for as long."
            );
        }
        if (policy.Ceiling.MaxSignatures is null)
        {
            warnings.Add("ceiling.max_signatures: Missing; the number of signatures is bounded by nothing but the session's life.");
        }
        if (policy.Ceiling.Rates.Count == 0)
        {
            warnings.Add("ceiling.rates: Missing; nothing slows down a caller that runs away.");
        }
        if (policy.Ceiling.MaxOpenOrders is { } orders && policy.Releasers.Count == 0)
        {
            warnings.Add(
                $"ceiling.max_open_orders: \"releasers\" names nobody who could say that an order is over, so after {orders} signatures a session signs nothing more."
            );
        }
        for (var i = 0; i < policy.Ceiling.Permissions.Count; i++)
        {
            var path = StrictJson.Element("ceiling.permissions", i);
            var permission = policy.Ceiling.Permissions[i];
            switch (permission)
            {
                case CallPermission call:
                    CallLint.Check(call, policy.Ceiling.MaxSignatures, path, warnings);
                    break;
                case TypedDataPermission typed:
                    TypedDataLint.Check(typed, path, warnings);
                    break;
                case MessagePermission message:
                    MessageLint.Check(message, path, warnings);
                    break;
                case SignInPermission signIn:
                    MessageLint.Check(signIn, path, warnings);
                    break;
                case UserOperationPermission operation:
                    UserOperationLint.Check(operation, policy.Accounts, path, warnings);
                    break;
            }
        }
        TokenLint.Check(policy.Ceiling, warnings);
        BudgetLint.Check(policy, warnings);
        var size = new EffectiveScope(policy.Ceiling, narrowing: null).CanonicalUtf8.Length;
        if (size > OpeningTerms.ScopeSizeMax)
        {
            warnings.Add(
                $"ceiling: {size} bytes in canonical form; with what a grant and its entry need around it that is more than {OpeningTerms.ScopeSizeMax}, so no session can be opened."
            );
        }
        return [.. warnings.Where(IsDanger), .. warnings.Where(warning => !IsDanger(warning))];
    }

    private static bool IsDanger(string warning) => warning.StartsWith(Danger, StringComparison.Ordinal);
}
