using SessionSigner.Ethereum;

namespace SessionSigner.Grants;

/// <summary>Reads one budget.</summary>
internal static class BudgetReader
{
    private const int WindowSecondsMax = 31 * 86_400;

    // Bounds what a daemon keeps of a rolling window: enough for a day by the minute.
    private const int GranulesMax = 1_440;

    public static Budget Read(JsonItem item, string path, FaultList faults)
    {
        var reader = ObjectReader.Open(item, path, faults);
        var decimals = (int)(reader.OptionalInteger("decimals", 1, TokenAmount.DecimalsMax) ?? 0);
        var budget = new Budget(
            reader.Text("name", Parsing.IsName, Parsing.NameRule),
            reader.Text("unit", text => Parsing.IsPrintable(text, 1, 64), "Must be 1 to 64 printable ASCII characters."),
            ReadLimit(reader, decimals)
        )
        {
            Decimals = decimals,
            Window = ReadWindow(reader),
            Per = ToPer(
                reader.Text(
                    "per",
                    text => ToPer(text) != BudgetPer.Unspecified,
                    "Must be \"session\", \"principal\", \"policy\" or \"primary_key\"."
                )
            ),
        };
        reader.RefuseUnknown();
        return budget;
    }

    private static UInt256 ReadLimit(ObjectReader reader, int decimals)
    {
        if (decimals == 0)
        {
            return reader.Amount("limit");
        }
        var text = reader.Text(
            "limit",
            text => TokenAmount.TryParse(text, decimals, out _),
            $"Must be a number of tokens such as \"2500.5\", with at most {decimals} digits behind the point and no needless zeros, below 2^256 base units."
        );
        _ = TokenAmount.TryParse(text, decimals, out var limit);
        return limit;
    }

    private static BudgetWindow ReadWindow(ObjectReader reader)
    {
        var window = reader.Text(
            "window",
            text => text is "lifetime" or "calendar_day" or "rolling",
            "Must be \"lifetime\", \"calendar_day\" or \"rolling\"."
        );
        return window switch
        {
            "lifetime" => BudgetWindow.Lifetime,
            "calendar_day" => BudgetWindow.CalendarDay,
            "rolling" => ReadRolling(reader),
            _ => default,
        };
    }

    private static BudgetWindow ReadRolling(ObjectReader reader)
    {
        var before = reader.Faults.Count;
        var window = (int)reader.Integer("window_seconds", 1, WindowSecondsMax);
        var granularity = (int)reader.Integer("granularity_seconds", 1, WindowSecondsMax);
        if (reader.Faults.Count == before && (granularity > window || window > (long)granularity * GranulesMax))
        {
            reader.Faults.Add(
                reader.PathOf("granularity_seconds"),
                "Must be at most window_seconds and at least a 1440th of window_seconds."
            );
        }
        return BudgetWindow.Rolling(window, granularity);
    }

    private static BudgetPer ToPer(string text) =>
        text switch
        {
            "session" => BudgetPer.Session,
            "principal" => BudgetPer.Principal,
            "policy" => BudgetPer.Policy,
            "primary_key" => BudgetPer.PrimaryKey,
            _ => BudgetPer.Unspecified,
        };
}
