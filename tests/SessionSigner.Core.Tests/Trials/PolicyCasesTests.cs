using System.Text;
using System.Text.Json.Nodes;

namespace SessionSigner.Core.Tests;

public class PolicyCasesTests
{
    private const string Call = $$"""
        {"to":"{{ScopeBuilder.Token}}","function":"transfer(address to, uint256 amount)","arguments":["{{ScopeBuilder.Bob}}","60"],"max_fee_per_gas":"9","max_priority_fee_per_gas":"9"}
        """;

    [Fact]
    public void Budgets_accumulate_within_a_case_and_not_beyond()
    {
        var document = PolicyBuilder.Document();
        document["ceiling"]!["budgets"]![0]!["limit"] = "100";
        var requests =
            $$"""[{"call":{{Call}},"expect":"allow"},{"call":{{Call}},"expect":"refuse","reason":"budget_exceeded","rule":"ceiling.budgets[usdc]"}]""";
        var results = Run(
            $$"""[{"name":"a","at":"2026-01-01T00:00:00Z","requests":{{requests}}},{"name":"b","at":"2026-01-01T00:00:00Z","requests":{{requests}}}]""",
            document
        );
        Assert.All(results, result => Assert.True(result.Passed, string.Join('\n', result.Steps)));
    }

    [Theory]
    [InlineData("session", false)]
    [InlineData("principal", true)]
    [InlineData("policy", true)]
    [InlineData("primary_key", true)]
    public void Sessions_of_a_case_share_what_they_share_in_a_daemon(string per, bool shared)
    {
        var document = PolicyBuilder.Document();
        document["ceiling"]!["budgets"]![0]!["limit"] = "100";
        document["ceiling"]!["budgets"]![0]!["per"] = per;
        var second = shared ? """ "expect":"refuse","reason":"budget_exceeded" """ : """ "expect":"allow" """;
        var result = Assert.Single(
            Run(
                $$"""[{"name":"a","at":"2026-01-01T00:00:00Z","sessions":[{"name":"x"},{"name":"y"}],"requests":[{"session":"x","call":{{Call}},"expect":"allow"},{"session":"y","call":{{Call}},{{second}}}]}]""",
                document
            )
        );
        Assert.True(result.Passed, string.Join('\n', result.Steps));
    }

    [Fact]
    public void A_day_begins_anew_when_time_passes()
    {
        var document = PolicyBuilder.Document();
        document["max_lifetime_seconds"] = 100_000;
        document["ceiling"]!["budgets"]![0]!["limit"] = "100";
        document["ceiling"]!["budgets"]![0]!["window"] = "calendar_day";
        var result = Assert.Single(
            Run(
                $$"""[{"name":"a","at":"2026-01-01T23:59:00Z","requests":[{"call":{{Call}},"expect":"allow"},{"after_seconds":59,"call":{{Call}},"expect":"refuse","reason":"budget_exceeded"},{"after_seconds":1,"call":{{Call}},"expect":"allow"}]}]""",
                document
            )
        );
        Assert.True(result.Passed, string.Join('\n', result.Steps));
    }

    [Theory]
    [InlineData("""{"call":CALL,"expect":"refuse","reason":"budget_exceeded"}""")]
    [InlineData("""{"call":CALL,"expect":"allow","rule":"ceiling.permissions[1]"}""")]
    [InlineData("""{"call":CALL,"max":1,"expect":"allow"}""", "max: Unknown member.")]
    [InlineData("""{"raw_transaction":"0x02","expect":"refuse","reason":"target_not_allowed"}""")]
    [InlineData("""{"raw_transaction":"0x02","expect":"refuse","reason":"undecodable","rule":"ceiling"}""")]
    public void What_is_not_as_expected_fails(string request, string? fault = null)
    {
        var json =
            $$"""[{"name":"a","at":"2026-01-01T00:00:00Z","requests":[{{request.Replace("CALL", Call, StringComparison.Ordinal)}}]}]""";
        if (fault is not null)
        {
            Assert.Contains("cases[0].requests[0]." + fault, Faults(json));
            return;
        }
        var step = Assert.Single(Assert.Single(Run(json)).Steps);
        Assert.False(step.Passed);
    }

    [Fact]
    public void A_permission_is_known_by_position_and_by_name()
    {
        foreach (var rule in new[] { "ceiling.permissions[0]", "ceiling.permissions[call]" })
        {
            var results = Run(
                $$"""[{"name":"a","at":"2026-01-01T00:00:00Z","requests":[{"call":{{Call}},"expect":"allow","rule":"{{rule}}"}]}]"""
            );
            Assert.True(Assert.Single(results).Passed);
        }
    }

    [Fact]
    public void A_session_that_does_not_open_fails_its_requests()
    {
        var result = Assert.Single(
            Run(
                $$"""[{"name":"a","at":"2026-01-01T00:00:00Z","sessions":[{"name":"x","principal":"spiffe://x"}],"requests":[{"call":{{Call}},"expect":"allow"}]}]"""
            )
        );
        Assert.False(result.Passed);
        Assert.Equal(2, result.Steps.Count);
        Assert.Contains("policy_refused by policy.principals", result.Steps[0].Observed, StringComparison.Ordinal);
        result = Assert.Single(
            Run(
                """[{"name":"a","at":"2026-01-01T00:00:00Z","sessions":[{"narrowing":{"version":2},"expect":"refuse","reason":"policy_refused"}]}]"""
            )
        );
        Assert.False(result.Passed);
        Assert.StartsWith("invalid narrowing_json: ", result.Steps[0].Observed, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[]", "cases: Must be a list of 1 to 256 elements.")]
    [InlineData("""[{"name":"a"}]""", "cases[0].at: Missing.")]
    [InlineData("""[{"name":"a","at":"2026-01-01T00:00:00Z"}]""", "cases[0]: Must have requests, or a session that is refused.")]
    [InlineData("""[{"name":"a","at":"2026-01-01 00:00:00"}]""", "cases[0].at: Must be a time in UTC such as 2026-01-31T12:00:00Z.")]
    [InlineData(
        """[{"name":"a","at":"2026-01-01T00:00:00Z","requests":[{"expect":"allow"}]}]""",
        "cases[0].requests[0]: Must have exactly one of call, transaction, raw_transaction, typed_data, message, digest, user_operation."
    )]
    [InlineData(
        """[{"name":"a","at":"2026-01-01T00:00:00Z","requests":[{"raw_transaction":"0x02","typed_data":{},"expect":"allow"}]}]""",
        "cases[0].requests[0]: Must have exactly one of call, transaction, raw_transaction, typed_data, message, digest, user_operation."
    )]
    [InlineData(
        """[{"name":"a","at":"2026-01-01T00:00:00Z","requests":[{"raw_transaction":"0x","expect":"allow"}]}]""",
        "cases[0].requests[0].raw_transaction: Must not be empty."
    )]
    [InlineData(
        """[{"name":"a","at":"2026-01-01T00:00:00Z","requests":[{"digest":"0x02","expect":"allow"}]}]""",
        "cases[0].requests[0].digest: Must be exactly 32 bytes."
    )]
    [InlineData(
        """[{"name":"a","at":"2026-01-01T00:00:00Z","requests":[{"raw_transaction":"0x02"}]}]""",
        "cases[0].requests[0].expect: Missing."
    )]
    [InlineData(
        """[{"name":"a","at":"2026-01-01T00:00:00Z","requests":[{"raw_transaction":"0x02","expect":"refuse"}]}]""",
        "cases[0].requests[0].reason: Missing."
    )]
    [InlineData(
        """[{"name":"a","at":"2026-01-01T00:00:00Z","requests":[{"raw_transaction":"0x02","expect":"allow","reason":"undecodable"}]}]""",
        "cases[0].requests[0].reason: Unknown member."
    )]
    [InlineData(
        """[{"name":"a","at":"2026-01-01T00:00:00Z","requests":[{"raw_transaction":"0x02","expect":"allow","session":"x"}]}]""",
        "cases[0].requests[0].session: Must be the name of one of the case's sessions."
    )]
    [InlineData(
        """[{"name":"a","at":"2026-01-01T00:00:00Z","sessions":[{"name":"x"},{"name":"x"}],"requests":[{"raw_transaction":"0x02","expect":"allow"}]}]""",
        "cases[0].sessions: Each must have a name of its own."
    )]
    [InlineData(
        """[{"name":"a","at":"2026-01-01T00:00:00Z","requests":[{"transaction":{"to":"0x12"},"expect":"allow"}]}]""",
        "cases[0].requests[0].transaction.to: Must be an address with its EIP-55 checksum."
    )]
    [InlineData(
        """[{"name":"a","at":"2026-01-01T00:00:00Z","requests":[{"call":{"to":"0x12","function":"f(","arguments":[]},"expect":"allow"}]}]""",
        "cases[0].requests[0].call.function: Must be an ABI signature such as \"transfer(address to, uint256 amount)\"."
    )]
    [InlineData(
        """[{"name":"a","at":"2026-01-01T00:00:00Z","requests":[{"user_operation":{"signature_form":"hash","json":{}},"expect":"allow"}]}]""",
        "cases[0].requests[0].user_operation.entry_point: Missing."
    )]
    [InlineData(
        """[{"name":"a","at":"2026-01-01T00:00:00Z","requests":[{"user_operation":{"entry_point":{"address":"0x0000000071727De22E5E9d8BAf0edAc6f37da032","version":"0.5"},"signature_form":"hash","json":{}},"expect":"allow"}]}]""",
        "cases[0].requests[0].user_operation.entry_point.version: Must be \"0.6\", \"0.7\", \"0.8\" or \"0.9\"."
    )]
    [InlineData(
        """[{"name":"a","at":"2026-01-01T00:00:00Z","requests":[{"user_operation":{"signature_form":"raw","sender":"0x"},"expect":"allow"}]}]""",
        "cases[0].requests[0].user_operation.signature_form: Must be \"hash\" or \"personal_message\"."
    )]
    [InlineData(
        """[{"name":"a","at":"2026-01-01T00:00:00Z","requests":[{"user_operation":{"signature_form":"raw","sender":"0x"},"expect":"allow"}]}]""",
        "cases[0].requests[0].user_operation.json: Missing."
    )]
    public void Anything_else_is_a_fault_with_its_path(string cases, string fault) => Assert.Contains(fault, Faults(cases));

    [Theory]
    [InlineData("message", "\"hello\"", "message_not_allowed")]
    [InlineData("digest", "\"0x1111111111111111111111111111111111111111111111111111111111111111\"", "digest_not_allowed")]
    [InlineData("digest", "\"0x0000000000000000000000000000000000000000000000000000000000000000\"", "undecodable")]
    [InlineData("typed_data", "{}", "undecodable")]
    [InlineData(
        "user_operation",
        """{"entry_point":{"address":"0x0000000071727De22E5E9d8BAf0edAc6f37da032","version":"0.7"},"signature_form":"hash","json":{}}""",
        "undecodable"
    )]
    public void Every_kind_of_payload_is_decided(string member, string payload, string reason)
    {
        var results = Run(
            $$"""[{"name":"a","at":"2026-01-01T00:00:00Z","requests":[{"{{member}}":{{payload}},"expect":"refuse","reason":"{{reason}}"}]}]"""
        );
        Assert.True(Assert.Single(results).Passed, string.Join('\n', results[0].Steps));
    }

    [Theory]
    [InlineData("", null)]
    [InlineData("\"chain\":\"1\",", null)]
    [InlineData("\"chain\":\"10\",", "chain_not_allowed")]
    public void An_operation_is_decided_as_a_daemon_does(string chain, string? reason)
    {
        var call = ScopeBuilder.Call("f(uint256 x)", name: "f");
        var policy = PolicyBuilder.Document(call, UserOperations.Permission("operate", "usdc"));
        var operation = UserOperations.Json(Containers.Execute(ScopeBuilder.Token, 0, Containers.Calldata("f(uint256)", 1)));
        var expected = reason is null ? """ "allow","rule":"ceiling.permissions[operate]" """ : $"\"refuse\",\"reason\":\"{reason}\"";
        var result = Assert.Single(
            Run(
                $$"""[{"name":"a","at":"2026-01-01T00:00:00Z","requests":[{"user_operation":{ {{chain}}{{Operation(operation)}} },"expect":{{expected}} }]}]""",
                policy
            )
        );
        Assert.True(result.Passed, string.Join('\n', result.Steps));
    }

    [Theory]
    [InlineData("""{"signature_form":"hash","json":{}}""", ".entry_point: Missing.")]
    [InlineData("""{"entry_point":{"address":"EP","version":"0.5"},"signature_form":"hash","json":{}}""", ".entry_point.version: Must be")]
    [InlineData("""{"entry_point":{"address":"EP","version":"0.7"},"json":{}}""", ".signature_form: Missing.")]
    [InlineData("""{"entry_point":{"address":"EP","version":"0.7"},"signature_form":"hash"}""", ".json: Missing.")]
    [InlineData("""{"entry_point":{"address":"EP","version":"0.7"},"signature_form":"hash","json":"0x"}""", ".json: Must be an object")]
    [InlineData("""{"entry_point":{"address":"EP","version":"0.7"},"signature_form":"hash","json":{},"x":1}""", ".x: Unknown member.")]
    [InlineData("""{"entry_point":{"address":"EP","version":"0.7"},"signature_form":"hash","json":{},"chain":"0"}""", ".chain: Must be")]
    public void An_operation_that_is_none_is_a_fault(string operation, string fault)
    {
        var request = operation.Replace("EP", UserOperations.EntryPoint, StringComparison.Ordinal);
        var faults = Faults(
            $$"""[{"name":"a","at":"2026-01-01T00:00:00Z","requests":[{"user_operation":{{request}} ,"expect":"allow"}]}]"""
        );
        Assert.Contains(faults, found => found.StartsWith("cases[0].requests[0].user_operation" + fault, StringComparison.Ordinal));
    }

    [Fact]
    public void Two_cases_have_two_names()
    {
        const string Case = """{"name":"a","at":"2026-01-01T00:00:00Z","requests":[{"raw_transaction":"0x02","expect":"allow"}]}""";
        Assert.Contains("cases: \"a\" is the name of two cases.", Faults($"[{Case},{Case}]"));
    }

    private static IReadOnlyList<CaseResult> Run(string cases, JsonObject? policy = null)
    {
        var read = PolicyCases.TryParse(Json(cases), PolicyBuilder.Parse(policy), out var parsed, out var faults);
        Assert.True(read, string.Join('\n', faults));
        return parsed!.Run();
    }

    private static IReadOnlyList<string> Faults(string cases)
    {
        Assert.False(PolicyCases.TryParse(Json(cases), PolicyBuilder.Parse(), out var parsed, out var faults));
        Assert.Null(parsed);
        return faults;
    }

    private static string Operation(JsonObject operation) =>
        $$"""
            "entry_point":{"address":"{{UserOperations.EntryPoint}}","version":"0.7"},"signature_form":"hash","json":{{operation.ToJsonString()}}
            """;

    private static byte[] Json(string cases) => Encoding.UTF8.GetBytes($$"""{"version":1,"cases":{{cases}}}""");
}
