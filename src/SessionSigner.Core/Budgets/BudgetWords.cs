using SessionSigner.Grants;

namespace SessionSigner.Core;

/// <summary>The words by which the log calls what shares a budget and how long it counts; empty for the simplest.</summary>
internal static class BudgetWords
{
    public const string Principal = "principal";
    public const string Policy = "policy";
    public const string PrimaryKey = "primary_key";

    public static string Of(BudgetPer per) =>
        per switch
        {
            BudgetPer.Session => "",
            BudgetPer.Principal => Principal,
            BudgetPer.Policy => Policy,
            BudgetPer.PrimaryKey => PrimaryKey,
            _ => throw new ArgumentOutOfRangeException(nameof(per)),
        };

    public static string Of(BudgetWindowKind window) =>
        window switch
        {
            BudgetWindowKind.Lifetime => "",
            BudgetWindowKind.CalendarDay => "calendar_day",
            BudgetWindowKind.Rolling => "rolling",
            _ => throw new ArgumentOutOfRangeException(nameof(window)),
        };
}
