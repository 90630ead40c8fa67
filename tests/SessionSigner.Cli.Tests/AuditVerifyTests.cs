using System.Text;
using SessionSigner.V1;

namespace SessionSigner.Cli.Tests;

public sealed class AuditVerifyTests : DaemonFixture
{
    [Fact]
    public async Task An_export_verifies_offline_and_is_never_overwritten()
    {
        Assert.Equal(ExitCode.Ok, (await Run("audit export @exported.log")).ExitCode);
        var run = await CliRun.Of(["audit", "verify", PathOf("exported.log")]);
        Assert.Equal("", run.Error);
        Assert.Equal(ExitCode.Ok, run.ExitCode);
        Assert.Equal((await Run("audit verify")).Output, run.Output);
        Assert.Equal(ExitCode.Usage, (await Run("audit export @exported.log")).ExitCode);
    }

    [Fact]
    public async Task An_export_goes_through_a_pipe()
    {
        var export = await Run("audit export -");
        Assert.Equal("", export.Output);
        var run = await CliRun.Of(["audit", "verify", "-"], export.Binary);
        Assert.Equal(ExitCode.Ok, run.ExitCode);
    }

    [Fact]
    public async Task An_empty_log_verifies()
    {
        Daemon.Behaviour.Log.Clear();
        Assert.Equal(ExitCode.Ok, (await Run("audit verify")).ExitCode);
        Assert.Equal(ExitCode.Ok, (await Run("audit export @exported.log")).ExitCode);
        Assert.Equal(ExitCode.Ok, (await Run("audit verify @exported.log")).ExitCode);
        Assert.Equal("No entries.\n", (await Run("audit list")).Output);
    }

    [Fact]
    public async Task A_daemon_that_changes_an_entry_under_its_checkpoint_is_found()
    {
        Daemon.Behaviour.Tamper = m =>
        {
            if (m is ListEntriesResponse { Entries: [{ Index: 2 } entry, ..] })
            {
                entry.Entry = Google.Protobuf.ByteString.CopyFrom(Daemon.Behaviour.Log[0]);
            }
        };
        var run = await Run("audit verify");
        Assert.Equal(ExitCode.NotVerified, run.ExitCode);
        Assert.Contains("The root differs", run.Output, StringComparison.Ordinal);
        Assert.Equal(ExitCode.NotVerified, (await Run("audit export @exported.log")).ExitCode);
    }

    [Fact]
    public async Task A_daemon_that_leaves_out_an_entry_is_found()
    {
        Daemon.Behaviour.Tamper = m =>
        {
            if (m is ListEntriesResponse answer && answer.Entries.Count > 1)
            {
                answer.Entries.RemoveAt(0);
            }
        };
        Assert.Equal(ExitCode.NotVerified, (await Run("audit verify")).ExitCode);
        Assert.Equal(ExitCode.NotVerified, (await Run("audit list")).ExitCode);
    }

    [Fact]
    public async Task A_log_rewritten_with_its_checkpoint_is_found_by_the_checkpoint_that_was_kept()
    {
        Assert.Equal(ExitCode.Ok, (await Run("audit verify --save-checkpoint @kept")).ExitCode);
        Daemon.Behaviour.Log.Add(Daemon.Behaviour.Log[0]);
        Assert.Equal(ExitCode.Ok, (await Run("audit verify --checkpoint @kept")).ExitCode);

        Daemon.Behaviour.Log[2] = Daemon.Behaviour.Log[0];
        Assert.Equal(ExitCode.Ok, (await Run("audit verify")).ExitCode);
        var run = await Run("audit verify --checkpoint @kept");
        Assert.Equal(ExitCode.NotVerified, run.ExitCode);
        Assert.Contains("rewritten", run.Output, StringComparison.Ordinal);
        await Run("audit export @rewritten.log");
        Assert.Equal(ExitCode.NotVerified, (await Run("audit verify @rewritten.log --checkpoint @kept")).ExitCode);

        Daemon.Behaviour.Log.RemoveRange(2, 3);
        run = await Run("audit verify --checkpoint @kept");
        Assert.Equal(ExitCode.NotVerified, run.ExitCode);
        Assert.Contains("entries are gone", run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(60)]
    [InlineData(200)]
    [InlineData(-1)]
    public async Task A_changed_byte_of_an_export_is_found(int index)
    {
        await Run("audit export @exported.log");
        var bytes = await File.ReadAllBytesAsync(PathOf("exported.log"));
        bytes[index < 0 ? bytes.Length + index : index] ^= 1;
        Assert.Equal(ExitCode.NotVerified, (await Run("audit verify -", bytes)).ExitCode);
        Assert.Equal(ExitCode.NotVerified, (await Run("audit verify -", bytes[..^1])).ExitCode);
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n\n\n\n\n")]
    [InlineData("not a log")]
    public async Task What_is_no_export_is_not_verified(string content)
    {
        var run = await Run("audit verify -", Encoding.UTF8.GetBytes(content));
        Assert.Equal(ExitCode.NotVerified, run.ExitCode);
        Assert.Contains("header", run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("audit verify --checkpoint @ca.pem")]
    [InlineData("audit verify --checkpoint @missing")]
    [InlineData("audit verify @missing")]
    [InlineData("audit list --limit 0")]
    [InlineData("audit export - --json")]
    public async Task Wrong_arguments_exit_2(string commandLine) => Assert.Equal(ExitCode.Usage, (await Run(commandLine)).ExitCode);
}
