using Microsoft.Data.Sqlite;
using SessionSigner.Audit;
using SessionSigner.Core;
using SessionSigner.Ethereum;

namespace SessionSigner.Storage;

/// <summary>What the log says was taken from budgets, added up entry by entry, and whether the tables say the same.</summary>
internal sealed class DerivedBudgets
{
    private readonly Dictionary<(SharedBudgetKey Key, string Window, long Bucket), (UInt256 Spent, long LastMs)> _shared = [];

    /// <summary>Adds the debits of an entry.</summary>
    /// <exception cref="JournalOpenException">They do not add up, or are of somebody else's budget.</exception>
    public void Add(long index, Entry entry, DerivedSession session)
    {
        foreach (var debit in entry.Debits)
        {
            if (debit.Per.Length == 0)
            {
                var own = (debit.Budget, debit.Window, debit.Bucket);
                session.Spent[own] = Sum(index, session.Spent.GetValueOrDefault(own), debit);
                continue;
            }
            if (!session.Identity.IsOf(entry))
            {
                throw new JournalOpenException($"Entry {index} takes from a budget that its session does not share.");
            }
            var key = (BudgetRowKey.KeyOf(entry, debit.Per, debit.Budget), debit.Window, debit.Bucket);
            var (spent, lastMs) = _shared.GetValueOrDefault(key);
            _shared[key] = (Sum(index, spent, debit), Math.Max(lastMs, entry.TimeMs));
        }
    }

    /// <summary>Subtracts what a release gives back.</summary>
    /// <exception cref="JournalOpenException">More is given back than was taken, or the sums are others.</exception>
    public void Subtract(long index, Entry entry, DerivedSession session)
    {
        foreach (var debit in entry.Debits.Where(debit => debit.SpentAfter.Length > 0))
        {
            if (debit.Per.Length == 0)
            {
                var own = (debit.Budget, debit.Window, debit.Bucket);
                session.Spent[own] = Rest(index, session.Spent.GetValueOrDefault(own), debit);
                continue;
            }
            var key = (session.Identity.KeyOf(debit.Per, debit.Budget), debit.Window, debit.Bucket);
            var (spent, lastMs) = _shared.GetValueOrDefault(key);
            _shared[key] = (Rest(index, spent, debit), lastMs);
        }
    }

    private static UInt256 Rest(long index, UInt256 spent, BudgetDebit debit) =>
        UInt256.TryParse(debit.Amount, out var amount)
        && UInt256.TrySubtract(spent, amount, out var rest)
        && rest.ToString() == debit.SpentAfter
            ? rest
            : throw new JournalOpenException($"Entry {index} gives back what does not follow from the log.");

    /// <summary>Compares the tables.</summary>
    /// <exception cref="JournalOpenException">They differ; the message says where.</exception>
    public void Verify(SqliteConnection connection, IReadOnlyDictionary<string, DerivedSession> sessions)
    {
        VerifyOwn(connection, sessions);
        VerifyShared(connection);
    }

    private static UInt256 Sum(long index, UInt256 spent, BudgetDebit debit) =>
        UInt256.TryParse(debit.Amount, out var amount) && UInt256.TryAdd(spent, amount, out var sum)
            ? sum
            : throw new JournalOpenException($"The debits of entry {index} do not add up.");

    private static void VerifyOwn(SqliteConnection connection, IReadOnlyDictionary<string, DerivedSession> sessions)
    {
        var statement = connection.Prepare(
            "SELECT s.session_id, b.budget, b.window, b.bucket, b.spent FROM budget b LEFT JOIN session s USING (sequence)"
        );
        using var reader = statement.Read();
        var count = 0;
        while (reader.Read())
        {
            count++;
            var sessionId = reader.IsDBNull(0) ? "" : reader.GetString(0);
            var budget = reader.GetString(1);
            if (
                !sessions.TryGetValue(sessionId, out var session)
                || !session.Spent.TryGetValue((budget, reader.GetString(2), reader.GetInt64(3)), out var spent)
                || spent != UInt256.FromBigEndian(reader.GetFieldValue<byte[]>(4))
            )
            {
                throw new JournalOpenException($"The stored total of budget {budget} of session {sessionId} does not follow from the log.");
            }
        }
        CheckCount(sessions.Values.Sum(session => session.Spent.Count), count);
    }

    private void VerifyShared(SqliteConnection connection)
    {
        var statement = connection.Prepare("SELECT per, subject, policy, budget, window, bucket, spent, last_ms FROM shared_budget");
        using var reader = statement.Read();
        var count = 0;
        while (reader.Read())
        {
            count++;
            var key = new SharedBudgetKey(reader.GetString(0), reader.GetString(1), reader.GetString(2), reader.GetString(3));
            if (
                !_shared.TryGetValue((key, reader.GetString(4), reader.GetInt64(5)), out var expected)
                || expected.Spent != UInt256.FromBigEndian(reader.GetFieldValue<byte[]>(6))
                || expected.LastMs != reader.GetInt64(7)
            )
            {
                throw new JournalOpenException(
                    $"The stored total of budget {key.Budget} of {key.Per} {key.Subject} under policy {key.Policy} does not follow from the log."
                );
            }
        }
        CheckCount(_shared.Count, count);
    }

    private static void CheckCount(int expected, int count)
    {
        if (count != expected)
        {
            throw new JournalOpenException($"The log debits {expected} budgets, {count} are stored.");
        }
    }
}
