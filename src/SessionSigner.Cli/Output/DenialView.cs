using System.Globalization;
using System.Text.Json.Serialization;
using SessionSigner.V1;

namespace SessionSigner.Cli;

/// <summary>A refusal. The JSON shape is stable.</summary>
internal sealed record DenialView(
    string Reason,
    string Rule,
    string Observed,
    string Limit,
    string Headroom,
    ulong RetryAfterMs,
    ulong? AuditIndex,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] TraceView? Trace
)
{
    public static DenialView From(Denial denial) =>
        new(
            Names.Of(denial.Reason),
            denial.Rule,
            denial.Observed,
            denial.Limit,
            denial.Headroom,
            denial.RetryAfterMs,
            denial.HasAuditIndex ? denial.AuditIndex : null,
            TraceView.From(denial.Trace)
        );

    public IReadOnlyList<(string Name, string Value)> Fields() =>
        [
            ("reason", Reason),
            ("rule", Rule),
            ("observed", Names.Amount(Observed)),
            ("limit", Names.Amount(Limit)),
            ("headroom", Names.Amount(Headroom)),
            ("retry after", RetryAfterMs == 0 ? "" : $"{RetryAfterMs} ms"),
            ("audit index", AuditIndex?.ToString(CultureInfo.InvariantCulture) ?? ""),
        ];
}
