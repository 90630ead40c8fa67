using System.Diagnostics;
using System.Text.Json;
using SessionSigner.Grants;

namespace SessionSigner.Cli.Tests;

/// <summary>An officer's way: write the text, sign it with stock OpenSSH, verify. No daemon.</summary>
public sealed class PolicyApprovalTests : IDisposable
{
    private const string Digest = "0x1111111111111111111111111111111111111111111111111111111111111111";
    private const string Other = "0x2222222222222222222222222222222222222222222222222222222222222222";
    private const string Common = "--daemon desk.example/sessionsigner --expires-in 7d";

    private readonly string _folder = Directory.CreateTempSubdirectory("sessionsigner-test-").FullName;

    public PolicyApprovalTests()
    {
        WriteRoster("roster.json", 2, "alice", "bob", "carol");
        WriteRoster("next.json", 1, "alice", "bob");
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData($"activate --policy desk --digest {Digest} --previous none")]
    [InlineData($"activate --policy desk --digest {Digest} --previous {Other}")]
    [InlineData("roster --new-roster @next.json")]
    public async Task What_approvers_sign_with_OpenSSH_reaches_the_quorum(string options)
    {
        var approve = await Run($"policy statement {options} --roster @roster.json {Common} --out @approval.txt");
        Assert.Equal(ExitCode.Ok, approve.ExitCode);
        Assert.Equal(await File.ReadAllTextAsync(PathOf("approval.txt")), approve.Output);
        Assert.Contains("ssh-keygen -Y sign", approve.Error, StringComparison.Ordinal);
        Sign("alice", "approval.txt");
        var one = await Run("policy verify @approval.txt --roster @roster.json --signature @alice.sig");
        Assert.Equal(ExitCode.NotVerified, one.ExitCode);
        Assert.Contains("Not approved: 1 of 2.", one.Output, StringComparison.Ordinal);
        Assert.Contains("  missing  bob\n  missing  carol\n", one.Output, StringComparison.Ordinal);
        Sign("bob", "approval.txt");
        var two = await Run("policy verify @approval.txt --roster @roster.json --signature @bob.sig --signature @alice.sig");
        Assert.Equal(ExitCode.Ok, two.ExitCode);
        Assert.Contains("Approved by 2; it takes 2.", two.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Json_says_the_same()
    {
        var approve = await Run(
            $"policy statement activate --policy desk --digest {Digest} --previous none --roster @roster.json {Common} --json"
        );
        var text = JsonDocument.Parse(approve.Output).RootElement.GetProperty("text").GetString()!;
        Assert.True(ApprovalStatement.TryParse(text, out var statement, out var fault), fault);
        Assert.Equal("desk", statement.Policy);
        await File.WriteAllTextAsync(PathOf("approval.txt"), text);
        Sign("alice", "approval.txt", "file");
        var verify = await Run("policy verify @approval.txt --roster @roster.json --signature @alice.sig --json");
        Assert.Equal(ExitCode.NotVerified, verify.ExitCode);
        var answer = JsonDocument.Parse(verify.Output).RootElement;
        Assert.False(answer.GetProperty("is_reached").GetBoolean());
        Assert.StartsWith("namespace: ", answer.GetProperty("refused")[0].GetProperty("fault").GetString(), StringComparison.Ordinal);
        Assert.Equal(3, answer.GetProperty("missing").GetArrayLength());
    }

    [Theory]
    [InlineData($"activate --policy desk --digest {Digest}", "--previous is missing.")]
    [InlineData($"activate --policy desk --previous none", "--digest is missing.")]
    [InlineData($"activate --policy Desk --digest {Digest} --previous none", "policy: ")]
    [InlineData($"activate --policy desk --digest {Digest} --previous {Digest}", "previous: ")]
    [InlineData("activate --policy desk --digest 0x12 --previous none", "--digest must be")]
    [InlineData("roster --new-roster @next.json --previous none", "--previous has no place")]
    [InlineData($"retire --policy desk --digest {Digest}", "retire")]
    [InlineData($"roster --new-roster @next.json --policy desk", "--policy has no place")]
    [InlineData("roster --new-roster @roster.json", "digest: ")]
    [InlineData("roster", "--new-roster is missing.")]
    [InlineData("roster --new-roster @alice.pub", "is not one")]
    [InlineData("delete", "delete")]
    [InlineData($"activate --policy desk --digest {Digest} --previous none --expires-in 32d", "--expires-in is at most 31d")]
    [InlineData($"activate --policy desk --digest {Digest} --previous none --daemon a+b", "daemon: ")]
    public async Task Wrong_arguments_are_named(string options, string naming)
    {
        var common = options.Contains("--expires-in", StringComparison.Ordinal) ? "--daemon d" : "--expires-in 7d";
        common =
            options.Contains("--daemon", StringComparison.Ordinal) || common.StartsWith("--daemon", StringComparison.Ordinal)
                ? common
                : Common;
        var run = await Run($"policy statement {options} --roster @roster.json {common}");
        Assert.Equal(ExitCode.Usage, run.ExitCode);
        Assert.Equal("", run.Output);
        Assert.Contains(naming, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_changed_text_or_another_roster_does_not_verify()
    {
        await Run(
            $"policy statement activate --policy desk --digest {Digest} --previous none --roster @roster.json {Common} --out @approval.txt"
        );
        Sign("alice", "approval.txt");
        Sign("bob", "approval.txt");
        const string Verify = "policy verify @approval.txt --signature @alice.sig --signature @bob.sig --roster ";
        Assert.Equal(ExitCode.Ok, (await Run(Verify + "@roster.json")).ExitCode);
        Assert.Equal(ExitCode.NotVerified, (await Run(Verify + "@next.json")).ExitCode);
        Assert.Equal(ExitCode.NotVerified, (await Run(Verify + "@roster.json --at 9999999999")).ExitCode);
        var text = await File.ReadAllTextAsync(PathOf("approval.txt"));
        await File.WriteAllTextAsync(PathOf("approval.txt"), text.Replace("desk\n", "desk2\n", StringComparison.Ordinal));
        Assert.Equal(ExitCode.NotVerified, (await Run(Verify + "@roster.json")).ExitCode);
        await File.WriteAllTextAsync(PathOf("approval.txt"), text + "\n");
        Assert.Equal(ExitCode.Usage, (await Run(Verify + "@roster.json")).ExitCode);
    }

    private string PathOf(string name) => Path.Combine(_folder, name);

    private Task<CliRun> Run(string commandLine) =>
        CliRun.Of([.. commandLine.Split(' ').Select(word => word.StartsWith('@') ? PathOf(word[1..]) : word)]);

    private void WriteRoster(string file, int threshold, params string[] names)
    {
        var approvers = names.Select(name => new { name, key = PublicKeyOf(name) });
        File.WriteAllText(
            PathOf(file),
            JsonSerializer.Serialize(
                new
                {
                    version = 1,
                    threshold,
                    approvers,
                }
            )
        );
    }

    private string PublicKeyOf(string name)
    {
        if (!File.Exists(PathOf(name)))
        {
            SshKeygen("-q", "-t", "ed25519", "-N", "", "-C", name, "-f", PathOf(name));
        }

        return File.ReadAllText(PathOf(name + ".pub")).TrimEnd('\n');
    }

    private void Sign(string name, string file, string signatureNamespace = ApprovalStatement.SignatureNamespace)
    {
        File.Delete(PathOf(file + ".sig"));
        SshKeygen("-q", "-Y", "sign", "-f", PathOf(name), "-n", signatureNamespace, PathOf(file));
        File.Move(PathOf(file + ".sig"), PathOf(name + ".sig"), overwrite: true);
    }

    private static void SshKeygen(params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("ssh-keygen", arguments))!;
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }
}
