using System.Text.Json.Nodes;
using Interop;

namespace Conformance;

/// <summary>What init makes, as a script reads it.</summary>
public sealed class InitTests : IDisposable
{
    private const int Found = 1;
    private const int Usage = 2;
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(60);

    private readonly string _root = Directory.CreateTempSubdirectory("sessionsigner-init-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public async Task Says_as_JSON_what_it_has_made_and_doctor_finds_it_in_order()
    {
        var folder = Path.Combine(_root, "trial");
        var run = await CommandLineAsync("init", "--folder", folder, "--listen", "127.0.0.1:7998", "--json");
        Assert.True(run.ExitCode == 0, run.Output + run.Error);

        var made = JsonNode.Parse(run.Output)!;
        Assert.Equal(folder, (string?)made["folder"]);
        Assert.Equal("sessionsigner", (string?)made["token"]!["label"]);
        Assert.NotEqual("", (string?)made["token"]!["serial"]);
        Assert.Equal(("primary-1", "secp256k1"), ((string?)made["primary_key"]!["label"], (string?)made["primary_key"]!["curve"]));
        Assert.Matches("^0x[0-9a-fA-F]{40}$", (string?)made["primary_key"]!["address"]);
        Assert.Matches("^secp256k1:0x0[23][0-9a-f]{64}$", (string?)made["primary_key"]!["public_key"]);
        Assert.Equal(["trader", "operator", "approver", "auditor"], made["clients"]!.AsArray().Select(client => (string?)client!["role"]));
        Assert.Equal("spiffe://desk.local/trader", (string?)made["clients"]![0]!["identity"]);
        Assert.Null(made["roster"]);
        Assert.All(
            [
                made["configuration"]!,
                made["policy"]!["file"]!,
                .. made["secrets_to_move"]!.AsArray().Select(file => file!),
                .. made["clients"]!.AsArray().SelectMany(client => new[] { client!["profile"]!, client["certificate"]!, client["key"]! }),
            ],
            file => Assert.True(File.Exists((string?)file), (string?)file)
        );
        var shown = await CommandLineAsync("policy", "show", (string)made["policy"]!["file"]!, "--json");
        Assert.Equal((string?)JsonNode.Parse(shown.Output)!["digest"], (string?)made["policy"]!["digest"]);

        var doctor = await CommandLineAsync("doctor", "--config", (string)made["configuration"]!, "--json");
        Assert.True(doctor.ExitCode == 0, doctor.Output + doctor.Error);
    }

    [Fact]
    public async Task Says_as_JSON_why_it_made_nothing()
    {
        await File.WriteAllTextAsync(Path.Combine(_root, "full"), "");
        var full = await CommandLineAsync("init", "--folder", _root, "--json");
        Assert.Equal((Found, ""), (full.ExitCode, full.Output));
        var error = JsonNode.Parse(full.Error)!["error"]!;
        Assert.Equal((Found, "failed"), ((int)error["exit_code"]!, (string?)error["kind"]));
        Assert.Contains("not an empty folder", (string?)error["message"], StringComparison.Ordinal);

        var usage = await CommandLineAsync("init", "--folder", Path.Combine(_root, "none"), "--listen", "here", "--json");
        Assert.Equal(Usage, usage.ExitCode);
        Assert.Equal("usage", (string?)JsonNode.Parse(usage.Error)!["error"]!["kind"]);
        Assert.False(Directory.Exists(Path.Combine(_root, "none")));
    }

    [Fact]
    public async Task Its_help_names_JSON()
    {
        var run = await CommandLineAsync("init", "--help");
        Assert.Equal(0, run.ExitCode);
        Assert.Contains("--json", run.Output, StringComparison.Ordinal);
    }

    // sessionsigner hands these commands to the daemon's program, which it is told of.
    private async Task<ProgramResult> CommandLineAsync(params string[] arguments)
    {
        var daemon = _root + ".sh";
        await File.WriteAllTextAsync(daemon, $"#!/bin/sh\nexec dotnet '{Programs.Daemon}' \"$@\"\n");
        File.SetUnixFileMode(daemon, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        try
        {
            return await ForeignProgram.RunAsync(
                "env",
                [$"SESSIONSIGNERD={daemon}", "dotnet", Programs.CommandLine, .. arguments],
                s_limit
            );
        }
        finally
        {
            File.Delete(daemon);
        }
    }
}
