using System.Collections.Concurrent;
using SessionSigner.Ethereum;
using SessionSigner.Grants;

namespace SessionSigner.Core;

/// <summary>
/// The totals that sessions share, by what shares them; read from the journal when the first session needs one, then kept for as long as the
/// version of the policy is in force, so that what is under way is never read too early. A version has totals of its own in memory: it comes into force
/// only when every session of the one before has ended and its signatures are durable, and then takes up what the journal holds of the name, whatever
/// windows that was counted in. Bounded by the principals, primary keys and budgets of the policies. Thread safe.
/// </summary>
internal sealed class SharedMeters(SharedMeters.ReadRows readRows, TimeProvider time)
{
    /// <summary>Reads what a shared budget has taken, as <see cref="IJournal.ReadSharedBudget"/>.</summary>
    public delegate IReadOnlyList<SharedBudgetRow> ReadRows(SharedBudgetKey key, long sinceMs);

    private readonly ConcurrentDictionary<(BudgetPer Per, string Subject, string Policy, Hash32 Version), SharedSet> _sets = new();

    /// <param name="journal">Holds what was taken before.</param>
    /// <param name="time">The clock.</param>
    public SharedMeters(IJournal journal, TimeProvider time)
        : this(journal.ReadSharedBudget, time) { }

    /// <summary>The set that a session belongs to.</summary>
    public SharedSet FindSet(BudgetPer per, SessionRecord session)
    {
        var subject = SharedBudgetKey.SubjectOf(BudgetWords.Of(per), session.Principal, session.Policy, session.PrimaryKey);
        return _sets.GetOrAdd(
            (per, subject, session.Policy, session.PolicyDigest),
            static key => new SharedSet(key.Per, key.Subject, key.Policy)
        );
    }

    /// <summary>Forgets the totals of a policy; the journal keeps them. Every session under it must have ended, its end durable.</summary>
    public void Forget(string policy)
    {
        foreach (var key in _sets.Keys.Where(key => key.Policy == policy))
        {
            _ = _sets.TryRemove(key, out _);
        }
    }

    /// <summary>The total of a shared budget. Reads the journal if it is the first time; takes no lock meanwhile.</summary>
    /// <exception cref="SignerException"><see cref="ErrorCode.JournalFailed"/>.</exception>
    public BudgetTotal FindTotal(SharedSet set, BudgetRule rule)
    {
        if (!set.Totals.TryGetValue(rule.Path, out var total))
        {
            // As long as no total is in the set, nothing is taken from it, so what is read is complete. Of several readers the first is right.
            var now = MeterTime.Read(time);
            var key = new SharedBudgetKey(BudgetWords.Of(set.Per), set.Subject, set.Policy, rule.Path);
            var rows = readRows(key, BudgetTotal.RelevantSinceMs(rule.Window, now.WallMs));
            total = set.Totals.GetOrAdd(rule.Path, BudgetTotal.Restore(rule.Window, rows, now));
        }
        return total.Window == rule.Window
            ? total
            : throw new InvalidOperationException("The window of a shared budget changes only with the version of its policy.");
    }
}

/// <summary>
/// The totals that one principal, policy or primary key shares under one policy. A session takes its own lock first, then those of its sets in the
/// order of <see cref="BudgetPer"/>; sets of different policies have nothing in common, so that order is the same for all.
/// </summary>
internal sealed class SharedSet(BudgetPer per, string subject, string policy)
{
    /// <summary>Guards the totals. Never held across I/O or an await.</summary>
    public Lock Gate { get; } = new();

    public BudgetPer Per { get; } = per;

    public string Subject { get; } = subject;

    public string Policy { get; } = policy;

    /// <summary>By rule path.</summary>
    public ConcurrentDictionary<string, BudgetTotal> Totals { get; } = new(StringComparer.Ordinal);
}
