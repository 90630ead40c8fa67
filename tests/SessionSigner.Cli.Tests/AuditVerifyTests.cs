using System.Text;
using SessionSigner.V1;

namespace SessionSigner.Cli.Tests;

public sealed class AuditVerifyTests : DaemonFixture
{
    [Fact]
    public async Task An_export_verifies_offline()
    {
        var export = await Run("audit export @log.jsonl");
        Assert.Equal(ExitCode.Ok, export.ExitCode);
        Golden.Match("audit-export.jsonl", await File.ReadAllTextAsync(PathOf("log.jsonl")));

        var run = await CliRun.Of(["audit", "verify", PathOf("log.jsonl")]);
        Assert.Equal("", run.Error);
        Assert.Equal(ExitCode.Ok, run.ExitCode);
        Assert.Equal(ExitCode.Usage, (await Run("audit export @log.jsonl")).ExitCode);
    }

    [Fact]
    public async Task An_export_goes_through_a_pipe()
    {
        var export = await Run("audit export -");
        var run = await CliRun.Of(["audit", "verify", "-"], Encoding.UTF8.GetBytes(export.Output));
        Assert.Equal(ExitCode.Ok, run.ExitCode);
    }

    [Fact]
    public async Task An_empty_log_verifies()
    {
        Daemon.Behaviour.Log.Clear();
        Assert.Equal(ExitCode.Ok, (await Run("audit verify")).ExitCode);
        Assert.Equal(ExitCode.Ok, (await Run("audit export @log.jsonl")).ExitCode);
        Assert.Equal(ExitCode.Ok, (await Run("audit verify @log.jsonl")).ExitCode);
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
        Assert.Contains("the daemon states", run.Output, StringComparison.Ordinal);
        Assert.Equal(ExitCode.NotVerified, (await Run("audit export @log.jsonl")).ExitCode);
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
    public async Task A_log_rewritten_with_its_checkpoint_is_found_by_the_root_that_was_kept()
    {
        var first = await Run("audit verify");
        var root = first.Output.Split('\n').Single(l => l.StartsWith("root:", StringComparison.Ordinal))["root:    ".Length..];
        Daemon.Behaviour.Log.Add(Daemon.Behaviour.Log[2]);
        Assert.Equal(ExitCode.Ok, (await Run($"audit verify --size 3 --root {root}")).ExitCode);

        Daemon.Behaviour.Log[1] = Daemon.Behaviour.Log[0];
        Assert.Equal(ExitCode.Ok, (await Run("audit verify")).ExitCode);
        var run = await Run($"audit verify --size 3 --root {root}");
        Assert.Equal(ExitCode.NotVerified, run.ExitCode);
        Assert.Contains("the root you kept", run.Output, StringComparison.Ordinal);

        Daemon.Behaviour.Log.RemoveRange(2, 2);
        run = await Run($"audit verify --size 3 --root {root}");
        Assert.Contains("entries are gone", run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"index\":1", "\"index\":2", ExitCode.Usage)]
    [InlineData("\"tree_size\":3", "\"tree_size\":4", ExitCode.NotVerified)]
    [InlineData("\"root_hash\":\"0x0", "\"root_hash\":\"0x1", ExitCode.NotVerified)]
    [InlineData("audit-export.v1", "audit-export.v2", ExitCode.Usage)]
    [InlineData("\"entry\":\"CA", "\"entry\":\"CQ", ExitCode.NotVerified)]
    [InlineData("\"entry\":\"CA", "\"entry\":\"*A", ExitCode.Usage)]
    [InlineData("{\"index\":0,", "{\"index\":0,\"extra\":1,", ExitCode.Usage)]
    public async Task A_changed_export_is_refused(string from, string to, int exitCode)
    {
        await Run("audit export @log.jsonl");
        var text = await File.ReadAllTextAsync(PathOf("log.jsonl"));
        Assert.Contains(from, text, StringComparison.Ordinal);
        Write("changed.jsonl", text.Replace(from, to, StringComparison.Ordinal));
        Assert.Equal(exitCode, (await Run("audit verify @changed.jsonl")).ExitCode);
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n")]
    [InlineData("null\n")]
    [InlineData("not json\n")]
    public async Task What_is_no_export_is_refused(string content)
    {
        Write("bad.jsonl", content);
        var run = await Run("audit verify @bad.jsonl");
        Assert.Equal(ExitCode.Usage, run.ExitCode);
        Assert.Contains("line 1", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("audit verify --size 3")]
    [InlineData("audit verify --root 0x00")]
    [InlineData("audit verify --size 3 --root 0x00")]
    [InlineData("audit verify @missing.jsonl")]
    [InlineData("audit list --limit 0")]
    [InlineData("audit export - --json")]
    public async Task Wrong_arguments_exit_2(string commandLine) => Assert.Equal(ExitCode.Usage, (await Run(commandLine)).ExitCode);
}
