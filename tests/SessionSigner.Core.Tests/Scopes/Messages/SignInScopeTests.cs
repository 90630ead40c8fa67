using System.Text;
using System.Text.Json.Nodes;
using SessionSigner.Ethereum;

namespace SessionSigner.Core.Tests;

public class SignInScopeTests
{
    private const string Permission = """
        {"name":"login","kind":"sign_in","domains":["desk.example","https://desk.example"],"origins":["https://desk.example"],"chains":["1"],
         "statement":"Sign in to trade.","max_lifetime_seconds":600,"issued_within_seconds":60,"resources":["https://desk.example/terms"]}
        """;

    // ScopeBuilder.Now is 2023-11-14T22:13:20Z.
    private const string Good = $"""
        desk.example wants you to sign in with your Ethereum account:
        {ScopeBuilder.Alice}

        Sign in to trade.

        URI: https://desk.example/login
        Version: 1
        Chain ID: 1
        Nonce: 32891757
        Issued At: 2023-11-14T22:13:20.000Z
        Expiration Time: 2023-11-14T22:23:20Z
        Resources:
        - https://desk.example/terms
        """;

    private static readonly SessionFacts s_session = new(AddressOf(ScopeBuilder.Alice), ScopeBuilder.Now + 3_600);

    [Fact]
    public void Signs_in_as_the_session_itself()
    {
        var scope = ScopeBuilder.Compile(Parse(Permission));
        Assert.Equal("ceiling.permissions[0]", Ask(scope, Good).AllowedBy);
        Assert.True(Ask(scope, Change("desk.example wants", "https://desk.example wants")).IsAllowed);
        Assert.True(Ask(scope, Change("\nResources:\n- https://desk.example/terms", "")).IsAllowed);
        Assert.True(Ask(scope, Change("22:23:20Z", "22:23:20Z\nNot Before: 2023-11-14T22:23:20Z")).IsAllowed);
        Assert.True(Ask(scope, Change("22:13:20.000Z", "22:12:20Z")).IsAllowed);
        Assert.True(Ask(scope, Change("22:13:20.000Z", "22:14:20Z")).IsAllowed);
    }

    [Theory]
    [InlineData("Sign in to trade.\n", "Sell all.\n", "Sell all.", "Sign in to trade.")]
    [InlineData("Sign in to trade.\n\n", "\n", "no statement", "Sign in to trade.")]
    [InlineData(
        "\nExpiration Time: 2023-11-14T22:23:20Z",
        "",
        "no expiration time",
        "an expiration time after 1700000000 and not after 1700000600, "
    )]
    [InlineData("22:23:20Z", "22:23:21Z", "expires 2023-11-14T22:23:21Z", "an expiration time after 1700000000 and not after 1700000600, ")]
    [InlineData("desk.example/terms", "desk.example/all", "https://desk.example/all", "https://desk.example/terms")]
    [InlineData("22:23:20Z", "22:23:20Z\nRequest ID: 7", "7", "no request identifier")]
    [InlineData("22:13:20.000Z", "22:12:19Z", "2023-11-14T22:12:19Z", "within 60 s of 1700000000")]
    public void A_refusal_says_what_the_message_has_and_what_it_may_have(string from, string to, string observed, string limit)
    {
        var denial = Ask(ScopeBuilder.Compile(Parse(Permission)), Change(from, to)).Denial;
        Assert.Equal(observed, denial.Observed);
        Assert.StartsWith(limit, denial.Limit, StringComparison.Ordinal);
    }

    [Fact]
    public void The_permission_that_comes_furthest_says_why_and_the_trace_names_each()
    {
        var other = Parse(Permission);
        other["name"] = "other";
        other["domains"] = new JsonArray("other.example");
        var strict = Without("statement");
        strict["name"] = "strict";
        var scope = ScopeBuilder.Compile(other, strict, Parse(Permission));
        Assert.Equal(["ceiling.permissions[2]"], Trace(Good));
        var late = Change("22:23:20Z", "22:23:21Z");
        Assert.Equal("ceiling.permissions[2].max_lifetime_seconds", Ask(scope, late).Denial.Rule);
        Assert.Equal(
            ["ceiling.permissions[0].domains", "ceiling.permissions[1].statement", "ceiling.permissions[2].max_lifetime_seconds"],
            Trace(late)
        );
        // Of two that come equally far the first says why.
        Assert.Equal("ceiling.permissions[0].domains", Ask(scope, Change("desk.example wants", "evil.example wants")).Denial.Rule);
        Assert.Equal("no resources", Ask(ScopeBuilder.Compile(Without("resources")), Good).Denial.Limit);

        IEnumerable<string> Trace(string text) =>
            TracePropertyTests
                .Explain(scope, MessageScopeTests.Payload(text), session: s_session)
                .Trace.Steps.Select(step => step.Unmet?.Rule ?? step.Permission);
    }

    [Theory]
    [InlineData("desk.example wants", "evil.example wants", ".domains")]
    [InlineData("desk.example wants", "desk.example:8443 wants", ".domains")]
    [InlineData("desk.example wants", "http://desk.example wants", ".domains")]
    [InlineData(ScopeBuilder.Alice, ScopeBuilder.Bob, "")]
    [InlineData("https://desk.example/login", "https://desk.example.evil.example/", ".origins")]
    [InlineData("https://desk.example/login", "https://desk.example@evil.example/", ".origins")]
    [InlineData("https://desk.example/login", "did:key:desk", ".origins")]
    [InlineData("Chain ID: 1", "Chain ID: 10", ".chains")]
    [InlineData("Sign in to trade.\n", "Sign in to trade\n", ".statement")]
    [InlineData("Sign in to trade.\n\n", "\n", ".statement")]
    [InlineData("22:13:20.000Z", "22:12:19Z", ".issued_within_seconds")]
    [InlineData("22:13:20.000Z", "22:14:21Z", ".issued_within_seconds")]
    [InlineData("\nExpiration Time: 2023-11-14T22:23:20Z", "", ".max_lifetime_seconds")]
    [InlineData("22:23:20Z", "22:23:21Z", ".max_lifetime_seconds")]
    [InlineData("22:23:20Z", "22:23:20.001Z", ".max_lifetime_seconds")]
    [InlineData("22:23:20Z", "22:13:20Z", ".max_lifetime_seconds")]
    [InlineData("22:23:20Z", "22:23:20Z\nNot Before: 2023-11-14T22:23:21Z", ".max_lifetime_seconds")]
    [InlineData("22:23:20Z", "22:23:20Z\nRequest ID: 7", ".allow_request_id")]
    [InlineData("- https://desk.example/terms", "- https://desk.example/terms/", ".resources")]
    [InlineData("- https://desk.example/terms", "- https://desk.example/terms\n- https://desk.example/all", ".resources")]
    public void Refuses_what_the_permission_does_not_say(string from, string to, string rule)
    {
        var decision = Ask(ScopeBuilder.Compile(Parse(Permission)), Change(from, to));
        Assert.False(decision.IsAllowed);
        Assert.Equal((DenialReason.MessageNotAllowed, "ceiling.permissions[0]" + rule), (decision.Denial.Reason, decision.Denial.Rule));
        Assert.NotEmpty(decision.Denial.Limit);
    }

    [Fact]
    public void A_sign_in_ends_with_its_session()
    {
        var scope = ScopeBuilder.Compile(Parse(Permission));
        var payload = MessageScopeTests.Payload(Good);
        var denial = scope
            .Evaluate(payload, ScopeBuilder.Now, new DebitBuffer(), s_session with { NotAfter = ScopeBuilder.Now + 599 })
            .Denial;
        Assert.Equal("ceiling.permissions[0].max_lifetime_seconds", denial.Rule);
        Assert.True(
            scope.Evaluate(payload, ScopeBuilder.Now, new DebitBuffer(), s_session with { NotAfter = ScopeBuilder.Now + 600 }).IsAllowed
        );
        Assert.False(scope.Evaluate(payload, ScopeBuilder.Now, new DebitBuffer()).IsAllowed);
    }

    [Fact]
    public void Without_a_statement_there_must_be_none()
    {
        var permission = Without("statement");
        permission["allow_request_id"] = true;
        var scope = ScopeBuilder.Compile(permission);
        Assert.Equal("ceiling.permissions[0].statement", Ask(scope, Good).Denial.Rule);
        Assert.True(
            Ask(
                scope,
                Change("Sign in to trade.\n\n", "\n").Replace("22:23:20Z", "22:23:20Z\nRequest ID: 7", StringComparison.Ordinal)
            ).IsAllowed
        );
    }

    [Theory]
    [InlineData("desk.example wants you to sign in with your Ethereum account:\nhello")]
    [InlineData("DESK.EXAMPLE WANTS YOU TO SIGN IN WITH YOUR ETHEREUM ACCOUNT")]
    [InlineData("hello\ndesk.example wants you to sign in with your Ethereum account:")]
    public void What_looks_like_a_sign_in_and_is_none_is_not_decoded(string text)
    {
        Assert.False(MessagePayload.TryParse(Encoding.UTF8.GetBytes(text), out var payload, out var fault));
        Assert.Null(payload);
        Assert.NotEqual("", fault);
    }

    [Fact]
    public void No_template_signs_a_sign_in()
    {
        var lines = Good.Split('\n').Length;
        var holes = string.Join(
            ',',
            Enumerable
                .Range(0, lines)
                .Select(i => $$"""{"name":"h{{i}}","type":"text","alphabet":"printable","max_length":200,"min_length":0}""")
        );
        var template = "d{h0}" + string.Concat(Enumerable.Range(1, lines - 1).Select(i => $"\\n{{h{i}}}"));
        var scope = ScopeBuilder.Compile(MessageScopeTests.Message(template, $"[{holes}]"));
        Assert.True(Ask(scope, Good.Replace("Ethereum", "ethereal", StringComparison.Ordinal)).IsAllowed);
        var denial = Ask(scope, Good).Denial;
        Assert.Equal(
            (DenialReason.MessageNotAllowed, "ceiling.permissions", "a sign-in message"),
            (denial.Reason, denial.Rule, denial.Observed)
        );
        Assert.Equal("a text message", Ask(ScopeBuilder.Compile(Parse(Permission)), "hello").Denial.Observed);
    }

    [Theory]
    [InlineData("domains", "[]", "domains")]
    [InlineData("domains", "[\"Desk.example\"]", "domains[0]")]
    [InlineData("domains", "[\"*.desk.example\"]", "domains[0]")]
    [InlineData("domains", "[\"desk.example/\"]", "domains[0]")]
    [InlineData("domains", "[\"desk.example\",\"desk.example\"]", "domains[1]")]
    [InlineData("origins", "[\"desk.example\"]", "origins[0]")]
    [InlineData("origins", "[\"https://desk.example/\"]", "origins[0]")]
    [InlineData("chains", "[\"0\"]", "chains[0]")]
    [InlineData("chains", "[\"2\"]", "")]
    [InlineData("statement", "\"a\\nb\"", "statement")]
    [InlineData("statement", "\"\"", "statement")]
    [InlineData("max_lifetime_seconds", "0", "max_lifetime_seconds")]
    [InlineData("max_lifetime_seconds", "2678401", "max_lifetime_seconds")]
    [InlineData("issued_within_seconds", "3601", "issued_within_seconds")]
    [InlineData("resources", "[\"terms\"]", "resources[0]")]
    [InlineData("constraints", "[]", "constraints")]
    [InlineData("meters", "[]", "meters")]
    [InlineData("template", "\"a\"", "template")]
    public void A_bad_permission_is_a_fault_with_its_path(string member, string value, string path)
    {
        var permission = Parse(Permission);
        permission[member] = JsonNode.Parse(value);
        var utf8 = Encoding.UTF8.GetBytes(ScopeBuilder.Document(permission).ToJsonString());
        Assert.False(Grants.Scope.TryParse(utf8, out _, out var faults));
        var expected = path.Length == 0 ? "permissions: The chain of \"login\"" : $"permissions[0].{path}:";
        Assert.Contains(faults, fault => fault.StartsWith(expected, StringComparison.Ordinal));
    }

    private static ScopeDecision Ask(CompiledScope scope, string text) =>
        scope.Evaluate(MessageScopeTests.Payload(text), ScopeBuilder.Now, new DebitBuffer(), s_session);

    private static JsonObject Without(string member)
    {
        var permission = Parse(Permission);
        permission.Remove(member);
        return permission;
    }

    private static JsonObject Parse(string json) => JsonNode.Parse(json)!.AsObject();

    private static Address AddressOf(string text)
    {
        Assert.True(Address.TryParseChecksummed(text, out var address));
        return address;
    }

    private static string Change(string from, string to)
    {
        Assert.Contains(from, Good, StringComparison.Ordinal);
        return Good.Replace(from, to, StringComparison.Ordinal);
    }
}
