using SessionSigner.V1;

namespace SessionSigner.Cli;

/// <summary>A primary key in a token. The JSON shape is stable.</summary>
internal sealed record PrimaryKeyView(
    string Label,
    string KeyId,
    string Curve,
    string PublicKey,
    string Address,
    string TokenLabel,
    string TokenSerial,
    string TokenModel,
    bool Sensitive,
    bool Extractable,
    bool NeverExtractable,
    bool AlwaysSensitive,
    bool Local,
    ulong Grants,
    bool Available
)
{
    public static PrimaryKeyView From(PrimaryKey k) =>
        new(
            k.Label,
            k.KeyId,
            k.Curve,
            PublicKeyText.Format(k.Curve, k.PublicKey.Span),
            k.Address,
            k.TokenLabel,
            k.TokenSerial,
            k.TokenModel,
            k.Sensitive,
            k.Extractable,
            k.NeverExtractable,
            k.AlwaysSensitive,
            k.Local,
            k.Grants,
            k.Available
        );

    /// <summary>True if the token says that the key was made there and never could leave it.</summary>
    public bool IsConfined => Sensitive && !Extractable && NeverExtractable && AlwaysSensitive && Local;

    public void Write(Report report)
    {
        report.Heading($"Primary key {Label}");
        report.Fields(
            ("public key", PublicKey),
            ("address", Address),
            ("token", $"{TokenLabel}, serial {TokenSerial}, {TokenModel}"),
            ("key id", KeyId),
            ("made in the token", Names.YesNo(Local)),
            (
                "extractable",
                Extractable ? "yes"
                : NeverExtractable ? "no, never was"
                : "no, but once was"
            ),
            (
                "sensitive",
                !Sensitive ? "no"
                : AlwaysSensitive ? "yes, always was"
                : "yes, but once was not"
            ),
            ("grants signed", $"{Grants}"),
            ("available", Names.YesNo(Available))
        );
        report.Verdict(
            IsConfined,
            IsConfined ? "The token says this key never left it and cannot." : "The token does NOT say that this key never left it."
        );
    }
}

/// <summary>How session keys are held. The JSON shape is stable.</summary>
internal sealed record VaultView(string Memory, bool Degraded, uint Capacity, uint InUse, bool Undumpable);

/// <summary>Who may do what. The JSON shape is stable.</summary>
internal sealed record IdentityView(string Uri, IReadOnlyList<string> Roles);

/// <summary>The custody report. The JSON shape is stable.</summary>
internal sealed record CustodyView(
    long MadeAtMs,
    IReadOnlyList<PrimaryKeyView> PrimaryKeys,
    IReadOnlyList<PolicyView> Policies,
    uint OpenSessionCount,
    IReadOnlyList<SessionView> OpenSessions,
    VaultView Vault,
    ulong AuditSize,
    string AuditRoot,
    string AuditOrigin,
    string DaemonVersion,
    IReadOnlyList<IdentityView> Identities,
    string RosterDigest
)
{
    private static readonly IReadOnlyList<string> IdentityColumns = ["identity", "roles"];

    public static CustodyView From(GetCustodyReportResponse r)
    {
        var vault = r.Vault ?? new VaultReport();
        return new CustodyView(
            r.MadeAtMs,
            r.PrimaryKeys.Select(PrimaryKeyView.From).ToList(),
            r.Policies.Select(PolicyView.From).ToList(),
            r.OpenSessionCount,
            r.OpenSessions.Select(SessionView.From).ToList(),
            new VaultView(vault.Memory, vault.Degraded, vault.Capacity, vault.InUse, vault.Undumpable),
            r.AuditSize,
            Names.Hex(r.AuditRoot.Span),
            r.AuditOrigin,
            r.DaemonVersion,
            r.Identities.Select(i => new IdentityView(i.Uri, [.. i.Roles])).ToList(),
            r.RosterDigest
        );
    }

    public void Write(Report report)
    {
        report.Line($"Custody report of {AuditOrigin}, {Names.TimeMs(MadeAtMs)}, sessionsignerd {DaemonVersion}");
        WriteSummary(report);
        foreach (var key in PrimaryKeys)
        {
            key.Write(report);
        }

        report.Heading("Session keys");
        report.Fields(
            ("memory", Vault.Degraded ? Vault.Memory + " (degraded: root could read session keys)" : Vault.Memory),
            ("in use", $"{Vault.InUse} of {Vault.Capacity}"),
            ("refuses core dumps", Names.YesNo(Vault.Undumpable))
        );
        foreach (var policy in Policies)
        {
            report.Heading($"Policy {policy.Name}");
            policy.Write(report);
        }

        report.Heading($"Identities: {Identities.Count}");
        report.Table(
            IdentityColumns,
            Identities.Select(i => (IReadOnlyList<string>)[i.Uri, string.Join(", ", i.Roles)]).ToList(),
            "No identities."
        );
        report.Heading($"Open sessions: {OpenSessionCount}");
        SessionView.WriteCustodyTable(report, OpenSessions);
        report.Heading("Audit log");
        report.Fields(("entries", $"{AuditSize}"), ("root", AuditRoot));
    }

    // What a reader must see if nothing else.
    private void WriteSummary(Report report)
    {
        var confined = PrimaryKeys.Count(key => key.IsConfined);
        report.Heading("Summary");
        report.Verdict(
            confined == PrimaryKeys.Count && confined > 0,
            $"Primary keys made in their token and never able to leave it, as the token says: {confined} of {PrimaryKeys.Count}"
        );
        report.Verdict(
            !Vault.Degraded && Vault.Undumpable,
            $"Session keys held: {Vault.InUse}, in memory that {(Vault.Degraded || !Vault.Undumpable ? "root could read" : "no other process can read")}"
        );
        var warnings = Policies.Sum(policy => policy.Warnings.Count);
        report.Verdict(warnings == 0, $"Policies in force: {Policies.Count}, with warnings: {warnings}");
        report.Line(
            RosterDigest.Length == 0
                ? "Policies are pinned by the daemon's configuration."
                : $"Policies come into force by approval; roster {RosterDigest}"
        );
    }
}
