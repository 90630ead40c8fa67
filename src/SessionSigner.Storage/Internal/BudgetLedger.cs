using Microsoft.Data.Sqlite;
using SessionSigner.Audit;
using SessionSigner.Core;
using SessionSigner.Ethereum;

namespace SessionSigner.Storage;

/// <summary>
/// What was taken from budgets, as the writer sees it: rows that were used lately in memory, others read from the database. Changes become durable with
/// <see cref="Flush"/> in the batch's transaction. Writer thread only.
/// </summary>
internal sealed class BudgetLedger(SqliteConnection connection)
{
    // Bounds the memory; a row that was dropped is read again.
    private const int RowsMax = 16_384;

    private readonly Dictionary<BudgetRowKey, BudgetRow> _rows = [];
    private readonly List<BudgetRow> _touched = [];
    private readonly byte[] _spent = new byte[UInt256.Size];

    private readonly Statement _select = connection.Prepare(
        "SELECT spent, 0 FROM budget WHERE sequence = $sequence AND budget = $budget AND window = $window AND bucket = $bucket",
        "$sequence",
        "$budget",
        "$window",
        "$bucket"
    );

    private readonly Statement _selectShared = connection.Prepare(
        """
        SELECT spent, last_ms FROM shared_budget
        WHERE per = $per AND subject = $subject AND policy = $policy AND budget = $budget AND window = $window AND bucket = $bucket
        """,
        ["$per", "$subject", "$policy", "$budget", "$window", "$bucket"]
    );

    private readonly Statement _upsert = connection.Prepare(
        "INSERT INTO budget VALUES ($sequence, $budget, $window, $bucket, $spent) ON CONFLICT DO UPDATE SET spent = excluded.spent",
        ["$sequence", "$budget", "$window", "$bucket", "$spent"]
    );

    private readonly Statement _upsertShared = connection.Prepare(
        """
        INSERT INTO shared_budget VALUES ($per, $subject, $policy, $budget, $window, $bucket, $spent, $last)
        ON CONFLICT DO UPDATE SET spent = excluded.spent, last_ms = excluded.last_ms
        """,
        ["$per", "$subject", "$policy", "$budget", "$window", "$bucket", "$spent", "$last"]
    );

    /// <summary>Whether a sum would exceed 2^256-1; changes nothing.</summary>
    public bool WouldOverflow(long sequence, JournalWrite write)
    {
        var debits = write.Debits;
        for (var i = 0; i < debits.Count; i++)
        {
            var key = BudgetRowKey.Of(sequence, write, debits[i]);
            // A row may be named more than once in one write: its amounts are added up in order.
            var sum = Find(key).Spent;
            for (var j = 0; j <= i; j++)
            {
                if (BudgetRowKey.Of(sequence, write, debits[j]) == key && !UInt256.TryAdd(sum, debits[j].Amount, out sum))
                {
                    return true;
                }
            }
        }
        return false;
    }

    /// <summary>Whether a release would give back more than was taken; changes nothing. It names no row twice.</summary>
    public bool WouldUnderflow(long sequence, JournalWrite write)
    {
        foreach (var debit in write.Debits)
        {
            if (Find(BudgetRowKey.Of(sequence, write, debit)).Spent < debit.Amount)
            {
                return true;
            }
        }
        return false;
    }

    /// <summary>Adds the debits of an admitted write, or subtracts what an admitted release gives back.</summary>
    public void Apply(long sequence, JournalWrite write)
    {
        var isRelease = write.Released is not null;
        foreach (var debit in write.Debits)
        {
            var row = Find(BudgetRowKey.Of(sequence, write, debit));
            var fits = isRelease
                ? UInt256.TrySubtract(row.Spent, debit.Amount, out var spent)
                : UInt256.TryAdd(row.Spent, debit.Amount, out spent);
            row.Spent = fits ? spent : throw new OverflowException("An admitted amount does not fit into its budget.");
            row.LastMs = isRelease ? row.LastMs : Math.Max(row.LastMs, write.Entry.TimeMs);
            if (!row.IsTouched)
            {
                row.IsTouched = true;
                _touched.Add(row);
            }
        }
    }

    /// <summary>Writes what the batch changed.</summary>
    public void Flush()
    {
        foreach (var row in _touched)
        {
            row.IsTouched = false;
            Write(row);
        }
        _touched.Clear();
        if (_rows.Count > RowsMax)
        {
            _rows.Clear();
        }
    }

    private void Write(BudgetRow row)
    {
        var key = row.Key;
        row.Spent.WriteBigEndian(_spent);
        if (key.Shared is { } shared)
        {
            _upsertShared
                .Set(0, shared.Per)
                .Set(1, shared.Subject)
                .Set(2, shared.Policy)
                .Set(3, shared.Budget)
                .Set(4, key.Window)
                .Set(5, key.Bucket)
                .Set(6, _spent)
                .Set(7, row.LastMs)
                .Run();
            return;
        }
        _upsert.Set(0, key.Sequence).Set(1, key.Budget).Set(2, key.Window).Set(3, key.Bucket).Set(4, _spent).Run();
    }

    private BudgetRow Find(BudgetRowKey key)
    {
        if (!_rows.TryGetValue(key, out var row))
        {
            row = Read(key);
            _rows.Add(key, row);
        }
        return row;
    }

    private BudgetRow Read(BudgetRowKey key)
    {
        var statement = key.Shared is { } shared
            ? _selectShared
                .Set(0, shared.Per)
                .Set(1, shared.Subject)
                .Set(2, shared.Policy)
                .Set(3, shared.Budget)
                .Set(4, key.Window)
                .Set(5, key.Bucket)
            : _select.Set(0, key.Sequence).Set(1, key.Budget).Set(2, key.Window).Set(3, key.Bucket);
        using var reader = statement.Read();
        return reader.Read()
            ? new BudgetRow(key) { Spent = UInt256.FromBigEndian(reader.GetFieldValue<byte[]>(0)), LastMs = reader.GetInt64(1) }
            : new BudgetRow(key);
    }
}

/// <summary>One part of a budget's window: of a session, by the session's sequence number, or of a shared budget.</summary>
internal readonly record struct BudgetRowKey(long Sequence, SharedBudgetKey? Shared, string Budget, string Window, long Bucket)
{
    public static BudgetRowKey Of(long sequence, JournalWrite write, BudgetDelta debit) =>
        debit.Per.Length == 0
            ? new(sequence, null, debit.Budget, debit.Window, debit.Bucket)
            : new(0, KeyOf(write, debit), debit.Budget, debit.Window, debit.Bucket);

    // A release is asked for by somebody who shares nothing; the session's principal does.
    private static SharedBudgetKey KeyOf(JournalWrite write, BudgetDelta debit) =>
        write.Released is { Session: var session }
            ? new(
                debit.Per,
                SharedBudgetKey.SubjectOf(debit.Per, session.Principal, session.Policy, session.PrimaryKey),
                session.Policy,
                debit.Budget
            )
            : KeyOf(write.Entry, debit.Per, debit.Budget);

    /// <summary>The shared budget that a debit of an entry is from.</summary>
    public static SharedBudgetKey KeyOf(Entry entry, string per, string budget) =>
        new(per, SharedBudgetKey.SubjectOf(per, entry.Principal, entry.Policy, entry.PrimaryKey), entry.Policy, budget);
}

/// <summary>What was taken in one part of a budget's window.</summary>
internal sealed class BudgetRow(BudgetRowKey key)
{
    public BudgetRowKey Key { get; } = key;

    public UInt256 Spent { get; set; }

    /// <summary>Time of the latest entry that took from it, Unix time in milliseconds; kept of shared budgets only.</summary>
    public long LastMs { get; set; }

    public bool IsTouched { get; set; }
}
