using System.Collections.Frozen;

namespace SessionSigner.Server;

/// <summary>Which roles may call which method. Every method the daemon serves is listed; a method that is not is refused.</summary>
internal static class MethodRoles
{
    private const Roles Readers = Roles.Auditor | Roles.Operator;
    private const Roles Everyone = Roles.Trader | Roles.Operator | Roles.Approver | Roles.Auditor | Roles.Settler;

    private static readonly FrozenDictionary<string, Roles> Required = new Dictionary<string, Roles>(StringComparer.Ordinal)
    {
        ["/sessionsigner.v1.SessionService/OpenSession"] = Roles.Trader,
        ["/sessionsigner.v1.SessionService/GetSession"] = Roles.Trader | Readers,
        ["/sessionsigner.v1.SessionService/ListSessions"] = Roles.Trader | Readers,
        ["/sessionsigner.v1.SessionService/WatchSession"] = Roles.Trader | Readers,
        ["/sessionsigner.v1.SessionService/CloseSession"] = Roles.Trader,
        ["/sessionsigner.v1.SigningService/SignTransaction"] = Roles.Trader,
        ["/sessionsigner.v1.SigningService/SignTypedData"] = Roles.Trader,
        ["/sessionsigner.v1.SigningService/SignMessage"] = Roles.Trader,
        ["/sessionsigner.v1.SigningService/SignDigest"] = Roles.Trader,
        ["/sessionsigner.v1.SigningService/SignUserOperation"] = Roles.Trader,
        ["/sessionsigner.v1.SigningService/Evaluate"] = Roles.Trader,
        ["/sessionsigner.v1.OrderService/ReleaseReservation"] = Roles.Settler,
        ["/sessionsigner.v1.GrantService/GetGrant"] = Roles.Trader | Readers,
        ["/sessionsigner.v1.GrantService/VerifyGrant"] = Everyone,
        ["/sessionsigner.v1.AuditService/GetCheckpoint"] = Roles.Auditor,
        ["/sessionsigner.v1.AuditService/ListEntries"] = Roles.Auditor,
        ["/sessionsigner.v1.AuditService/TailEntries"] = Roles.Auditor,
        ["/sessionsigner.v1.CustodyService/ListPrimaryKeys"] = Readers,
        ["/sessionsigner.v1.CustodyService/GetCustodyReport"] = Readers,
        ["/sessionsigner.v1.AdminService/RevokeSessions"] = Roles.Operator,
        ["/sessionsigner.v1.AdminService/ListPolicies"] = Readers | Roles.Approver,
        ["/sessionsigner.v1.AdminService/GetPolicyVersion"] = Readers | Roles.Approver,
        ["/sessionsigner.v1.AdminService/ProposePolicy"] = Roles.Operator,
        ["/sessionsigner.v1.AdminService/ApprovePolicy"] = Roles.Approver,
        ["/sessionsigner.v1.AdminService/ActivatePolicy"] = Roles.Operator,
        ["/sessionsigner.v1.AdminService/RetirePolicy"] = Roles.Operator,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    // Any identity of the configuration may call these, one without roles too: they show no state and change none.
    private static readonly FrozenSet<string> OpenToIdentities = new[]
    {
        "/grpc.health.v1.Health/Check",
        "/grpc.health.v1.Health/Watch",
        "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo",
        "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
    }.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>The methods listed, as "/package.Service/Method".</summary>
    public static IEnumerable<string> Methods => Required.Keys.Concat(OpenToIdentities);

    /// <summary>The roles of which one is needed, in words: "operator or auditor"; "none" for a method that nobody may call.</summary>
    public static string Describe(string method) =>
        Required.TryGetValue(method, out var required) ? Describe(required, " or ") : Describe(Roles.None, "");

    /// <summary>The roles in words, as in the configuration; "none" if there is none.</summary>
    public static string Describe(Roles roles, string separator) =>
        roles == Roles.None
            ? "none"
            : string.Join(
                separator,
                Enum.GetValues<Roles>()
                    .Where(role => role != Roles.None && roles.HasFlag(role))
                    .Select(role => role.ToString().ToLowerInvariant())
            );

    /// <summary>Whether an identity of the configuration with these roles may call a method.</summary>
    public static bool Allows(string method, Roles roles) =>
        OpenToIdentities.Contains(method) || (Required.TryGetValue(method, out var required) && (roles & required) != Roles.None);
}
