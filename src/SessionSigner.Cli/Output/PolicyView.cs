using System.Text.Json.Nodes;
using SessionSigner.V1;

namespace SessionSigner.Cli;

/// <summary>A policy in force. The JSON shape is stable.</summary>
internal sealed record PolicyView(
    string Name,
    string Digest,
    IReadOnlyList<string> Principals,
    IReadOnlyList<string> PrimaryKeys,
    IReadOnlyList<string> Accounts,
    uint MaxLifetimeSeconds,
    IReadOnlyList<string> Warnings,
    JsonNode? Ceiling
)
{
    private static readonly IReadOnlyList<string> Columns = ["policy", "principals", "primary keys", "accounts", "lifetime", "digest"];

    public static PolicyView From(PolicySummary p) =>
        new(
            p.Name,
            p.Digest,
            [.. p.Principals],
            [.. p.PrimaryKeys],
            [.. p.Accounts],
            p.MaxLifetimeSeconds,
            [.. p.Warnings],
            EmbeddedJson.Parse(p.CeilingJson)
        );

    /// <summary>Everything a policy allows, for a report that is signed off.</summary>
    public void Write(Report report)
    {
        report.Fields([
            ("digest", Digest),
            ("principals", string.Join(", ", Principals)),
            ("primary keys", string.Join(", ", PrimaryKeys)),
            ("accounts", string.Join(", ", Accounts)),
            ("longest session", Names.Lifetime(MaxLifetimeSeconds)),
            .. CeilingText.Lines(Ceiling),
            .. Warnings.Select(warning => ("warning", warning)),
        ]);
    }

    public static void WriteTable(Report report, IReadOnlyList<PolicyView> policies)
    {
        report.Table(
            Columns,
            policies
                .Select(p =>
                    (IReadOnlyList<string>)
                        [
                            p.Name,
                            string.Join(", ", p.Principals),
                            string.Join(", ", p.PrimaryKeys),
                            string.Join(", ", p.Accounts),
                            Names.Lifetime(p.MaxLifetimeSeconds),
                            p.Digest,
                        ]
                )
                .ToList(),
            "No policies."
        );
        foreach (var policy in policies)
        {
            foreach (var warning in policy.Warnings)
            {
                report.Line($"warning: {policy.Name}: {warning}");
            }
        }
    }
}
