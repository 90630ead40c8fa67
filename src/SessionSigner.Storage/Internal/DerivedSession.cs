using System.Security.Cryptography;
using SessionSigner.Audit;
using SessionSigner.Ethereum;

namespace SessionSigner.Storage;

/// <summary>What the log says of one session, added up entry by entry.</summary>
internal sealed class DerivedSession(Entry opened)
{
    public SessionIdentity Identity { get; } =
        new(opened.Principal, opened.Policy, opened.PolicyDigest.ToArray(), opened.PrimaryKey, SHA256.HashData(opened.Grant.Span));

    public bool HasEnded { get; set; }

    public long Signatures { get; private set; }

    public Dictionary<string, UInt256> Spent { get; } = [];

    public void Add(long index, IReadOnlyList<BudgetDebit> debits)
    {
        Signatures++;
        foreach (var debit in debits)
        {
            var spent = Spent.GetValueOrDefault(debit.Budget);
            if (!UInt256.TryParse(debit.Amount, out var amount) || !UInt256.TryAdd(spent, amount, out spent))
            {
                throw new JournalOpenException($"The debits of entry {index} do not add up.");
            }
            Spent[debit.Budget] = spent;
        }
    }
}

/// <summary>What the opening entry fixes of a session; the grant by its SHA-256.</summary>
internal sealed record SessionIdentity(string Principal, string Policy, byte[] PolicyDigest, string PrimaryKey, byte[] GrantHash)
{
    public bool Matches(string principal, string policy, byte[] policyDigest, string primaryKey, byte[] grantJson) =>
        principal == Principal
        && policy == Policy
        && primaryKey == PrimaryKey
        && (PolicyDigest.Length == 0 || policyDigest.AsSpan().SequenceEqual(PolicyDigest))
        && SHA256.HashData(grantJson).AsSpan().SequenceEqual(GrantHash);
}
