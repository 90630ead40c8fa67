using SessionSigner.Core;
using SessionSigner.V1;

namespace SessionSigner.Server;

/// <summary>Turns policies into messages.</summary>
internal static class PolicyMapper
{
    public static PolicySummary ToMessage(Policy policy) =>
        new()
        {
            Name = policy.Name,
            Digest = policy.Digest.ToString(),
            Principals = { policy.Principals },
            PrimaryKeys = { policy.PrimaryKeys },
            Accounts = { policy.Accounts.Select(account => account.ToString()) },
            MaxLifetimeSeconds = checked((uint)policy.MaxLifetimeSeconds),
            CeilingJson = policy.Ceiling.ToCanonicalJson(),
            Warnings = { PolicyLint.Check(policy) },
        };
}
