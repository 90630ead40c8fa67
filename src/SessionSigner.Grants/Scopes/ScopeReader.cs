using System.Text;
using SessionSigner.Ethereum;

namespace SessionSigner.Grants;

/// <summary>Reads a scope document into its model. Names and types of arguments are checked later, against the ABI, when a scope is compiled.</summary>
internal static class ScopeReader
{
    private const int PermissionCountMax = 1_000;
    private const int MessagePermissionCountMax = 64;
    private const int ChainCountMax = 64;
    private const int AccountCountMax = 256;
    private const int BudgetCountMax = 32;
    private const int RateCountMax = 8;
    private const int RateMax = 100_000;
    private const int RateWindowSecondsMax = 31 * 86_400;

    // The last second of the year 9999.
    private const long TimeMax = 253_402_300_799;

    public static Scope? Read(JsonItem? item, string path, FaultList faults)
    {
        var before = faults.Count;
        var reader = ObjectReader.Open(item, path, faults);
        reader.Integer("version", 1, 1);
        var notBefore = reader.OptionalInteger("not_before", 0, TimeMax);
        var notAfter = reader.OptionalInteger("not_after", 0, TimeMax);
        if (notBefore >= notAfter)
        {
            faults.Add(reader.PathOf("not_after"), "Must be later than not_before.");
        }
        var chains = reader.Distinct<UInt256>("chains", 1, ChainCountMax, Parsing.ChainId);
        var accounts = reader.OptionalDistinct<Address>("accounts", 1, AccountCountMax, Parsing.Address);
        var budgets = reader.OptionalList("budgets", 0, BudgetCountMax, BudgetReader.Read) ?? [];
        var permissions = reader.List("permissions", 1, PermissionCountMax, PermissionReader.Read);
        var rates = reader.OptionalList("rates", 0, RateCountMax, ReadRate) ?? [];
        var maxOpenOrders = reader.OptionalInteger("max_open_orders", 1, JsonItem.Integer.Max);
        var maxSignatures = reader.OptionalInteger("max_signatures", 1, JsonItem.Integer.Max);
        reader.RefuseUnknown();
        RefuseRepeats(reader.PathOf("permissions"), permissions.Select(permission => permission.Name), faults);
        RefuseRepeats(reader.PathOf("budgets"), budgets.Select(budget => budget.Name), faults);
        RefuseUnknownBudgets(reader, permissions, budgets);
        RefuseUnknownChains(reader, permissions, chains);
        if (permissions.Any(permission => permission is RawDigestPermission) && rates.Count == 0 && maxSignatures is null)
        {
            faults.Add(reader.PathOf("permissions"), "A scope with raw_digest must have rates or max_signatures: nothing else bounds it.");
        }
        if (permissions.Count(permission => permission is MessagePermission or SignInPermission) > MessagePermissionCountMax)
        {
            faults.Add(
                reader.PathOf("permissions"),
                "At most 64 of kind message or sign_in: a message is held against one after the other."
            );
        }
        if (faults.Count != before)
        {
            return null;
        }
        var document = (JsonItem.Object)item!;
        if (Encoding.UTF8.GetByteCount(CanonicalJson.Write(document)) > Scope.SizeMax)
        {
            faults.Add(path, "A scope must be at most 60000 bytes in canonical form.");
            return null;
        }
        return new Scope
        {
            NotBefore = notBefore,
            NotAfter = notAfter,
            Chains = chains,
            Accounts = accounts,
            Permissions = permissions,
            Budgets = budgets,
            Rates = rates,
            MaxSignatures = maxSignatures,
            MaxOpenOrders = maxOpenOrders,
            Document = document,
        };
    }

    /// <summary>The permissions that have no fault, by position; none if there is no list of them.</summary>
    public static IReadOnlyList<(int Index, Permission Permission)> ReadSoundPermissions(JsonItem? item)
    {
        var sound = new List<(int, Permission)>();
        var items = ((item as JsonItem.Object)?.Find("permissions") as JsonItem.Array)?.Items ?? [];
        for (var i = 0; i < items.Count && i < PermissionCountMax; i++)
        {
            var faults = new FaultList();
            if (PermissionReader.Read(items[i], "", faults) is { } permission && faults.Count == 0)
            {
                sound.Add((i, permission));
            }
        }
        return sound;
    }

    private static Rate ReadRate(JsonItem item, string path, FaultList faults)
    {
        var reader = ObjectReader.Open(item, path, faults);
        var rate = new Rate((int)reader.Integer("max", 1, RateMax), (int)reader.Integer("window_seconds", 1, RateWindowSecondsMax));
        reader.RefuseUnknown();
        return rate;
    }

    private static void RefuseRepeats(string path, IEnumerable<string> names, FaultList faults)
    {
        foreach (
            var repeated in names.GroupBy(name => name, StringComparer.Ordinal).Where(group => group.Count() > 1 && group.Key.Length > 0)
        )
        {
            faults.Add(path, $"The name {FaultList.Quote(repeated.Key)} is given twice.");
        }
    }

    private static void RefuseUnknownBudgets(ObjectReader reader, IReadOnlyList<Permission> permissions, IReadOnlyList<Budget> budgets)
    {
        var known = budgets.Select(budget => budget.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var permission in permissions)
        {
            foreach (var meter in permission.Meters.Where(meter => meter.Budget.Length > 0 && !known.Contains(meter.Budget)))
            {
                reader.Faults.Add(
                    reader.PathOf("permissions"),
                    $"A meter of \"{permission.Name}\" names the budget \"{meter.Budget}\", which does not exist."
                );
            }
        }
    }

    private static void RefuseUnknownChains(ObjectReader reader, IReadOnlyList<Permission> permissions, IReadOnlyList<UInt256> chains)
    {
        foreach (var permission in permissions)
        {
            IEnumerable<UInt256?> named = permission switch
            {
                CallPermission call =>
                [
                    call.Chain,
                    .. call.Authorizations.Select(rule => rule.Chain).Where(chain => chain != UInt256.Zero),
                ],
                TypedDataPermission typed => [typed.Domain.ChainId],
                SignInPermission signIn => signIn.Chains.Select(chain => (UInt256?)chain),
                UserOperationPermission operation => [operation.Chain],
                _ => [],
            };
            if (named.Any(chain => chain is { } id && !chains.Contains(id)))
            {
                reader.Faults.Add(reader.PathOf("permissions"), $"The chain of \"{permission.Name}\" is not in the scope's chains.");
            }
        }
    }
}
