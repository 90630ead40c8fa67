using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Interop;

namespace Conformance;

/// <summary>The folder of one daemon: a SoftHSM token with a primary key, certificates, policies, configuration, data. Made with foreign tools.</summary>
internal sealed class DaemonHome : IDisposable
{
    private const string Module = "/usr/lib/softhsm/libsofthsm2.so";
    private const string Pin = "71529403";

    public string Folder { get; } = Directory.CreateTempSubdirectory("sessionsigner-conformance-").FullName;
    private readonly Dictionary<string, string> _digests = [];

    private DaemonHome(int port)
    {
        Port = port;
        Certificates = new TestCertificates(CreateFolder("tls"));
        Foreign = new TestCertificates(CreateFolder("foreign"));
    }

    public int Port { get; }

    private string? Approvers { get; init; }

    public string Configuration => Path.Combine(Folder, "sessionsignerd.yaml");

    public string Journal => Path.Combine(Folder, "data/journal.db");

    /// <summary>The authority that the daemon trusts.</summary>
    public TestCertificates Certificates { get; }

    /// <summary>An authority that it does not.</summary>
    public TestCertificates Foreign { get; }

    /// <param name="port">Where the daemon listens.</param>
    /// <param name="approvers">Section of the configuration that takes the place of pinned policies, or null.</param>
    public static async Task<DaemonHome> CreateAsync(int port, string? approvers = null)
    {
        var home = new DaemonHome(port) { Approvers = approvers };
        foreach (var identity in Identities.All)
        {
            home.Certificates.IssueClient(NameOf(identity), identity);
        }
        home.Foreign.IssueClient(NameOf(Identities.Alice), Identities.Alice);
        await home.CreateTokenAsync();
        await home.WritePoliciesAsync();
        home.CreateFolder("data");
        await File.WriteAllTextAsync(home.Configuration, home.Configure(port));
        return home;
    }

    /// <summary>Name of an identity's certificate files.</summary>
    public static string NameOf(string identity) => identity[(identity.LastIndexOf('/') + 1)..];

    /// <summary>The same configuration on another port.</summary>
    public string WriteConfiguration(string name, int port) => Write(name, Configure(port));

    public string Write(string name, string text)
    {
        var file = Path.Combine(Folder, name);
        File.WriteAllText(file, text);
        return file;
    }

    public void Dispose()
    {
        Certificates.Dispose();
        Foreign.Dispose();
        Directory.Delete(Folder, recursive: true);
    }

    private string CreateFolder(string name) =>
        Directory
            .CreateDirectory(Path.Combine(Folder, name), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute)
            .FullName;

    private async Task CreateTokenAsync()
    {
        var tokens = CreateFolder("tokens");
        Write("softhsm2.conf", $"directories.tokendir = {tokens}\nobjectstore.backend = file\nlog.level = ERROR\n");
        // With the newline that editors and echo put there.
        File.SetUnixFileMode(Write("token-pin", Pin + "\n"), UnixFileMode.UserRead | UnixFileMode.UserWrite);
        await ToolAsync("softhsm2-util", ["--init-token", "--free", "--label", "conformance", "--pin", Pin, "--so-pin", Pin]);
        await ToolAsync(
            "pkcs11-tool",
            ["--module", Module, "--token-label", "conformance", "--login", "--pin", Pin, "--keypairgen", "--key-type", "EC:secp256k1"],
            ["--label", "primary-1", "--id", "01", "--sensitive"]
        );
    }

    private async Task WritePoliciesAsync()
    {
        CreateFolder("policies");
        foreach (var (name, text) in Policies.All)
        {
            var file = Write($"policies/{name}.yaml", text);
            var shown = await ForeignProgram.RunAsync(
                "dotnet",
                [Programs.Daemon, "policy", "show", file, "--json"],
                TimeSpan.FromSeconds(30)
            );
            Assert.True(shown.ExitCode == 0, shown.Error + shown.Output);
            using var json = JsonDocument.Parse(shown.Output);
            _digests[name] = json.RootElement.GetProperty("digest").GetString()!;
        }
    }

    private string Configure(int port)
    {
        var text = new StringBuilder();
        text.Append(
            CultureInfo.InvariantCulture,
            $"""
            version: 1
            listen:
              addresses:
                - 127.0.0.1:{port}
            tls:
              certificate: tls/server.pem
              private_key: tls/server.key
              client_ca: tls/authority.pem
            token:
              module: {Module}
              label: conformance
              pin_file: token-pin
              keys:
                - label: primary-1
              module_environment:
                SOFTHSM2_CONF: softhsm2.conf
              allow_software_token: true
            vault:
              capacity: 256
            limits:
              max_open_sessions: 256
            journal:
              path: data/journal.db
              origin: conformance.example/sessionsigner
            log:
              level: warning
            identities:
              - uri: {Identities.Alice}
                roles: [trader]
              - uri: {Identities.Bob}
                roles: [trader]
              - uri: {Identities.Operator}
                roles: [operator]
              - uri: {Identities.Approver}
                roles: [approver]
              - uri: {Identities.Auditor}
                roles: [auditor]
              - uri: {Identities.Settler}
                roles: [settler]

            """
        );
        if (Approvers is not null)
        {
            return text.Append(Approvers).ToString();
        }
        text.Append("policies:\n");
        foreach (var (name, digest) in _digests)
        {
            text.Append(CultureInfo.InvariantCulture, $"  - file: policies/{name}.yaml\n    digest: \"{digest}\"\n");
        }
        return text.ToString();
    }

    private async Task ToolAsync(string program, params IEnumerable<string>[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments.SelectMany(part => part))
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["SOFTHSM2_CONF"] = Path.Combine(Folder, "softhsm2.conf");
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, $"{program}: {await error}{await output}");
    }
}
