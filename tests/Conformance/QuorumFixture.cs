using System.Diagnostics;

namespace Conformance;

/// <summary>A daemon whose policies two of three officers approve, with keys that OpenSSH made. The time lock is two seconds.</summary>
public sealed class QuorumFixture : DaemonFixture, IDisposable
{
    public const string Namespace = "sessionsigner-policy@v1";
    public const int TimeLockSeconds = 2;

    private readonly string _keys = Directory.CreateTempSubdirectory("sessionsigner-officers-").FullName;

    public QuorumFixture()
    {
        foreach (var officer in (string[])["dora", "erik", "fay", "stranger"])
        {
            Run("-q", "-t", officer == "erik" ? "ecdsa" : "ed25519", "-N", "", "-C", officer, "-f", Path.Combine(_keys, officer));
        }
    }

    /// <summary>The line of an officer's .pub file.</summary>
    public string PublicKey(string officer) => File.ReadAllText(Path.Combine(_keys, officer + ".pub")).Trim();

    /// <summary>Signs as an officer does.</summary>
    public string Sign(string officer, string statement, string signatureNamespace = Namespace)
    {
        var file = Path.Combine(_keys, Path.GetRandomFileName());
        File.WriteAllText(file, statement);
        Run("-q", "-Y", "sign", "-f", Path.Combine(_keys, officer), "-n", signatureNamespace, file);
        return File.ReadAllText(file + ".sig");
    }

    /// <summary>A roster as JSON.</summary>
    public string Roster(int threshold, int timeLockSeconds, params string[] officers) =>
        $$"""
            {"version":1,"threshold":{{threshold}},"time_lock_seconds":{{timeLockSeconds}},"approvers":[{{string.Join(
                ',',
                officers.Select(officer => $$"""{"name":"{{officer}}","key":"{{PublicKey(officer)}}"}""")
            )}}]}
            """;

    /// <inheritdoc/>
    protected override string? Approvers() => Section("dora", "erik", "fay");

    /// <summary>The approvers in the configuration.</summary>
    internal string Section(params string[] officers) =>
        $"approvers:\n  threshold: 2\n  time_lock_seconds: {TimeLockSeconds}\n  keys:\n"
        + string.Concat(officers.Select(officer => $"    - name: {officer}\n      key: {PublicKey(officer)}\n"));

    /// <inheritdoc/>
    public void Dispose() => Directory.Delete(_keys, recursive: true);

    private static void Run(params string[] arguments)
    {
        var start = new ProcessStartInfo("ssh-keygen", arguments)
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, error);
    }
}
