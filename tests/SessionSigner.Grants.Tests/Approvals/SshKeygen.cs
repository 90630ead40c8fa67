using System.Diagnostics;
using System.Text;

namespace SessionSigner.Grants.Tests;

/// <summary>OpenSSH itself: makes keys, signs and verifies in a folder of its own.</summary>
internal sealed class SshKeygen : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("sessionsigner-ssh-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>Makes a key pair.</summary>
    /// <returns>The line of its .pub file.</returns>
    public string Generate(string name, string type, int bits)
    {
        var path = Path.Combine(_folder, name);
        Run("", "-q", "-t", type, "-b", $"{bits}", "-N", "", "-C", name + "@desk", "-f", path);
        return File.ReadAllText(path + ".pub").TrimEnd('\n');
    }

    /// <summary>Signs as an officer does.</summary>
    public string Sign(string name, string signatureNamespace, string message, string hash = "sha512")
    {
        var file = Path.Combine(_folder, Path.GetRandomFileName());
        File.WriteAllText(file, message);
        Run("", "-q", "-Y", "sign", "-f", Path.Combine(_folder, name), "-n", signatureNamespace, "-O", "hashalg=" + hash, file);
        return File.ReadAllText(file + ".sig");
    }

    /// <summary>Whether OpenSSH accepts the signature.</summary>
    public bool Verifies(string publicKeyLine, string signatureNamespace, string message, string armored)
    {
        var signers = Path.Combine(_folder, Path.GetRandomFileName());
        File.WriteAllText(signers, $"officer {publicKeyLine}\n");
        File.WriteAllText(signers + ".sig", armored);
        return Start(message, "-Y", "verify", "-f", signers, "-I", "officer", "-n", signatureNamespace, "-s", signers + ".sig").ExitCode
            == 0;
    }

    /// <summary>The fingerprint as OpenSSH prints it.</summary>
    public string Fingerprint(string publicKeyLine)
    {
        var path = Path.Combine(_folder, Path.GetRandomFileName());
        File.WriteAllText(path, publicKeyLine + "\n");
        return Start("", "-l", "-f", path).Output.Split(' ')[1];
    }

    private static void Run(string input, params string[] arguments)
    {
        var (exitCode, output) = Start(input, arguments);
        Assert.True(exitCode == 0, $"ssh-keygen {string.Join(' ', arguments)}: {output}");
    }

    private static (int ExitCode, string Output) Start(string input, params string[] arguments)
    {
        var start = new ProcessStartInfo("ssh-keygen", arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        using var process = Process.Start(start) ?? throw new InvalidOperationException("ssh-keygen does not start");
        process.StandardInput.BaseStream.Write(Encoding.UTF8.GetBytes(input));
        process.StandardInput.Close();
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output + error.GetAwaiter().GetResult());
    }
}
