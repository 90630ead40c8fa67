using System.Text.Json.Nodes;
using Interop;

namespace Conformance;

/// <summary>The real doctor and check-config on a real daemon's home, from outside: beside the daemon, and with things broken.</summary>
public class DoctorTests(DaemonFixture daemon) : IClassFixture<DaemonFixture>
{
    private const int Found = 1;
    private const int ConfigurationFault = 78;
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(60);

    private static readonly (string What, Func<DaemonFixture, string, string> Change, string Subject, string Fix)[] s_rows =
    [
        ("no module", (_, c) => Replace(c, "module: /usr/lib/softhsm", "module: /usr/lib/absent"), "configuration", "token.module"),
        (
            "module that is none",
            (d, c) => Replace(c, "/usr/lib/softhsm/libsofthsm2.so", d.WriteFile("none.so", "x")),
            "token",
            "token.module"
        ),
        ("token of another name", (_, c) => Replace(c, "label: conformance", "label: other"), "token", "--list-token-slots"),
        ("key that is not there", (_, c) => Replace(c, "- label: primary-1", "- label: primary-2"), "token", "token.keys"),
        ("PIN refused", (d, c) => Replace(c, "pin_file: token-pin", $"pin_file: {WrongPin(d)}"), "token", "a changed PIN is tried"),
        (
            "software token without leave",
            (_, c) => Replace(c, "allow_software_token: true", "allow_software_token: false"),
            "token",
            "trial"
        ),
        ("address of the daemon", (d, c) => Replace(c, "- 127.0.0.1:", $"- 127.0.0.1:{d.Target.Split(':')[1]} #"), "address", "ss -ltnp"),
        ("journal damaged", (d, c) => Replace(c, "second/journal.db", DamagedJournal(d)), "journal", "restore a backup"),
    ];

    public static TheoryData<string> Rows => [.. s_rows.Select(row => row.What)];

    [Fact]
    public async Task Finds_the_daemon_that_runs_in_order()
    {
        var (run, checks) = await ExamineAsync(Path.Combine(daemon.Folder, "sessionsignerd.yaml"));

        Assert.True(run.ExitCode == 0, run.Output + run.Error);
        Assert.DoesNotContain(checks, check => Verdict(check) == "failed");
        foreach (
            var (subject, text) in new[]
            {
                ("journal", "in use by a running daemon"),
                ("address", "a daemon listens on"),
                ("token", "primary-1"),
            }
        )
        {
            var check = Assert.Single(checks, check => Subject(check) == subject);
            Assert.Equal("ok", Verdict(check));
            Assert.Contains(text, (string?)check["text"], StringComparison.Ordinal);
        }
        await daemon.AssertHealthyAsync();
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task Says_what_to_do_about_what_is_broken(string what)
    {
        var (_, change, subject, fix) = s_rows.Single(row => row.What == what);
        var file = daemon.SecondConfiguration();
        var text = Replace(await File.ReadAllTextAsync(file), "data/journal.db", "second/journal.db");
        await File.WriteAllTextAsync(file, change(daemon, text));

        var (run, checks) = await ExamineAsync(file);

        Assert.True(run.ExitCode == Found, run.Output + run.Error);
        var failed = Assert.Single(checks, check => Verdict(check) == "failed");
        Assert.Equal(subject, Subject(failed));
        Assert.Contains(fix, (string?)failed["fix"], StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", run.Error, StringComparison.Ordinal);
        await daemon.AssertHealthyAsync();
    }

    [Fact]
    public async Task Says_what_to_do_about_a_memory_limit_that_is_too_low()
    {
        // Root may lock any amount unless it has given that right away.
        string[] givenAway = Environment.IsPrivilegedProcess ? ["setpriv", "--bounding-set=-ipc_lock"] : ["env"];
        var doctor = new[]
        {
            "prlimit",
            "--memlock=4096",
            "dotnet",
            Programs.Daemon,
            "doctor",
            "--config",
            daemon.SecondConfiguration(),
            "--json",
        };

        var (run, checks) = Read(await ForeignProgram.RunAsync(givenAway[0], [.. givenAway[1..], .. doctor], s_limit));

        Assert.True(run.ExitCode == Found, run.Output + run.Error);
        var failed = Assert.Single(checks, check => Subject(check) == "memory");
        Assert.Equal("failed", Verdict(failed));
        Assert.Contains("RLIMIT_MEMLOCK is 4 KiB", (string?)failed["text"], StringComparison.Ordinal);
        Assert.Contains("LimitMEMLOCK", (string?)failed["fix"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Check_config_prints_its_faults_as_JSON()
    {
        var good = await daemon.RunDaemonAsync(s_limit, "check-config", "--config", daemon.SecondConfiguration(), "--json");
        Assert.Equal((0, """{"ok":true,"faults":[]}"""), (good.ExitCode, good.Output.TrimEnd()));

        var bad = await daemon.RunDaemonAsync(s_limit, "check-config", "--config", daemon.WriteFile("bad.yaml", "surprise: 1\n"), "--json");
        Assert.Equal((ConfigurationFault, ""), (bad.ExitCode, bad.Error));
        var result = JsonNode.Parse(bad.Output)!;
        Assert.False((bool)result["ok"]!);
        Assert.Contains(result["faults"]!.AsArray(), fault => (string?)fault!["path"] == "surprise" && (int)fault["line"]! == 1);
    }

    private async Task<(ProgramResult Run, IReadOnlyList<JsonNode> Checks)> ExamineAsync(string configuration) =>
        Read(await daemon.RunDaemonAsync(s_limit, "doctor", "--config", configuration, "--json"));

    private static (ProgramResult Run, IReadOnlyList<JsonNode> Checks) Read(ProgramResult run)
    {
        var result = JsonNode.Parse(run.Output)!;
        Assert.Equal(run.ExitCode == 0, (bool)result["ok"]!);
        var checks = result["checks"]!.AsArray().Select(check => check!).ToList();
        Assert.All(checks, check => Assert.Equal(Verdict(check) == "ok", string.IsNullOrWhiteSpace((string?)check["fix"])));
        return (run, checks);
    }

    private static string? Verdict(JsonNode check) => (string?)check["verdict"];

    private static string? Subject(JsonNode check) => (string?)check["subject"];

    private static string Replace(string text, string old, string now)
    {
        Assert.Contains(old, text, StringComparison.Ordinal);
        return text.Replace(old, now, StringComparison.Ordinal);
    }

    private static string WrongPin(DaemonFixture daemon)
    {
        var file = daemon.WriteFile("wrong-pin", "00000000");
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return file;
    }

    private static string DamagedJournal(DaemonFixture daemon)
    {
        const UnixFileMode owner = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        var folder = Directory.CreateDirectory(Path.Combine(daemon.Folder, "damaged"), owner | UnixFileMode.UserExecute).FullName;
        var file = Path.Combine(folder, "journal.db");
        File.WriteAllText(file, new string('x', 8_192));
        File.SetUnixFileMode(file, owner);
        return file;
    }
}
