using System.Text;
using System.Text.Json;
using SessionSigner.Client.Tests;
using SessionSigner.V1;

namespace SessionSigner.Cli.Tests;

public sealed class GrantVerifyTests : DaemonFixture
{
    private const string Pin = "secp256k1:0x02466d7fcae563e5cb09a0d1870bb580344804617879a14949cf22285f1bae3f27";
    private const string OtherPin = "secp256k1:0x034f355bdcb7cc0af728ef3cceb9615d90684bb5b2ca5f859ab0f0b704075871aa";

    [Fact]
    public async Task Verifies_offline_without_any_connection_option()
    {
        var file = Write("grant.json", Grant());
        var run = await CliRun.Of(["grant", "verify", file, "--audience", FakeKeys.Audience, "--pin", Pin]);
        Assert.Equal("", run.Error);
        Assert.Equal(ExitCode.Ok, run.ExitCode);
        Golden.Match("grant-verify.txt", run.Output);

        run = await CliRun.Of(["grant", "verify", file, "--audience", FakeKeys.Audience, "--json"]);
        Golden.Match("grant-verify.json", run.Output);
    }

    [Fact]
    public async Task Reads_standard_input()
    {
        var run = await CliRun.Of(["grant", "verify", "-", "--audience", FakeKeys.Audience], Encoding.UTF8.GetBytes(Grant()));
        Assert.Equal(ExitCode.Ok, run.ExitCode);
    }

    [Fact]
    public async Task The_grant_in_the_json_of_session_open_verifies()
    {
        var open = await Run("session open --policy desk --json");
        var grant = JsonDocument.Parse(open.Output).RootElement.GetProperty("grant").GetRawText();
        var run = await CliRun.Of(["grant", "verify", "-", "--audience", FakeKeys.Audience], Encoding.UTF8.GetBytes(grant));
        Assert.Equal(ExitCode.Ok, run.ExitCode);
    }

    [Fact]
    public async Task The_file_of_session_open_verifies_and_is_never_overwritten()
    {
        Assert.Equal(ExitCode.Ok, (await Run("session open --policy desk --grant-out @new.json")).ExitCode);
        Assert.Equal(ExitCode.Ok, (await Run($"grant verify @new.json --audience {FakeKeys.Audience} --pin {Pin}")).ExitCode);
        Assert.Equal(ExitCode.Usage, (await Run("session open --policy desk --grant-out @new.json")).ExitCode);
        Assert.Equal(ExitCode.Usage, (await Run($"grant show {FakeKeys.SessionId} --out @new.json")).ExitCode);
    }

    [Theory]
    [InlineData("--audience other.example", "audience")]
    [InlineData($"--audience desk.example --pin {OtherPin}", "primary")]
    [InlineData("--audience desk.example --at 1800003600", "notAfter")]
    [InlineData("--audience desk.example --at 1799999989", "notBefore")]
    public async Task What_does_not_hold_is_named_and_exits_4(string options, string naming)
    {
        Write("grant.json", Grant());
        var run = await Run("grant verify @grant.json " + options);
        Assert.Equal(ExitCode.NotVerified, run.ExitCode);
        Assert.StartsWith("The grant does not verify:\n", run.Output, StringComparison.Ordinal);
        Assert.Contains(naming, run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("desk.example", "desk.evil.io")]
    [InlineData("\"5000\"", "\"9000\"")]
    [InlineData("1800003600", "1800003601")]
    [InlineData("\"signature\":\"0xc", "\"signature\":\"0xd")]
    [InlineData("\"version\":1}", "\"version\":2}")]
    [InlineData("{\"format\"", "{\"extra\":1,\"format\"")]
    public async Task A_changed_grant_exits_4(string from, string to)
    {
        var grant = Grant();
        Assert.Contains(from, grant, StringComparison.Ordinal);
        Write("grant.json", grant.Replace(from, to, StringComparison.Ordinal));
        var audience = to == "desk.evil.io" ? to : FakeKeys.Audience;
        Assert.Equal(ExitCode.NotVerified, (await Run($"grant verify @grant.json --audience {audience}")).ExitCode);
    }

    [Fact]
    public async Task The_daemon_is_asked_if_wanted()
    {
        Write("grant.json", Grant());
        Assert.Equal(ExitCode.Ok, (await Run("grant verify @grant.json --audience desk.example --online")).ExitCode);
        Daemon.Behaviour.Tamper = m =>
        {
            if (m is VerifyGrantResponse answer)
            {
                answer.Valid = false;
                answer.Faults.Add("The session has ended.");
            }
        };
        var run = await Run("grant verify @grant.json --audience desk.example --online");
        Assert.Equal(ExitCode.NotVerified, run.ExitCode);
        Assert.Contains("Daemon: The session has ended.", run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("secp256k1")]
    [InlineData("secp256k1:0x")]
    [InlineData("ed25519:0x02466d7fcae563e5cb09a0d1870bb580344804617879a14949cf22285f1bae3f27")]
    [InlineData("secp256k1:0x04466d7fcae563e5cb09a0d1870bb580344804617879a14949cf22285f1bae3f27")]
    [InlineData("secp256k1:0x02zz6d7fcae563e5cb09a0d1870bb580344804617879a14949cf22285f1bae3f27")]
    public async Task A_malformed_pin_is_refused(string pin)
    {
        Write("grant.json", Grant());
        Assert.Equal(ExitCode.Usage, (await Run($"grant verify @grant.json --audience desk.example --pin {pin}")).ExitCode);
    }

    private static string Grant()
    {
        var scope = FakeKeys.Scope();
        return FakeKeys.GrantJson(FakeKeys.Grant(scope), scope);
    }
}
