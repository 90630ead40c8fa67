using System.Security.Cryptography;
using SessionSigner.Audit;
using SessionSigner.Core;
using SessionSigner.Ethereum;

namespace SessionSigner.Storage;

/// <summary>What the log says of one session, added up entry by entry.</summary>
/// <param name="sequence">Its number in the order in which sessions were opened, from 1.</param>
/// <param name="opened">The entry that opened it.</param>
internal sealed class DerivedSession(long sequence, Entry opened)
{
    private readonly long _openedAtMs = opened.TimeMs;
    private string _endWord = "";
    private string _endedBy = "";
    private long _endedAtMs;
    private long _signatures;

    public SessionIdentity Identity { get; } =
        new(opened.Principal, opened.Policy, opened.PolicyDigest.ToArray(), opened.PrimaryKey, SHA256.HashData(opened.Grant.Span));

    public bool HasEnded { get; private set; }

    /// <summary>What it took from its own budgets.</summary>
    public Dictionary<(string Budget, string Window, long Bucket), UInt256> Spent { get; } = [];

    public void CountSignature() => _signatures++;

    public void End(Entry ended)
    {
        HasEnded = true;
        (_endWord, _endedBy, _endedAtMs) = (ended.Detail, ended.Principal, ended.TimeMs);
    }

    /// <summary>Whether everything that is stored of the session follows from the log and from the grant in it.</summary>
    public bool Matches(long storedSequence, SessionRecord stored) =>
        storedSequence == sequence
        && Identity.Matches(stored)
        && SessionGrant.Matches(stored)
        && stored.OpenedAtMs == _openedAtMs
        && (HasEnded ? SessionEnd.WordOf(stored.EndReason) == _endWord : stored.EndReason == SessionEndReason.None)
        && stored.EndedBy == _endedBy
        && stored.EndedAtMs == _endedAtMs
        && stored.Signatures == _signatures;
}

/// <summary>What the opening entry fixes of a session; the grant by its SHA-256.</summary>
internal sealed record SessionIdentity(string Principal, string Policy, byte[] PolicyDigest, string PrimaryKey, byte[] GrantHash)
{
    /// <summary>Whether an entry says the same of who shares budgets.</summary>
    public bool IsOf(Entry entry) => entry.Principal == Principal && entry.Policy == Policy && entry.PrimaryKey == PrimaryKey;

    /// <summary>A budget that the session shares.</summary>
    public SharedBudgetKey KeyOf(string per, string budget) =>
        new(per, SharedBudgetKey.SubjectOf(per, Principal, Policy, PrimaryKey), Policy, budget);

    public bool Matches(SessionRecord stored) =>
        stored.Principal == Principal
        && stored.Policy == Policy
        && stored.PrimaryKey == PrimaryKey
        && stored.PolicyDigest.ToArray().AsSpan().SequenceEqual(PolicyDigest)
        && SHA256.HashData(stored.GrantJson.Span).AsSpan().SequenceEqual(GrantHash);
}
