using System.Text.Json;
using SessionSigner.Client.Tests;

namespace SessionSigner.Cli.Tests;

/// <summary>The piped text and the JSON of every read command, and of those that change something: scripts rely on both.</summary>
public sealed class GoldenOutputTests : DaemonFixture
{
    private const string Id = FakeKeys.SessionId;
    private const string Operation =
        $"user-operation --session {Id} --chain 1 --entry-point 0x0000000071727De22E5E9d8BAf0edAc6f37da032 --entry-point-version 0.7 --signature-form";

    [Theory]
    [InlineData("session-open", $"session open --policy desk --request-id open-1")]
    [InlineData("session-list", "session list")]
    [InlineData("session-list-ended", "session list --ended")]
    [InlineData("session-show", $"session show {Id}")]
    [InlineData("session-close", $"session close {Id}")]
    [InlineData("session-revoke", "session revoke --all --reason incident")]
    [InlineData("sign-tx", $"sign tx --session {Id} --request-id order-1 @transfer.hex")]
    [InlineData("sign-typed-data", $"sign typed-data --session {Id} --request-id order-1 @order.json")]
    [InlineData("sign-message", $"sign message --session {Id} --request-id order-1 @quote.txt")]
    [InlineData("sign-digest", $"sign digest --session {Id} --request-id order-1 @digest.hex")]
    [InlineData("evaluate-message", $"evaluate message --session {Id} @quote.txt")]
    [InlineData("evaluate-digest", $"evaluate digest --session {Id} @digest.hex")]
    [InlineData("sign-user-operation", $"sign {Operation} personal-message --request-id order-1 @operation.json")]
    [InlineData("evaluate-user-operation", $"evaluate {Operation} hash @operation.json")]
    [InlineData("evaluate-tx", $"evaluate tx --session {Id} @transfer.hex")]
    [InlineData("evaluate-typed-data", $"evaluate typed-data --session {Id} @order.json")]
    [InlineData("order-release", $"order release --session {Id} --outcome void order-1")]
    [InlineData("order-release-executed", $"order release --session {Id} --outcome executed order-1")]
    [InlineData("grant-show", $"grant show {Id}")]
    [InlineData("policy-list", "policy list")]
    [InlineData("policy-propose", "policy propose @policy.json")]
    [InlineData("policy-review", "policy review {digest}")]
    [InlineData("policy-approve", "policy approve {digest} --signature @order.json")]
    [InlineData("policy-activate", "policy activate {digest}")]
    [InlineData("policy-retire", "policy retire {digest} --reason incident")]
    [InlineData("custody", "custody")]
    [InlineData("audit-list", "audit list")]
    [InlineData("audit-verify", "audit verify")]
    [InlineData("health", "health")]
    public async Task Output_is_as_it_was(string name, string commandLine)
    {
        Write("policy.json", FakeKeys.Document);
        commandLine = commandLine.Replace("{digest}", FakeKeys.PolicyDigest, StringComparison.Ordinal);
        var plain = await Run(commandLine);
        Assert.Equal("", plain.Error);
        Assert.Equal(ExitCode.Ok, plain.ExitCode);
        Golden.Match(name + ".txt", plain.Output);

        var json = await Run(commandLine + " --json");
        Assert.Equal("", json.Error);
        Assert.Equal(ExitCode.Ok, json.ExitCode);
        using var document = JsonDocument.Parse(json.Output);
        AssertSnakeCase(document.RootElement);
        Golden.Match(name + ".json", json.Output);
    }

    [Theory]
    [InlineData("session-watch", $"session watch {Id}", 3)]
    [InlineData("audit-tail", "audit tail --from 0", 4)]
    public async Task Streams_are_one_line_a_message(string name, string commandLine, int messages)
    {
        var plain = await Run(commandLine);
        Assert.Equal(ExitCode.Ok, plain.ExitCode);
        Golden.Match(name + ".txt", plain.Output);

        var json = await Run(commandLine + " --json");
        Assert.Equal(
            messages,
            json.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line)).Count()
        );
    }

    [Fact]
    public async Task A_denial_shows_the_rule_and_exits_3()
    {
        Daemon.Behaviour.Failure = FakeBehaviour.Denied();
        var plain = await Run("session open --policy desk");
        Assert.Equal(ExitCode.Denied, plain.ExitCode);
        Assert.Equal("", plain.Output);
        Golden.Match("denied.txt", plain.Error);

        var json = await Run("session open --policy desk --json");
        Assert.Equal(ExitCode.Denied, json.ExitCode);
        Golden.Match("denied.json", json.Error);
    }

    [Fact]
    public async Task A_denial_with_more_than_one_reason_shows_them_as_a_tree()
    {
        Daemon.Behaviour.Failure = FakeBehaviour.Denied(FakeKeys.RefusingTrace());
        var plain = await Run($"sign tx --session {Id} @transfer.hex");
        Assert.Equal(ExitCode.Denied, plain.ExitCode);
        Golden.Match("denied-trace.txt", plain.Error);

        var json = await Run($"sign tx --session {Id} --json @transfer.hex");
        Golden.Match("denied-trace.json", json.Error);
    }

    [Fact]
    public async Task Raw_is_the_signed_transaction_and_nothing_else()
    {
        var run = await Run($"sign tx --session {Id} --raw @transfer.hex");
        Assert.Matches("^0x02[0-9a-f]+\n$", run.Output);
    }

    [Fact]
    public async Task A_terminal_gets_tables_that_fit()
    {
        var run = await Run($"session show {Id}", terminal: true);
        Assert.Equal(ExitCode.Ok, run.ExitCode);
        Assert.Contains("╭", run.Output, StringComparison.Ordinal);
    }

    // Names inside embedded documents (scopes, grants) are their formats' own.
    private static void AssertSnakeCase(JsonElement element)
    {
        if (element.ValueKind == JsonValueKind.Array)
        {
            foreach (var item in element.EnumerateArray())
            {
                AssertSnakeCase(item);
            }
        }

        if (element.ValueKind != JsonValueKind.Object)
        {
            return;
        }

        foreach (var member in element.EnumerateObject().Where(m => m.Name is not ("scope" or "ceiling" or "grant" or "typed_data")))
        {
            Assert.Matches("^[a-z][a-z0-9_]*$", member.Name);
            AssertSnakeCase(member.Value);
        }
    }
}
