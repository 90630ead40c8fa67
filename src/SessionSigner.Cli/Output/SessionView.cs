using System.Text.Json;
using System.Text.Json.Nodes;
using SessionSigner.V1;

namespace SessionSigner.Cli;

/// <summary>What is left of one limit. The JSON shape is stable.</summary>
internal sealed record HeadroomView(string Rule, string Unit, string Limit, string Remaining)
{
    public static readonly IReadOnlyList<string> Columns = ["rule", "remaining", "limit", "unit"];

    public static IReadOnlyList<HeadroomView> From(IEnumerable<Headroom> headroom) =>
        headroom.Select(h => new HeadroomView(h.Rule, h.Unit, h.Limit, h.Remaining)).ToList();

    public static void Write(Report report, IReadOnlyList<HeadroomView> headroom)
    {
        if (headroom.Count > 0)
        {
            report.Heading("Headroom");
            report.Table(
                Columns,
                headroom.Select(h => (IReadOnlyList<string>)[h.Rule, Names.Amount(h.Remaining), Names.Amount(h.Limit), h.Unit]).ToList(),
                ""
            );
        }
    }
}

/// <summary>A session. The JSON shape is stable.</summary>
internal sealed record SessionView(
    string SessionId,
    string State,
    string EndReason,
    string Principal,
    string Policy,
    string PolicyDigest,
    string PrimaryKey,
    string GrantId,
    string Account,
    string Address,
    string PublicKey,
    long NotBefore,
    long NotAfter,
    ulong Signatures,
    long OpenedAtMs,
    long EndedAtMs,
    string EndedBy,
    IReadOnlyList<HeadroomView> Headroom,
    JsonNode? Scope
)
{
    private static readonly IReadOnlyList<string> Columns = ["session", "state", "policy", "principal", "address", "signatures", "until"];

    private static readonly IReadOnlyList<string> CustodyColumns =
    [
        "session",
        "principal",
        "policy",
        "primary key",
        "address",
        "signatures",
        "until",
    ];

    public static SessionView From(Session s) =>
        new(
            s.SessionId,
            Names.Of(s.State),
            s.EndReason == SessionEndReason.Unspecified ? "" : Names.Of(s.EndReason),
            s.Principal,
            s.Policy,
            s.PolicyDigest,
            s.PrimaryKey,
            s.GrantId,
            s.Account,
            s.Address,
            Names.Hex(s.PublicKey.Span),
            s.NotBefore,
            s.NotAfter,
            s.Signatures,
            s.OpenedAtMs,
            s.EndedAtMs,
            s.EndedBy,
            HeadroomView.From(s.Headroom),
            EmbeddedJson.Parse(s.ScopeJson)
        );

    public static void WriteTable(Report report, IEnumerable<SessionView> sessions) =>
        report.Table(
            Columns,
            sessions
                .Select(s =>
                    (IReadOnlyList<string>)
                        [s.SessionId, s.StateText, s.Policy, s.Principal, s.Address, $"{s.Signatures}", Names.Time(s.NotAfter)]
                )
                .ToList(),
            "No sessions."
        );

    /// <summary>For a report on keys: which primary key stands behind each session.</summary>
    public static void WriteCustodyTable(Report report, IEnumerable<SessionView> sessions) =>
        report.Table(
            CustodyColumns,
            sessions
                .Select(s =>
                    (IReadOnlyList<string>)
                        [s.SessionId, s.Principal, s.Policy, s.PrimaryKey, s.Address, $"{s.Signatures}", Names.Time(s.NotAfter)]
                )
                .ToList(),
            "No sessions."
        );

    public void Write(Report report)
    {
        report.Fields(
            ("session", SessionId),
            ("state", StateText),
            ("ended by", EndedBy),
            ("principal", Principal),
            ("policy", Policy),
            ("policy digest", PolicyDigest),
            ("primary key", PrimaryKey),
            ("grant", GrantId),
            ("account", Account),
            ("address", Address),
            ("public key", PublicKey),
            ("from", Names.Time(NotBefore)),
            ("until", Names.Time(NotAfter)),
            ("signatures", $"{Signatures}"),
            ("opened", Names.TimeMs(OpenedAtMs)),
            ("ended", Names.TimeMs(EndedAtMs))
        );
        HeadroomView.Write(report, Headroom);
    }

    private string StateText => EndReason.Length > 0 ? $"{State} ({EndReason})" : State;
}

/// <summary>JSON inside a field of an answer, shown as JSON rather than as text.</summary>
internal static class EmbeddedJson
{
    /// <summary>Null if the text is empty; a JSON string of the text if it is not JSON.</summary>
    public static JsonNode? Parse(string text)
    {
        if (text.Length == 0)
        {
            return null;
        }

        try
        {
            return JsonNode.Parse(text, documentOptions: new JsonDocumentOptions { MaxDepth = 64 });
        }
        catch (JsonException)
        {
            return JsonValue.Create(text);
        }
    }
}
