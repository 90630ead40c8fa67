using System.Text;
using System.Text.Json;
using Grpc.Core;
using SessionSigner.Client.Tests;
using SessionSigner.V1;

namespace SessionSigner.Cli.Tests;

public sealed class BadInputTests : DaemonFixture
{
    private const string SignTx = $"sign tx --session {FakeKeys.SessionId}";

    [Theory]
    [InlineData("", "empty")]
    [InlineData("0x", "hexadecimal")]
    [InlineData("0x0", "even number")]
    [InlineData("0xzz", "not hexadecimal")]
    [InlineData("02f8", "start it with 0x")]
    [InlineData("0x02 f8", "not hexadecimal")]
    public async Task A_transaction_that_is_not_hexadecimal_is_refused_here(string content, string naming)
    {
        Write("bad.hex", content);
        var run = await Run($"{SignTx} @bad.hex");
        Assert.Equal(ExitCode.Usage, run.ExitCode);
        Assert.Contains(naming, run.Error, StringComparison.Ordinal);
        Assert.Empty(Daemon.Behaviour.RequestIds);
    }

    [Fact]
    public async Task A_transaction_may_be_bytes_and_come_through_a_pipe()
    {
        var bytes = Convert.FromHexString(TransactionHex.AsSpan(2));
        Assert.Equal(ExitCode.Ok, (await Run($"{SignTx} -", bytes)).ExitCode);
        Assert.Equal(ExitCode.Ok, (await Run($"{SignTx} -", Encoding.ASCII.GetBytes(TransactionHex + "\r\n"))).ExitCode);
    }

    [Fact]
    public async Task Too_long_inputs_are_refused_here()
    {
        Write("long.hex", "0x" + new string('0', 2 * 131_073));
        Assert.Equal(ExitCode.Usage, (await Run($"{SignTx} @long.hex")).ExitCode);
        var run = await Run($"sign typed-data --session {FakeKeys.SessionId} -", new byte[131_073]);
        Assert.Equal(ExitCode.Usage, run.ExitCode);
        Assert.Contains("131072", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--chain", "0", "--chain takes")]
    [InlineData("--chain", "0x1", "--chain takes")]
    [InlineData("--entry-point", "0x0000000071727de22e5e9d8baf0edac6f37da032", "--entry-point takes")]
    [InlineData("--entry-point-version", "7", "--entry-point-version takes")]
    [InlineData("--signature-form", "raw", "--signature-form takes")]
    public async Task What_a_user_operation_is_for_must_be_stated(string option, string value, string message)
    {
        var options = new Dictionary<string, string>
        {
            ["--chain"] = "1",
            ["--entry-point"] = "0x0000000071727De22E5E9d8BAf0edAc6f37da032",
            ["--entry-point-version"] = "0.7",
            ["--signature-form"] = "hash",
        };
        string Line() =>
            $"sign user-operation --session {FakeKeys.SessionId} {string.Join(' ', options.Select(pair => $"{pair.Key} {pair.Value}"))} @operation.json";
        Assert.Equal(ExitCode.Ok, (await Run(Line())).ExitCode);
        options[option] = value;
        var run = await Run(Line());
        Assert.Equal(ExitCode.Usage, run.ExitCode);
        Assert.Contains(message, run.Error, StringComparison.Ordinal);
        options.Remove(option);
        run = await Run(Line());
        Assert.Equal(ExitCode.Usage, run.ExitCode);
        Assert.Contains(option, run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("sign tx --session x @missing")]
    [InlineData("sign typed-data --session x @missing")]
    [InlineData("sign message --session x @missing")]
    [InlineData("sign digest --session x @missing")]
    [InlineData("evaluate tx --session x @missing")]
    [InlineData("grant verify @missing --audience a")]
    [InlineData("session open --policy desk --narrowing @missing")]
    [InlineData("session list --profile @missing")]
    public async Task A_missing_file_is_named(string commandLine)
    {
        var run = await Run(commandLine);
        Assert.Equal(ExitCode.Usage, run.ExitCode);
        Assert.Contains(PathOf("missing"), run.Error, StringComparison.Ordinal);
        Assert.Contains("no such file", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("11")]
    [InlineData("0x11")]
    [InlineData("0x1111111111111111111111111111111111111111111111111111111111111111\n\nx")]
    [InlineData("1111111111111111111111111111111111111111111111111111111111111111")]
    [InlineData("0x111111111111111111111111111111111111111111111111111111111111111g")]
    [InlineData("0x111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111")]
    public async Task A_digest_is_0x_and_64_digits(string text)
    {
        foreach (var command in new[] { "sign", "evaluate" })
        {
            var run = await Run($"{command} digest --session {FakeKeys.SessionId} -", Encoding.ASCII.GetBytes(text));
            Assert.Equal(ExitCode.Usage, run.ExitCode);
            Assert.Contains("digest", run.Error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_message_is_bounded_text()
    {
        foreach (var bytes in new byte[][] { [], [0xff, 0xfe], new byte[8_193] })
        {
            var run = await Run($"sign message --session {FakeKeys.SessionId} -", bytes);
            Assert.Equal(ExitCode.Usage, run.ExitCode);
            Assert.Contains("message", run.Error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Typed_data_must_be_text()
    {
        var run = await Run($"sign typed-data --session {FakeKeys.SessionId} -", [0xff, 0xfe]);
        Assert.Equal(ExitCode.Usage, run.ExitCode);
        Assert.Contains("UTF-8", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("adress: https://localhost:1", "unknown name 'adress'")]
    [InlineData("address", "no value")]
    [InlineData("address:", "no value")]
    [InlineData("ca: a\nca: b", "twice")]
    [InlineData("password: hunter2", "unknown name 'password'")]
    public async Task A_profile_with_a_fault_is_refused_with_its_line(string content, string naming)
    {
        Write("bad.profile", "# first line\n" + content + "\n");
        var run = await Run("session list --profile @bad.profile");
        Assert.Equal(ExitCode.Usage, run.ExitCode);
        Assert.Contains("line ", run.Error, StringComparison.Ordinal);
        Assert.Contains(naming, run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("session list --timeout 0")]
    [InlineData("session list --timeout soon")]
    [InlineData("session list --timeout 11m")]
    [InlineData("session list --address localhost")]
    [InlineData("session list --address http://localhost:1")]
    [InlineData("session list --limit 0")]
    [InlineData("session open --policy desk --lifetime -1")]
    [InlineData("session revoke --reason r")]
    [InlineData("session revoke --all --policy desk --reason r")]
    [InlineData($"{SignTx} --request-id a/b @transfer.hex")]
    [InlineData($"{SignTx} --raw --json @transfer.hex")]
    public async Task Wrong_values_exit_2(string commandLine)
    {
        var run = await Run(commandLine);
        Assert.Equal(ExitCode.Usage, run.ExitCode);
        Assert.StartsWith(
            commandLine.Contains("--json", StringComparison.Ordinal) ? "{\"error\"" : "error: ",
            run.Error,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Without_a_profile_the_missing_option_is_named()
    {
        var run = await CliRun.Of(["session", "list"]);
        Assert.Equal(ExitCode.Usage, run.ExitCode);
        Assert.Contains("--address", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("INVALID_REQUEST", ExitCode.Usage)]
    [InlineData("REQUEST_ID_REUSED", ExitCode.Usage)]
    [InlineData("DENIED", ExitCode.Denied)]
    [InlineData("OVERLOADED", ExitCode.Unavailable)]
    [InlineData("JOURNAL_FAILED", ExitCode.Unavailable)]
    [InlineData("ROLE_MISSING", ExitCode.NotPermitted)]
    [InlineData("SESSION_NOT_FOUND", ExitCode.NotFound)]
    [InlineData("SESSION_ENDED", ExitCode.NotFound)]
    [InlineData("DEFECT", ExitCode.Failed)]
    public async Task The_daemons_reason_decides_the_exit_code(string reason, int exitCode)
    {
        Daemon.Behaviour.Failure = FakeBehaviour.Error(StatusCode.Unknown, reason, "Text of the daemon.");
        var run = await Run("session list");
        Assert.Equal(exitCode, run.ExitCode);
        Assert.Equal("", run.Output);
        Assert.StartsWith("error: Text of the daemon.\n", run.Error, StringComparison.Ordinal);

        run = await Run("session list --json");
        var error = JsonDocument.Parse(run.Error).RootElement.GetProperty("error");
        Assert.Equal(reason, error.GetProperty("reason").GetString());
        Assert.Equal(exitCode, error.GetProperty("exit_code").GetInt32());
    }

    [Fact]
    public async Task A_daemon_that_is_not_there_exits_5()
    {
        var run = await Run("health --address https://localhost:1");
        Assert.Equal(ExitCode.Unavailable, run.ExitCode);
        Assert.StartsWith("error: The daemon at localhost:1 cannot be reached: ", run.Error, StringComparison.Ordinal);
        Assert.Contains("hint: ", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_daemon_that_is_not_ready_exits_5()
    {
        Daemon.Behaviour.Healthy = false;
        var run = await Run("health");
        Assert.Equal(ExitCode.Unavailable, run.ExitCode);
    }

    [Fact]
    public async Task A_daemon_that_is_not_trusted_exits_4()
    {
        using var others = new TestCertificates();
        Assert.Equal(ExitCode.NotVerified, (await Run($"health --ca {others.CaFile}")).ExitCode);
    }

    [Fact]
    public async Task A_signature_that_does_not_verify_exits_4_and_is_not_shown()
    {
        Daemon.Behaviour.SigningKey = FakeKeys.OtherPrivateKey;
        var run = await Run($"{SignTx} @transfer.hex");
        Assert.Equal(ExitCode.NotVerified, run.ExitCode);
        Assert.Equal("", run.Output);
        Assert.Contains("session key", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_dry_run_that_refuses_exits_3()
    {
        Daemon.Behaviour.Tamper = m =>
        {
            if (m is EvaluateResponse answer)
            {
                answer.Denial = new Denial
                {
                    Reason = DenialReason.TargetNotAllowed,
                    Rule = "ceiling.permissions",
                    Observed = "0x01",
                };
                answer.Trace = FakeKeys.RefusingTrace();
            }
        };
        var run = await Run($"evaluate tx --session {FakeKeys.SessionId} @transfer.hex");
        Assert.Equal(ExitCode.Denied, run.ExitCode);
        Assert.StartsWith("It would be refused.\nreason:   target_not_allowed\n", run.Output, StringComparison.Ordinal);
        Golden.Match("evaluate-refused.txt", run.Output);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_the_daemon_says_is_escaped_on_output_and_error(bool terminal)
    {
        const string Evil = "\u001b]0;owned\u0007\u202e\n";
        Daemon.Behaviour.Tamper = m =>
        {
            if (m is ListSessionsResponse answer)
            {
                answer.Sessions[0].Policy = Evil;
            }
        };
        var run = await Run("session list", terminal: terminal);
        Assert.DoesNotContain("\u001b]", run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("\u202e", run.Output, StringComparison.Ordinal);
        var json = await Run("session list --json");
        Assert.DoesNotContain(json.Output, c => c is not '\n' and (< ' ' or > '~'));

        Daemon.Behaviour.Failure = new RpcException(new Status(StatusCode.NotFound, Evil));
        run = await Run("session list", terminal: terminal);
        Assert.DoesNotContain("\u001b", run.Error, StringComparison.Ordinal);
        Assert.Contains("\\u{1b}]0;owned\\u{7}\\u{202e}\\u{a}", run.Error, StringComparison.Ordinal);
    }
}
