using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace SessionSigner.Server;

/// <summary>Makes the TLS side of every connection: TLS 1.3 and HTTP/2 only, a client certificate always, checked by this project and not by the system's stores.</summary>
internal sealed partial class TlsListener(TlsMaterial material, TimeProvider clock, ILogger<TlsListener> logger)
{
    /// <summary>How long a connection may take to prove an identity.</summary>
    public static readonly TimeSpan HandshakeTimeout = TimeSpan.FromSeconds(5);

    /// <summary>Puts TLS onto a listening address.</summary>
    public void Apply(ListenOptions listen)
    {
        listen.Protocols = HttpProtocols.Http2;
        listen.UseHttps(new TlsHandshakeCallbackOptions { OnConnection = ChooseOptions, HandshakeTimeout = HandshakeTimeout });
    }

    private ValueTask<SslServerAuthenticationOptions> ChooseOptions(TlsHandshakeCallbackContext context)
    {
        var connection = context.Connection;
        return ValueTask.FromResult(
            new SslServerAuthenticationOptions
            {
                EnabledSslProtocols = SslProtocols.Tls13,
                ServerCertificateContext = material.Server,
                ApplicationProtocols = [SslApplicationProtocol.Http2],
                ClientCertificateRequired = true,
                AllowRenegotiation = false,
                // A resumed connection would carry an identity that was proved on another one.
                AllowTlsResume = false,
                CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
                CertificateChainPolicy = OfflinePolicy(),
                RemoteCertificateValidationCallback = (_, certificate, chain, _) => Accept(connection, certificate, chain),
            }
        );
    }

    private bool Accept(ConnectionContext connection, X509Certificate? presented, X509Chain? chain)
    {
        var trust = material.Trust;
        var certificate = presented as X509Certificate2;
        var intermediates = Copy(chain?.ChainPolicy.ExtraStore);
        var result = ClientCertificateCheck.Check(certificate, intermediates, trust, clock.GetUtcNow());
        if (result.Identity is null)
        {
            LogRefused(connection.RemoteEndPoint?.ToString() ?? "", result.Fault);
            return false;
        }
        var kept = X509CertificateLoader.LoadCertificate(certificate!.RawDataMemory.Span);
        connection.Features.Set(new ClientConnection(result, kept, intermediates, trust.Version, material, clock));
        return true;
    }

    // The system builds a chain of its own before the check above; this keeps that one off the network. Its verdict is not used.
    private static X509ChainPolicy OfflinePolicy() =>
        new()
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
        };

    private static X509Certificate2Collection Copy(X509Certificate2Collection? certificates)
    {
        var copies = new X509Certificate2Collection();
        foreach (var certificate in certificates ?? [])
        {
            copies.Add(X509CertificateLoader.LoadCertificate(certificate.RawDataMemory.Span));
        }
        return copies;
    }

    [LoggerMessage(EventId = 1210, Level = LogLevel.Warning, Message = "Connection from {Remote} refused: {Fault}")]
    private partial void LogRefused(string remote, string fault);
}
