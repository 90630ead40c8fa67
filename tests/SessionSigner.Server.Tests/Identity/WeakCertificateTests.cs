using System.Diagnostics;
using System.Security.Cryptography.X509Certificates;
using Conformance;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace SessionSigner.Server.Tests;

/// <summary>Certificates that .NET's clients do not present, shown over real TLS by one that does: OpenSSL with its own checks off.</summary>
public class WeakCertificateTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    [Theory]
    [InlineData("sound", "")]
    [InlineData("SHA-1", "signature algorithm 1.2.840.10045.4.1 is not accepted")]
    [InlineData("RSA-1024", "an RSA key of 1024 bits is too short")]
    public async Task Is_refused_by_the_daemon(string what, string fault)
    {
        using var log = new CapturedLog();
        await using var server = await TestServer.StartAsync(new TestLimits { Level = LogLevel.Warning });
        server.Services.GetRequiredService<ILoggerFactory>().AddProvider(log);

        Assert.Equal(fault.Length == 0, await IsServedAsync(server, Make(server, what)));

        Assert.Equal(
            fault.Length == 0 ? [] : [fault],
            log.Lines.Where(line => line.StartsWith("Connection from", StringComparison.Ordinal)).Select(line => line.Split("refused: ")[1])
        );
    }

    private static X509Certificate2 Make(TestServer server, string what)
    {
        if (what == "RSA-1024")
        {
            return server.Certificates.Issue(new CertificatePlan { RsaBits = 1024 });
        }
        var chain = new CertificateChain(new ChainPlan { IsSha1 = what == "SHA-1", IsShort = true }, server.Desk.Time.GetUtcNow());
        server.Trust(chain.Root);
        return chain.Client;
    }

    /// <summary>Whether the daemon answers what begins HTTP/2, or closes the connection.</summary>
    private static async Task<bool> IsServedAsync(TestServer server, X509Certificate2 certificate)
    {
        var folder = Directory.CreateTempSubdirectory("sessionsigner-weak-").FullName;
        try
        {
            var file = Path.Combine(folder, "client.pem");
            using var key =
                (System.Security.Cryptography.AsymmetricAlgorithm?)certificate.GetECDsaPrivateKey() ?? certificate.GetRSAPrivateKey();
            await File.WriteAllTextAsync(file, certificate.ExportCertificatePem() + "\n" + key!.ExportPkcs8PrivateKeyPem() + "\n");
            var start = new ProcessStartInfo(
                "openssl",
                [
                    "s_client",
                    "-connect",
                    $"127.0.0.1:{server.Address.Port}",
                    "-alpn",
                    "h2",
                    "-quiet",
                    "-cipher",
                    "DEFAULT@SECLEVEL=0",
                    "-cert",
                    file,
                ]
            )
            {
                UseShellExecute = false,
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
            using var client = Process.Start(start)!;
            client.ErrorDataReceived += (_, line) => Console.Error.WriteLine(line.Data);
            client.BeginErrorReadLine();
            try
            {
                using var timer = new CancellationTokenSource(Limit);
                var input = client.StandardInput.BaseStream;
                await input.WriteAsync((byte[])[.. FrameClient.Preface, .. FrameClient.Frame(FrameType.Settings, 0, 0)], timer.Token);
                await input.FlushAsync(timer.Token);
                return await client.StandardOutput.BaseStream.ReadAsync(new byte[1], timer.Token) == 1;
            }
            finally
            {
                client.Kill();
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
