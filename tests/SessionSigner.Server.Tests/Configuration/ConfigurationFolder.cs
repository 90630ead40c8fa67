using SessionSigner.Core.Tests;

namespace SessionSigner.Server.Tests;

/// <summary>A folder with every file that the reference configuration names.</summary>
internal sealed class ConfigurationFolder : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("sessionsigner-configuration-").FullName;

    public ConfigurationFolder()
    {
        foreach (var name in (string[])["tls", "secrets", "policies"])
        {
            Directory.CreateDirectory(PathOf(name), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
        foreach (
            var name in (string[])
                ["tls/server.pem", "tls/server.key", "tls/client-ca.pem", "tls/refused.txt", "secrets/token-pin", "module.so"]
        )
        {
            File.WriteAllText(PathOf(name), "x");
            File.SetUnixFileMode(PathOf(name), UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
        File.WriteAllText(PathOf("policies/desk.yaml"), ExamplePolicy.Create(TestServer.Trader, "primary-1", Desk.Account.ToString()));
        Assert.True(PolicyFile.TryRead(PathOf("policies/desk.yaml"), out var policy, out var faults), string.Join(' ', faults));
        Digest = policy!.Digest.ToString();
    }

    /// <summary>Digest of policies/desk.yaml.</summary>
    public string Digest { get; }

    /// <summary>deploy/config/sessionsignerd.yaml with the digest and module that are there.</summary>
    public string Reference =>
        File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "sessionsignerd.yaml"))
            .Replace("0x" + new string('0', 64), Digest, StringComparison.Ordinal)
            .Replace("/usr/lib/softhsm/libsofthsm2.so", PathOf("module.so"), StringComparison.Ordinal);

    public string PathOf(string name) => Path.Combine(_root, name);

    /// <summary>Reads text as the configuration.</summary>
    public (DaemonOptions? Options, IReadOnlyList<ConfigurationFault> Faults, IReadOnlySet<string> Known) Examine(
        string text,
        Func<string, string?>? environment = null
    )
    {
        File.WriteAllText(PathOf("sessionsignerd.yaml"), text);
        return DaemonOptionsReader.Examine(PathOf("sessionsignerd.yaml"), environment ?? (_ => null));
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);
}
