using System.Globalization;
using System.Text;
using SessionSigner.Grants;

namespace SessionSigner.Core;

/// <summary>Reads a file of cases.</summary>
internal sealed class PolicyCaseReader(Policy policy, FaultList faults)
{
    /// <summary>The session of a case that names none.</summary>
    public const string OnlySession = "session";

    private const int CaseCountMax = 256;
    private const int SessionCountMax = 16;
    private const int RequestCountMax = 256;
    private const string LineRule = "Must be 1 to 128 printable ASCII characters.";
    private const long AfterSecondsMax = 366L * 86_400;

    private readonly CasePayloadReader _payloads = new(policy);

    public IReadOnlyList<PolicyCase> Read(JsonItem item)
    {
        var reader = ObjectReader.Open(item, "", faults);
        reader.Integer("version", 1, 1);
        var cases = reader.List("cases", 1, CaseCountMax, ReadCase);
        reader.RefuseUnknown();
        foreach (var twice in cases.GroupBy(one => one.Name, StringComparer.Ordinal).Where(group => group.Count() > 1))
        {
            faults.Add("cases", $"{FaultList.Quote(twice.Key)} is the name of two cases.");
        }
        return cases;
    }

    private PolicyCase ReadCase(JsonItem item, string path, FaultList list)
    {
        var reader = ObjectReader.Open(item, path, list);
        var name = reader.Text("name", IsLine, LineRule);
        var at = ReadTime(reader);
        var sessions = reader.OptionalList("sessions", 1, SessionCountMax, ReadSession) ?? [ReadSession(JsonItem.Of(), path, list)];
        var requests =
            reader.OptionalList("requests", 1, RequestCountMax, (request, place, _) => ReadRequest(request, place, sessions)) ?? [];
        reader.RefuseUnknown();
        if (sessions.Select(session => session.Name).Distinct(StringComparer.Ordinal).Count() < sessions.Count)
        {
            list.Add(reader.PathOf("sessions"), "Each must have a name of its own.");
        }
        if (requests.Count == 0 && sessions.All(session => session.Expected.IsAllowed == true))
        {
            list.Add(path, "Must have requests, or a session that is refused.");
        }
        return new PolicyCase(name, at, sessions, requests);
    }

    private CaseSession ReadSession(JsonItem item, string path, FaultList list)
    {
        var reader = ObjectReader.Open(item, path, list);
        var narrowing = reader.Find("narrowing") is { } scope ? CanonicalJson.WriteUtf8(scope) : [];
        var session = new CaseSession(
            reader.OptionalText("name", Parsing.IsName, Parsing.NameRule) ?? OnlySession,
            reader.OptionalText("principal", text => Parsing.IsPrintable(text, 1, 512), "Must be 1 to 512 printable ASCII characters."),
            new OpenSessionCommand(
                policy.Name,
                OptionalLine(reader, "primary_key"),
                OptionalLine(reader, "account"),
                OptionalLine(reader, "audience"),
                reader.OptionalInteger("lifetime_seconds", 1, uint.MaxValue) ?? 0,
                narrowing,
                ""
            ),
            reader.Has("expect") ? ReadExpectation(reader) : new Expectation(true, DenialReason.Unspecified, null)
        );
        reader.RefuseUnknown();
        return session;
    }

    private CaseRequest ReadRequest(JsonItem item, string path, IReadOnlyList<CaseSession> sessions)
    {
        var reader = ObjectReader.Open(item, path, faults);
        var session = reader.OptionalText(
            "session",
            text => sessions.Any(known => known.Name == text),
            "Must be the name of one of the case's sessions."
        );
        var (kind, body, what) = _payloads.Read(reader);
        var request = new CaseRequest(
            reader.OptionalText("name", IsLine, LineRule) ?? what,
            session ?? (sessions.Count > 0 ? sessions[0].Name : OnlySession),
            reader.OptionalInteger("after_seconds", 0, AfterSecondsMax) ?? 0,
            kind,
            body,
            ReadExpectation(reader)
        );
        reader.RefuseUnknown();
        return request;
    }

    private static Expectation ReadExpectation(ObjectReader reader)
    {
        var expect = reader.Text("expect", text => text is "allow" or "refuse", "Must be \"allow\" or \"refuse\".");
        var rule = reader.OptionalText(
            "rule",
            text => Parsing.IsPrintable(text, 1, 256),
            "Must be a path of 1 to 256 printable characters."
        );
        if (expect != "refuse")
        {
            return new Expectation(expect == "allow" ? true : null, DenialReason.Unspecified, rule);
        }
        var reason = reader.Text(
            "reason",
            text => ReasonText.Parse(text) != DenialReason.Unspecified,
            $"Must be one of {ReasonText.Names}."
        );
        return new Expectation(false, ReasonText.Parse(reason), rule);
    }

    private static bool IsLine(string text) => Parsing.IsPrintable(text, 1, 128);

    private static string OptionalLine(ObjectReader reader, string name) =>
        reader.OptionalText(name, text => Parsing.IsPrintable(text, 1, 256), "Must be 1 to 256 printable ASCII characters.") ?? "";

    private static long ReadTime(ObjectReader reader)
    {
        var time = DateTimeOffset.UnixEpoch;
        reader.Text(
            "at",
            text =>
                DateTimeOffset.TryParseExact(
                    text,
                    "yyyy-MM-dd'T'HH:mm:ss'Z'",
                    CultureInfo.InvariantCulture,
                    DateTimeStyles.AssumeUniversal,
                    out time
                )
                && time > DateTimeOffset.UnixEpoch,
            "Must be a time in UTC such as 2026-01-31T12:00:00Z."
        );
        return time.ToUnixTimeSeconds();
    }
}

/// <summary>The words by which cases call the reasons of refusals: those of the API in lower case.</summary>
internal static class ReasonText
{
    private static readonly Dictionary<string, DenialReason> s_reasons = Enum.GetValues<DenialReason>()
        .Where(reason => reason != DenialReason.Unspecified)
        .ToDictionary(Of, StringComparer.Ordinal);

    /// <summary>All of them, for a fault.</summary>
    public static string Names { get; } = string.Join(", ", s_reasons.Keys);

    /// <summary>The reason, or <see cref="DenialReason.Unspecified"/> for any other text.</summary>
    public static DenialReason Parse(string text) => s_reasons.GetValueOrDefault(text);

    /// <summary>"budget_exceeded" of BudgetExceeded.</summary>
    public static string Of(DenialReason reason)
    {
        var text = new StringBuilder();
        foreach (var c in reason.ToString())
        {
            if (char.IsAsciiLetterUpper(c) && text.Length > 0)
            {
                text.Append('_');
            }
            text.Append(char.ToLowerInvariant(c));
        }
        return text.ToString();
    }
}
