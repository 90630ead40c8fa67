using System.Security.Cryptography;
using SessionSigner.Audit;
using SessionSigner.Core;
using SessionSigner.Ethereum;

namespace SessionSigner.Storage;

/// <summary>What the log says of one session, added up entry by entry.</summary>
internal sealed class DerivedSession(Entry opened)
{
    public SessionIdentity Identity { get; } =
        new(opened.Principal, opened.Policy, opened.PolicyDigest.ToArray(), opened.PrimaryKey, SHA256.HashData(opened.Grant.Span));

    public bool HasEnded { get; set; }

    public long Signatures { get; private set; }

    /// <summary>What it took from its own budgets.</summary>
    public Dictionary<(string Budget, string Window, long Bucket), UInt256> Spent { get; } = [];

    public void CountSignature() => Signatures++;
}

/// <summary>What the opening entry fixes of a session; the grant by its SHA-256.</summary>
internal sealed record SessionIdentity(string Principal, string Policy, byte[] PolicyDigest, string PrimaryKey, byte[] GrantHash)
{
    /// <summary>Whether an entry says the same of who shares budgets.</summary>
    public bool IsOf(Entry entry) => entry.Principal == Principal && entry.Policy == Policy && entry.PrimaryKey == PrimaryKey;

    /// <summary>A budget that the session shares.</summary>
    public SharedBudgetKey KeyOf(string per, string budget) =>
        new(per, SharedBudgetKey.SubjectOf(per, Principal, Policy, PrimaryKey), Policy, budget);

    public bool Matches(string principal, string policy, byte[] policyDigest, string primaryKey, byte[] grantJson) =>
        principal == Principal
        && policy == Policy
        && primaryKey == PrimaryKey
        && (PolicyDigest.Length == 0 || policyDigest.AsSpan().SequenceEqual(PolicyDigest))
        && SHA256.HashData(grantJson).AsSpan().SequenceEqual(GrantHash);
}
