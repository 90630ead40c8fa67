using System.Text;
using Grpc.Core;
using SessionSigner.V1;

namespace Conformance;

/// <summary>Texts that attack whatever they reach, in every field that takes text.</summary>
[Collection(DaemonCollection.Name)]
public class BadFieldTests(DaemonFixture daemon)
{
    /// <summary>Characters that no field takes.</summary>
    private static readonly Dictionary<string, string> s_unprintable = new()
    {
        ["newline"] = "desk\nlevel=info forged",
        ["carriage return"] = "desk\r",
        ["NUL"] = "desk\0",
        ["escape sequence"] = "\u001b[2Jdesk",
        ["line separator"] = "desk\u2028forged",
        ["right to left"] = "\u202eksed",
        ["zero width"] = "de\u200bsk",
        ["composed"] = "d\u00e9sk",
        ["decomposed"] = "de\u0301sk",
        ["homoglyph"] = "d\u0435sk",
        ["em dash of signed notes"] = "\u2014 desk",
        ["full width"] = "\uff44esk",
        ["100 kB"] = new string('a', 100_000),
    };

    /// <summary>Characters that some fields take, where they must mean nothing.</summary>
    private static readonly Dictionary<string, string> s_printable = new()
    {
        ["path"] = "../../../../etc/passwd",
        ["SQL"] = "' OR '1'='1' --",
        ["more SQL"] = "\"; DROP TABLE session; --",
        ["wildcard"] = "%",
        ["format"] = "{0} %n${jndi:ldap://x}",
    };

    /// <summary>Field, who calls, the call, and what a text of printable characters gets there: an ErrorInfo reason, or nothing if it is allowed.</summary>
    private static readonly (string Call, string Field, string Printable, Func<DaemonFixture, Probe, string, Task> Send)[] s_rows =
    [
        ("open", "policy", "NOT_FOUND", (d, _, text) => d.Alice.OpenAsync(text)),
        ("open", "primary_key", "DENIED", (d, _, text) => OpenAsync(d, new() { PrimaryKey = text })),
        ("open", "account", "INVALID_REQUEST", (d, _, text) => OpenAsync(d, new() { Account = text })),
        ("open", "audience", "DENIED", (d, _, text) => OpenAsync(d, new() { Audience = text })),
        ("open", "narrowing_json", "INVALID_REQUEST", (d, _, text) => OpenAsync(d, new() { NarrowingJson = text })),
        ("open", "request_id", "INVALID_REQUEST", (d, _, text) => d.Alice.OpenAsync("desk", "", text)),
        ("sign", "session_id", "INVALID_REQUEST", (d, _, text) => d.Alice.SignAsync(text, new Transfer())),
        ("sign", "request_id", "INVALID_REQUEST", (d, p, text) => d.Alice.SignAsync(p.Id, new Transfer(), text)),
        ("get", "session_id", "INVALID_REQUEST", (d, _, text) => d.Alice.GetAsync(text)),
        ("close", "session_id", "INVALID_REQUEST", (d, _, text) => d.Alice.CloseAsync(text)),
        ("watch", "session_id", "INVALID_REQUEST", (d, _, text) => WatchAsync(d, text)),
        ("list", "page_token", "INVALID_REQUEST", (d, _, text) => ListAsync(d, text)),
        ("grant", "grant_id", "INVALID_REQUEST", (d, _, text) => GrantAsync(d, text)),
        ("revoke", "session_id", "INVALID_REQUEST", (d, _, text) => RevokeAsync(d, new() { SessionId = text })),
        ("revoke", "principal", "", (d, _, text) => RevokeAsync(d, new() { Principal = text })),
        ("revoke", "policy", "", (d, _, text) => RevokeAsync(d, new() { Policy = text })),
        ("revoke", "primary_key", "", (d, _, text) => RevokeAsync(d, new() { PrimaryKey = text })),
        ("revoke", "reason", "", (d, _, text) => RevokeAsync(d, new() { Principal = "spiffe://nobody", Reason = text })),
    ];

    public static TheoryData<string, string> Rows
    {
        get
        {
            var rows = new TheoryData<string, string>();
            Array.ForEach(s_rows, row => rows.Add(row.Call, row.Field));
            return rows;
        }
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task Means_nothing_and_is_refused_with_the_field(string call, string field)
    {
        await using var probe = await Probe.OpenAsync(daemon);
        var row = s_rows.Single(row => row.Call == call && row.Field == field);
        var wrong = new List<string>();

        foreach (var (name, text) in s_unprintable)
        {
            Expect(name, $"InvalidArgument INVALID_REQUEST {field}", await AnswerAsync(row.Send(daemon, probe, text), withField: true));
        }
        foreach (var (name, text) in s_printable)
        {
            Expect(name, row.Printable, await AnswerAsync(row.Send(daemon, probe, text), withField: false));
        }
        Expect("1 MB", "ResourceExhausted  ", await AnswerAsync(row.Send(daemon, probe, new string('a', 1_000_000)), withField: true));

        Assert.Empty(wrong);
        await probe.AssertUnharmedAsync();

        void Expect(string name, string expected, string actual)
        {
            if (actual != expected)
            {
                wrong.Add($"{name}: {actual}");
            }
        }
    }

    /// <summary>What was refused is not repeated raw anywhere: the log of the daemon and the audit log keep one line a line.</summary>
    [Fact]
    public async Task Leaves_no_raw_character_in_answers_and_entries()
    {
        await using var probe = await Probe.OpenAsync(daemon);
        foreach (var text in s_unprintable.Values.Where(text => text.Length < 100))
        {
            var order = new Order { Type = "Order", Token = text.Replace("\n", "\\n", StringComparison.Ordinal) }.ToJson();
            var escaped = order.Replace("\r", "\\r", StringComparison.Ordinal).Replace("\0", "\\u0000", StringComparison.Ordinal);
            var request = new SignTypedDataRequest
            {
                SessionId = probe.Id,
                RequestId = Caller.NewId(),
                TypedDataJson = escaped.Replace("\u001b", "\\u001b", StringComparison.Ordinal),
            };
            var refusal = await Refusal.OfAsync(daemon.Alice.Signing.SignTypedDataAsync(request, Caller.Options()).ResponseAsync);
            Assert.DoesNotContain(refusal.Message + refusal.Denial, character => character is < ' ' or > '~');
        }
        var entries = await daemon.Auditor.EntriesAsync();
        // Whole texts, because hashes in the entries may hold any few bytes.
        Assert.DoesNotContain(
            entries,
            entry => s_unprintable.Values.Any(text => entry.Entry.Span.IndexOf(Encoding.UTF8.GetBytes(text)) >= 0)
        );
        await probe.AssertUnharmedAsync();
    }

    [Fact]
    public async Task An_empty_field_is_refused_where_one_is_needed()
    {
        await using var probe = await Probe.OpenAsync(daemon);
        Assert.Equal("InvalidArgument INVALID_REQUEST policy", await AnswerAsync(daemon.Alice.OpenAsync(""), true));
        Assert.Equal("InvalidArgument INVALID_REQUEST request_id", await AnswerAsync(daemon.Alice.OpenAsync("desk", "", ""), true));
        Assert.Equal(
            "InvalidArgument INVALID_REQUEST request_id",
            await AnswerAsync(daemon.Alice.SignAsync(probe.Id, new Transfer(), ""), true)
        );
        Assert.Equal("InvalidArgument INVALID_REQUEST session_id", await AnswerAsync(daemon.Alice.SignAsync("", new Transfer()), true));
        Assert.Equal("InvalidArgument INVALID_REQUEST grant_id", await AnswerAsync(GrantAsync(daemon, ""), true));
        Assert.Equal(
            "InvalidArgument INVALID_REQUEST reason",
            await AnswerAsync(daemon.Operator.RevokeAsync(new RevokeSessionsRequest { SessionId = probe.Id }), true)
        );
        await probe.AssertUnharmedAsync();
    }

    [Fact]
    public async Task A_request_id_belongs_to_one_body()
    {
        await using var probe = await Probe.OpenAsync(daemon);
        await Refusal.OfAsync(daemon.Alice.SignAsync(probe.Id, [1], "once"));
        await probe.AssertUnharmedAsync();
        var first = new Transfer { Amount = 1, Nonce = 100 };
        await using var other = await Probe.OpenAsync(daemon);
        await daemon.Alice.SignAsync(probe.Id, first, "twice");
        var reuse = daemon.Alice.SignAsync(probe.Id, first with { Amount = 2 }, "twice");
        Assert.Equal("AlreadyExists REQUEST_ID_REUSED request_id", await AnswerAsync(reuse, true));
        // Identifiers are each session's own.
        await Refusal.OfAsync(daemon.Alice.SignAsync(other.Id, [1], "twice"));
        await other.AssertUnharmedAsync();
    }

    private static async Task<string> AnswerAsync(Task call, bool withField)
    {
        try
        {
            await call;
            return "";
        }
        catch (RpcException)
        {
            var refusal = await Refusal.OfAsync(call);
            return withField ? $"{refusal.Code} {refusal.ErrorReason} {refusal.Field}" : refusal.ErrorReason;
        }
    }

    private static async Task OpenAsync(DaemonFixture daemon, OpenSessionRequest request)
    {
        request.Policy = "desk";
        request.RequestId = Caller.NewId();
        await daemon.Alice.Sessions.OpenSessionAsync(request, Caller.Options());
    }

    private static async Task ListAsync(DaemonFixture daemon, string token) =>
        await daemon.Alice.Sessions.ListSessionsAsync(new ListSessionsRequest { PageToken = token }, Caller.Options());

    private static async Task GrantAsync(DaemonFixture daemon, string grantId) =>
        await daemon.Alice.Grants.GetGrantAsync(new GetGrantRequest { GrantId = grantId }, Caller.Options());

    private static async Task WatchAsync(DaemonFixture daemon, string sessionId)
    {
        using var call = daemon.Alice.Sessions.WatchSession(new WatchSessionRequest { SessionId = sessionId }, Caller.Options());
        await call.ResponseStream.MoveNext(CancellationToken.None);
    }

    private static async Task RevokeAsync(DaemonFixture daemon, RevokeSessionsRequest request)
    {
        request.Reason = request.Reason.Length == 0 ? "drill" : request.Reason;
        Assert.Empty((await daemon.Operator.RevokeAsync(request)).SessionIds);
    }
}
