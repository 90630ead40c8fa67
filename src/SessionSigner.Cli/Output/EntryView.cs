using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using SessionSigner.Audit;
using SessionSigner.V1;

namespace SessionSigner.Cli;

internal sealed record DebitView(string Budget, string Amount, string SpentAfter, string Per, string Window, long Bucket);

/// <summary>An audit entry. The JSON shape is stable.</summary>
internal sealed record EntryView(
    ulong Index,
    string Kind,
    long TimeMs,
    string Principal,
    string SessionId,
    string RequestId,
    string Policy,
    string PolicyDigest,
    string PrimaryKey,
    string PayloadKind,
    string PayloadDigest,
    string SignatureHash,
    string Rule,
    string Reason,
    string Observed,
    string Limit,
    IReadOnlyList<DebitView> Debits,
    JsonNode? Grant,
    string Detail,
    string DocumentKind,
    string RosterDigest,
    string ApproverKey,
    string Approval,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] long ReleasedIndex
)
{
    private static readonly IReadOnlyList<string> Columns = ["index", "time", "kind", "principal", "session", "what"];

    public static EntryView From(LogEntry logEntry)
    {
        if (!EntryCodec.TryDecode(logEntry.Entry.Span, out var e, out var fault) || e is null)
        {
            throw new Client.SignerVerificationException("audit log", [$"Entry {logEntry.Index} is not well formed: {fault}"]);
        }

        return new EntryView(
            logEntry.Index,
            Names.Of(e.Kind),
            e.TimeMs,
            e.Principal,
            e.SessionId,
            e.RequestId,
            e.Policy,
            Names.Hex(e.PolicyDigest.Span),
            e.PrimaryKey,
            e.PayloadKind,
            Names.Hex(e.PayloadDigest.Span),
            Names.Hex(e.SignatureHash.Span),
            e.Rule,
            JsonNamingPolicy.SnakeCaseLower.ConvertName(e.Reason),
            e.Observed,
            e.Limit,
            e.Debits.Select(d => new DebitView(d.Budget, d.Amount, d.SpentAfter, d.Per, d.Window, d.Bucket)).ToList(),
            EmbeddedJson.Parse(Encoding.UTF8.GetString(e.Grant.Span)),
            e.Detail,
            e.DocumentKind,
            Names.Hex(e.RosterDigest.Span),
            e.ApproverKey,
            Encoding.UTF8.GetString(e.Approval.Span),
            e.ReleasedIndex
        );
    }

    public static void WriteTable(Report report, IReadOnlyList<EntryView> entries) =>
        report.Table(
            Columns,
            entries
                .Select(e => (IReadOnlyList<string>)[$"{e.Index}", Names.TimeMs(e.TimeMs), e.Kind, e.Principal, e.SessionId, e.What])
                .ToList(),
            "No entries.",
            entries.Select(e => e.ToLine()).ToList()
        );

    public string ToLine() =>
        string.Join("  ", new[] { $"{Index}", Names.TimeMs(TimeMs), Kind, Principal, SessionId, What }.Where(s => s.Length > 0));

    private string What
    {
        get
        {
            var parts = new List<string>();
            Add(parts, "policy ", SessionId.Length == 0 || Grant is not null ? Policy : "");
            Add(parts, "primary key ", Grant is not null ? PrimaryKey : "");
            Add(parts, "", DocumentKind == "roster" ? DocumentKind : "");
            Add(parts, "version ", DocumentKind.Length > 0 ? PolicyDigest : "");
            Add(parts, "key ", ApproverKey);
            Add(parts, "", Reason);
            Add(parts, "rule ", Rule);
            Add(parts, "observed ", Names.Amount(Observed));
            Add(parts, "limit ", Names.Amount(Limit));
            foreach (var debit in Debits)
            {
                if (ReleasedIndex == 0 || debit.SpentAfter.Length > 0)
                {
                    parts.Add($"{debit.Budget} {(ReleasedIndex == 0 ? "-" : "+")}{Names.Amount(debit.Amount)}");
                }
            }

            Add(parts, "release of ", ReleasedIndex == 0 ? "" : $"{ReleasedIndex}");
            Add(parts, "", Detail);
            return string.Join(", ", parts);
        }
    }

    private static void Add(List<string> parts, string label, string value)
    {
        if (value.Length > 0)
        {
            parts.Add(label + value);
        }
    }
}
