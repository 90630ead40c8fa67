using SessionSigner.Ethereum;
using SessionSigner.Grants;

namespace SessionSigner.Core;

/// <summary>Whether a request can be for two permissions: then what one counts is counted for as long as it is there.</summary>
internal static class PermissionOverlap
{
    /// <summary>False only if it is certain that no request is for both, or that neither counts anything.</summary>
    public static bool May(Permission one, Permission other) =>
        (one, other) switch
        {
            (CallPermission a, CallPermission b) => Selector(a) == Selector(b) && a.Targets.Intersect(b.Targets).Any(),
            (TypedDataPermission a, TypedDataPermission b) => a.PrimaryType == b.PrimaryType,
            (UserOperationPermission a, UserOperationPermission b) => May(a, b),
            (MessagePermission a, MessagePermission b) => MayBegin(Literal(a), Literal(b)),
            (SignInPermission, SignInPermission) or (RawDigestPermission, RawDigestPermission) => false,
            _ => one.GetType() == other.GetType(),
        };

    /// <summary>Whether an operation can be for both. What it carries and its gas are not looked at.</summary>
    private static bool May(UserOperationPermission one, UserOperationPermission other) =>
        one.Chain == other.Chain
        && one.EntryPoint == other.EntryPoint
        && one.EntryPointVersion == other.EntryPointVersion
        && one.SignatureForm == other.SignatureForm
        && one.Senders.Intersect(other.Senders).Any()
        && one.NonceKeys.Intersect(other.NonceKeys).Any()
        && MayBeSame(one.Paymasters, other.Paymasters)
        && MayBeSame(one.Factories, other.Factories);

    private static bool MayBeSame(IReadOnlyList<Address>? one, IReadOnlyList<Address>? other) =>
        one is null || other is null ? one is null && other is null : one.Intersect(other).Any();

    // Null for a plain transfer.
    private static uint? Selector(CallPermission call) =>
        AbiFunction.TryParse(call.Function, out var function, out _) ? function!.Selector : null;

    // What every text under a template begins with: all before its first brace, be it a hole's or one that stands for itself.
    private static string Literal(MessagePermission message) => message.Template.Split('{', '}')[0];

    private static bool MayBegin(string one, string other) =>
        one.StartsWith(other, StringComparison.Ordinal) || other.StartsWith(one, StringComparison.Ordinal);
}
