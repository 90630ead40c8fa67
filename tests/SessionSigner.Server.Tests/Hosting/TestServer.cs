using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using SessionSigner.Core;
using SessionSigner.Core.Tests;

namespace SessionSigner.Server.Tests;

/// <summary>The daemon's services on a real Kestrel with real TLS; token, vault and journal are fakes.</summary>
internal sealed class TestServer : IAsyncDisposable
{
    public const string Trader = "spiffe://desk/trader";
    public const string Operator = "spiffe://desk/operator";
    public const string Auditor = "spiffe://desk/auditor";
    public const string Monitor = "spiffe://desk/monitor";

    private readonly WebApplication _app;
    private readonly TlsMaterial _tls;
    private readonly string _folder = Directory.CreateTempSubdirectory("sessionsigner-server-").FullName;
    private readonly List<GrpcChannel> _channels = [];

    private TestServer(TestLimits test)
    {
        Certificates = new ClientCertificates(Desk.Time);
        WriteTls();
        Options = CreateOptions(test);
        _tls = TlsMaterial.Open(Options.Tls, Desk.Time, NullLogger.Instance);
        var ports = new DaemonPorts(Desk.Authority, Desk.Vault, Desk.Journal);
        var policies = PolicyStore.OpenPinned(Desk.Journal, Desk.Policies);
        _app = DaemonApplication.Build(Options, ports, Desk.Registry, policies, Desk.Pipeline, _tls, Desk.Time);
        test.Change?.Invoke(_app.Services.GetRequiredService<IOptions<KestrelServerOptions>>().Value.Limits);
    }

    public Desk Desk { get; } = new();

    public ClientCertificates Certificates { get; }

    public DaemonOptions Options { get; }

    public IServiceProvider Services => _app.Services;

    public Uri Address =>
        new(_app.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.Single());

    public static async Task<TestServer> StartAsync(TestLimits? test = null)
    {
        var server = new TestServer(test ?? new TestLimits());
        await server._app.StartAsync();
        return server;
    }

    /// <summary>A channel whose client shows a good certificate of an identity.</summary>
    public GrpcChannel Connect(string identity) => Connect(Certificates.Issue(new CertificatePlan { Uris = [identity] }));

    /// <summary>A channel whose client shows this certificate, or none.</summary>
    /// <param name="wrap">Puts something between the gRPC client and HTTP.</param>
    /// <param name="chain">What the client shows beside it.</param>
    public GrpcChannel Connect(
        X509Certificate2? certificate,
        Func<HttpMessageHandler, HttpMessageHandler>? wrap = null,
        X509Certificate2Collection? chain = null
    )
    {
        var ssl = TlsOptions(certificate, chain);
        var handler = new SocketsHttpHandler { SslOptions = ssl, ConnectTimeout = TimeSpan.FromSeconds(5) };
        var channel = GrpcChannel.ForAddress(
            Address,
            new GrpcChannelOptions
            {
                HttpHandler = wrap?.Invoke(handler) ?? handler,
                DisposeHttpClient = true,
                MaxRetryAttempts = 0,
                MaxReceiveMessageSize = null,
            }
        );
        _channels.Add(channel);
        return channel;
    }

    /// <summary>TLS of a client that shows this certificate, or none, with the chain given beside it.</summary>
    public SslClientAuthenticationOptions TlsOptions(X509Certificate2? certificate, X509Certificate2Collection? chain = null)
    {
        var ssl = new SslClientAuthenticationOptions
        {
            RemoteCertificateValidationCallback = (_, shown, _, _) => shown?.GetCertHashString() == ServerThumbprint,
        };
        if (certificate is not null)
        {
            ssl.ClientCertificateContext = SslStreamCertificateContext.Create(certificate, chain, offline: true);
        }
        return ssl;
    }

    /// <summary>TLS of a client that shows a good certificate of an identity.</summary>
    public SslClientAuthenticationOptions TlsOptions(string identity) =>
        TlsOptions(Certificates.Issue(new CertificatePlan { Uris = [identity] }));

    /// <summary>Calls that one identity may have under way, unless a test says otherwise.</summary>
    public const int MaxCallsPerIdentity = 24;

    /// <summary>Puts a certificate on the list of refused ones, as an operator would.</summary>
    public void Refuse(X509Certificate2 certificate)
    {
        File.WriteAllText(PathOf("refused.txt"), $"# lost laptop\n{Convert.ToHexString(SHA256.HashData(certificate.RawData))}\n");
        _tls.Reload();
    }

    /// <summary>Replaces the list of refused certificates by other text.</summary>
    public void WriteRefused(string text)
    {
        File.WriteAllText(PathOf("refused.txt"), text);
        _tls.Reload();
    }

    /// <summary>Replaces the client CA bundle.</summary>
    public void Trust(X509Certificate2 authority)
    {
        File.WriteAllText(PathOf("ca.pem"), authority.ExportCertificatePem());
        _tls.Reload();
        // An authority is dropped when two readings agree.
        _tls.Reload();
    }

    public string ServerThumbprint => _tls.Server.TargetCertificate.Thumbprint;

    public void RenewServerCertificate()
    {
        WriteServer();
        _tls.Reload();
    }

    public async ValueTask DisposeAsync()
    {
        _channels.ForEach(channel => channel.Dispose());
        await _app.DisposeAsync();
        _tls.Dispose();
        await Desk.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private string PathOf(string name) => Path.Combine(_folder, name);

    private void WriteTls()
    {
        WriteServer();
        File.WriteAllText(PathOf("ca.pem"), Certificates.Root.ExportCertificatePem());
        File.WriteAllText(PathOf("refused.txt"), "");
    }

    private void WriteServer()
    {
        using var authority = TrialAuthority.Create("server authority", Desk.Time);
        var (certificate, key) = authority.IssueServer(["localhost"], [IPAddress.Loopback]);
        File.WriteAllText(PathOf("server.pem"), certificate);
        File.WriteAllText(PathOf("server.key"), key);
        File.SetUnixFileMode(PathOf("server.key"), UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    private DaemonOptions CreateOptions(TestLimits test) =>
        new()
        {
            File = "test.yaml",
            Listen = test.Listen,
            Tls = new TlsSection(PathOf("server.pem"), PathOf("server.key"), PathOf("ca.pem"), PathOf("refused.txt"), TimeSpan.FromDays(1)),
            Identities = new Dictionary<string, Roles>
            {
                [Trader] = Roles.Trader,
                [Operator] = Roles.Operator,
                [Auditor] = Roles.Auditor,
                [Monitor] = Roles.None,
            },
            Token = new TokenSection("", "", null, null, null, [], TimeSpan.FromSeconds(5), false, false, new Dictionary<string, string>()),
            Vault = new VaultSection(16, false),
            Journal = new JournalSection("", "test/log"),
            Policies = [new PolicyPin("pay.yaml", Desk.Policy)],
            FirstRoster = null,
            Limits = new LimitsSection(16, 16, test.Deadline, test.MaxCallsPerIdentity),
            Log = new LogSection(test.Level, false),
        };
}

/// <summary>Limits of a test server, and what else to change of Kestrel's before it starts.</summary>
internal sealed record TestLimits
{
    public ListenSection Listen { get; init; } = new([new IPEndPoint(IPAddress.Loopback, 0)], 100, 100, 100, 100, TimeSpan.FromHours(1));
    public TimeSpan Deadline { get; init; } = TimeSpan.FromSeconds(10);
    public int MaxCallsPerIdentity { get; init; } = TestServer.MaxCallsPerIdentity;
    public Action<KestrelServerLimits>? Change { get; init; }
    public LogLevel Level { get; init; } = LogLevel.None;
}
