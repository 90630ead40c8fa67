using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Grpc.Core;
using Grpc.Health.V1;
using Grpc.Net.Client;
using Interop;

namespace Conformance;

/// <summary>A real daemon in its own process on a SoftHSM token of its own, and callers with every role.</summary>
public class DaemonFixture : IAsyncLifetime
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan CliLimit = TimeSpan.FromSeconds(60);

    private readonly List<IDisposable> _callers = [];
    private DaemonHome _home = null!;
    private DaemonProcess? _process;

    internal Caller Alice { get; private set; } = null!;
    internal Caller Bob { get; private set; } = null!;
    internal Caller Operator { get; private set; } = null!;
    internal Caller Approver { get; private set; } = null!;

    internal Caller Settler { get; private set; } = null!;
    internal Caller Auditor { get; private set; } = null!;

    /// <summary>Section of the configuration that takes the place of pinned policies, or null.</summary>
    protected virtual string? Approvers() => null;

    /// <summary>Environment variables of the daemon beside the tests' own.</summary>
    protected virtual IReadOnlyDictionary<string, string> Environment { get; } = new Dictionary<string, string>();

    internal int ProcessId => _process!.Id;

    internal string JournalFile => _home.Journal;

    internal string Folder => _home.Folder;

    internal string Target => $"localhost:{_home.Port}";

    public async Task InitializeAsync()
    {
        _home = await DaemonHome.CreateAsync(FreePort(), Approvers());
        await StartAsync();
    }

    public async Task DisposeAsync()
    {
        _callers.ForEach(caller => caller.Dispose());
        if (_process is { HasExited: false })
        {
            await _process.KillAsync();
        }
        _process?.Dispose();
        _home.Dispose();
    }

    /// <summary>Starts the daemon and waits until it is healthy.</summary>
    internal async Task StartAsync()
    {
        _process = new DaemonProcess(["--config", _home.Configuration], Environment);
        Alice = Connect(Identities.Alice);
        Bob = Connect(Identities.Bob);
        Operator = Connect(Identities.Operator);
        Approver = Connect(Identities.Approver);
        Settler = Connect(Identities.Settler);
        Auditor = Connect(Identities.Auditor);
        var deadline = TimeProvider.System.GetUtcNow() + StartLimit;
        while (!await IsHealthyAsync())
        {
            Assert.False(_process.HasExited, $"the daemon ended:\n{_process.Output}");
            Assert.True(TimeProvider.System.GetUtcNow() < deadline, $"the daemon is not ready:\n{_process.Output}");
            await Task.Delay(100);
        }
    }

    /// <summary>kill -9.</summary>
    internal async Task KillAsync()
    {
        await _process!.KillAsync();
        _process.Dispose();
        _process = null;
    }

    /// <summary>Asks the daemon to end and gives its exit code.</summary>
    internal async Task<int> StopAsync()
    {
        var code = await _process!.StopAsync();
        _process.Dispose();
        _process = null;
        return code;
    }

    internal async Task AssertHealthyAsync() => Assert.True(await IsHealthyAsync(), _process!.Output);

    internal Caller Connect(string identity) => Connect(_home.Certificates, DaemonHome.NameOf(identity));

    /// <summary>Connects to another server that has the same certificates.</summary>
    internal Caller ConnectTo(string target, string identity) => new(Channel(_home.Certificates, DaemonHome.NameOf(identity), target));

    internal Caller ConnectWithForeignCertificate(string identity) => Connect(_home.Foreign, DaemonHome.NameOf(identity));

    internal Caller ConnectWithoutCertificate() => Connect(null, "");

    /// <summary>For speaking HTTP/2 to the daemon without a gRPC library in between.</summary>
    internal SocketsHttpHandler Handler(string identity) => Handler(_home.Certificates, DaemonHome.NameOf(identity));

    /// <summary>Arguments by which buf curl proves an identity and knows the daemon.</summary>
    internal IEnumerable<string> CurlCertificates(string identity)
    {
        var (files, name) = (_home.Certificates, DaemonHome.NameOf(identity));
        return ["--cacert", files.AuthorityFile, "--cert", files.CertificateFile(name), "--key", files.KeyFile(name)];
    }

    internal string WriteFile(string name, string text) => _home.Write(name, text);

    /// <summary>A configuration for another daemon on the same journal.</summary>
    internal string SecondConfiguration() => _home.WriteConfiguration("second.yaml", FreePort());

    /// <summary>Runs the daemon's program until it ends.</summary>
    internal Task<ProgramResult> RunDaemonAsync(TimeSpan limit, params string[] arguments) =>
        ForeignProgram.RunAsync("dotnet", [Programs.Daemon, .. arguments], limit);

    /// <summary>Runs the command line, as somebody or (null) offline.</summary>
    internal Task<ProgramResult> RunCliAsync(string? identity, params string[] arguments)
    {
        List<string> all = [Programs.CommandLine, .. arguments];
        if (identity is not null)
        {
            var name = DaemonHome.NameOf(identity);
            all.AddRange(["--address", $"https://localhost:{_home.Port}", "--ca", _home.Certificates.AuthorityFile]);
            all.AddRange(["--certificate", _home.Certificates.CertificateFile(name), "--key", _home.Certificates.KeyFile(name)]);
        }
        return ForeignProgram.RunAsync("dotnet", all, CliLimit);
    }

    /// <summary>What a bot needs to know, as JSON.</summary>
    internal string BotArguments(string node, string policy, int transactions)
    {
        var name = DaemonHome.NameOf(Identities.Alice);
        return JsonSerializer.Serialize(
            new
            {
                target = $"localhost:{_home.Port}",
                authority = _home.Certificates.AuthorityFile,
                certificate = _home.Certificates.CertificateFile(name),
                key = _home.Certificates.KeyFile(name),
                node,
                transactions,
                policy,
                token = Policies.Token,
                recipient = Policies.Recipient,
                amount = "1000",
            }
        );
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private async Task<bool> IsHealthyAsync()
    {
        using var channel = Channel(_home.Certificates, DaemonHome.NameOf(Identities.Auditor));
        try
        {
            var answer = await new Health.HealthClient(channel).CheckAsync(
                new HealthCheckRequest { Service = "sessionsigner.v1.SessionService" },
                deadline: TimeProvider.System.GetUtcNow().UtcDateTime.AddSeconds(5)
            );
            return answer.Status == HealthCheckResponse.Types.ServingStatus.Serving;
        }
        catch (RpcException)
        {
            return false;
        }
    }

    private Caller Connect(TestCertificates? certificates, string name)
    {
        var caller = new Caller(Channel(certificates, name));
        _callers.Add(caller);
        return caller;
    }

    private GrpcChannel Channel(TestCertificates? certificates, string name, string? target = null) =>
        GrpcChannel.ForAddress(
            $"https://{target ?? Target}",
            new GrpcChannelOptions { HttpHandler = Handler(certificates, name), DisposeHttpClient = true }
        );

    private SocketsHttpHandler Handler(TestCertificates? certificates, string name)
    {
        var authority = X509CertificateLoader.LoadCertificateFromFile(_home.Certificates.AuthorityFile);
        var handler = new SocketsHttpHandler
        {
            UseProxy = false,
            SslOptions =
            {
                CertificateChainPolicy = new X509ChainPolicy
                {
                    TrustMode = X509ChainTrustMode.CustomRootTrust,
                    RevocationMode = X509RevocationMode.NoCheck,
                    CustomTrustStore = { authority },
                },
            },
        };
        if (certificates is not null)
        {
            var certificate = X509Certificate2.CreateFromPemFile(certificates.CertificateFile(name), certificates.KeyFile(name));
            handler.SslOptions.ClientCertificates = [certificate];
            handler.SslOptions.LocalCertificateSelectionCallback = (_, _, _, _, _) => certificate;
        }
        return handler;
    }
}
