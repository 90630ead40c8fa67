using SessionSigner.Core;
using SessionSigner.Ethereum;

namespace SessionSigner.Storage;

/// <summary>What changes of a session while it lives, as the writer keeps it in memory. Totals are absolute; the batch writes those that were touched.</summary>
internal sealed class SessionState(string sessionId, long sequence)
{
    public string SessionId { get; } = sessionId;

    public long Sequence { get; } = sequence;

    public long Signatures { get; set; }

    public SessionEndReason EndReason { get; set; }

    public string EndedBy { get; set; } = "";

    public long EndedAtMs { get; set; }

    public List<BudgetTotal> Budgets { get; } = [];

    /// <summary>Whether the batch under way changed it.</summary>
    public bool IsTouched { get; set; }

    public BudgetTotal? FindBudget(string budget)
    {
        foreach (var total in Budgets)
        {
            if (total.Budget == budget)
            {
                return total;
            }
        }
        return null;
    }
}

/// <summary>Total taken from one budget.</summary>
internal sealed class BudgetTotal(string budget, UInt256 spent)
{
    public string Budget { get; } = budget;

    public UInt256 Spent { get; set; } = spent;

    public bool IsTouched { get; set; }
}
