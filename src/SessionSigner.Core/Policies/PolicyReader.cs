using SessionSigner.Ethereum;
using SessionSigner.Grants;

namespace SessionSigner.Core;

/// <summary>Reads a policy document into its model.</summary>
internal static class PolicyReader
{
    private const int ListMax = 256;
    private const int LifetimeSecondsMax = 31 * 86_400;
    private const int OpenSessionsMax = 100_000;

    public static Policy? Read(JsonItem item, FaultList faults)
    {
        var reader = ObjectReader.Open(item, "", faults);
        reader.Integer("version", 1, 1);
        var name = reader.Text("name", Parsing.IsName, Parsing.NameRule);
        var description = reader.OptionalText(
            "description",
            text => Parsing.IsPrintable(text, 0, 1_024),
            "Must be at most 1024 printable ASCII characters."
        );
        var principals = reader.DistinctTexts(
            "principals",
            1,
            ListMax,
            IsIdentity,
            "Must be a URI of at most 512 printable ASCII characters without spaces."
        );
        var releasers = reader.OptionalDistinctTexts(
            "releasers",
            1,
            ListMax,
            IsIdentity,
            "Must be a URI of at most 512 printable ASCII characters without spaces."
        );
        foreach (var both in releasers.Intersect(principals, StringComparer.Ordinal))
        {
            faults.Add("releasers", $"{FaultList.Quote(both)} is a principal: nobody gives back what it has signed itself.");
        }
        var primaryKeys = reader.DistinctTexts(
            "primary_keys",
            1,
            ListMax,
            text => Parsing.IsPrintable(text, 1, 64),
            "Must be a label of 1 to 64 printable ASCII characters."
        );
        var accounts = reader.Distinct<Address>("accounts", 1, ListMax, Parsing.Address);
        var audiences = reader.DistinctTexts(
            "audiences",
            1,
            ListMax,
            text => Parsing.IsPrintable(text, 1, 256),
            "Must be 1 to 256 printable ASCII characters."
        );
        var lifetime = reader.Integer("max_lifetime_seconds", 1, LifetimeSecondsMax);
        var openSessions = reader.OptionalInteger("max_open_sessions_per_principal", 1, OpenSessionsMax);
        var scope = reader.Required("ceiling");
        var ceiling = scope is null ? null : Scope.Read(scope, "ceiling", faults);
        reader.RefuseUnknown();
        if (ceiling is not null)
        {
            RefuseAccountsOutside(ceiling, accounts, faults);
        }
        if (ceiling is null)
        {
            // What is wrong with the document does not hide what could not be enforced.
            CompiledScope.FindFaults("ceiling", Scope.ReadSoundPermissions(scope), faults);
        }
        if (ceiling is null || Compile(ceiling, faults) is not { } compiled || faults.Count > 0)
        {
            return null;
        }
        var canonical = CanonicalJson.WriteUtf8(item);
        return new Policy
        {
            Name = name,
            Description = description ?? "",
            Digest = Keccak256.Hash(canonical),
            CanonicalJson = CanonicalJson.Write(item),
            Principals = principals,
            Releasers = releasers,
            PrimaryKeys = primaryKeys,
            Accounts = accounts,
            Audiences = audiences,
            MaxLifetimeSeconds = (int)lifetime,
            MaxOpenSessionsPerPrincipal = (int?)openSessions,
            Ceiling = ceiling,
            CompiledCeiling = compiled,
        };
    }

    private static CompiledScope? Compile(Scope ceiling, FaultList faults)
    {
        if (CompiledScope.TryCompile("ceiling", ceiling, out var compiled, out var found))
        {
            return compiled;
        }
        foreach (var fault in found)
        {
            faults.Add("", fault);
        }
        return null;
    }

    private static void RefuseAccountsOutside(Scope ceiling, IReadOnlyList<Address> accounts, FaultList faults)
    {
        foreach (var account in accounts.Where(account => !ceiling.AllowsAccount(account)))
        {
            faults.Add("accounts", $"{account} is not in the ceiling's accounts.");
        }
    }

    private static bool IsIdentity(string text) =>
        Parsing.IsPrintable(text, 1, 512) && !text.Contains(' ', StringComparison.Ordinal) && Uri.TryCreate(text, UriKind.Absolute, out _);
}
