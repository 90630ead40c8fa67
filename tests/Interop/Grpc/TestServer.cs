using Microsoft.AspNetCore.Builder;
using SessionSigner.Server;

namespace Interop;

/// <summary>Hosts <see cref="TestService"/> as the daemon hosts its services, but for larger messages, which the interop cases need.</summary>
public sealed class TestServer : IAsyncLifetime
{
    public const string ClientName = "client";

    private const int MessageSizeMax = 512 * 1024;

    private readonly string _folder = Directory.CreateTempSubdirectory("sessionsigner-interop-").FullName;
    private DaemonHosting? _hosting;

    public TestCertificates Certificates { get; private set; } = null!;

    /// <summary>"localhost:port".</summary>
    public string Target => _hosting!.Target;

    public async Task InitializeAsync()
    {
        Certificates = new TestCertificates(_folder);
        Certificates.IssueClient(ClientName, "spiffe://interop.example/trader/foreign");
        _hosting = await DaemonHosting.StartAsync(
            Certificates.CertificateFile("server"),
            Certificates.KeyFile("server"),
            Certificates.AuthorityFile,
            grpc =>
            {
                grpc.MaxReceiveMessageSize = MessageSizeMax;
                grpc.CompressionProviders.Clear();
                grpc.CompressionProviders.Add(new BoundedGzip(MessageSizeMax));
            },
            host =>
            {
                host.MapGrpcService<TestService>();
                host.MapGrpcReflectionService();
            },
            requestBytesMax: 2 * MessageSizeMax
        );
    }

    public async Task DisposeAsync()
    {
        if (_hosting is not null)
        {
            await _hosting.DisposeAsync();
        }
        Certificates.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
