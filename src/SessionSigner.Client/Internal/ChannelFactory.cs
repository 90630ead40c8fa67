using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Grpc.Net.Client;

namespace SessionSigner.Client;

/// <summary>Makes the one kind of connection there is: HTTP/2 over TLS 1.3, authenticated on both sides, pinned authorities, no proxy.</summary>
internal static class ChannelFactory
{
    // A page of 1,000 audit entries, each of which may hold a whole grant, is the largest answer.
    private const int ReceiveBytesMax = 16 * 1024 * 1024;
    private const int SendBytesMax = 512 * 1024;

    public static (GrpcChannel Channel, SocketsHttpHandler Handler) Create(ClientOptions options)
    {
        CheckOptions(options);
        var authorities = LoadAuthorities(options.CaFile);
        var certificate = LoadCertificate(options.CertificateFile, options.KeyFile);
        var handler = new SocketsHttpHandler
        {
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
            ConnectTimeout = TimeSpan.FromSeconds(5),
            // The daemon drops idle connections after 20 seconds: pings keep a quiet client's connection ready.
            KeepAlivePingDelay = TimeSpan.FromSeconds(10),
            KeepAlivePingTimeout = TimeSpan.FromSeconds(5),
            KeepAlivePingPolicy = HttpKeepAlivePingPolicy.Always,
            PooledConnectionIdleTimeout = Timeout.InfiniteTimeSpan,
            EnableMultipleHttp2Connections = true,
            SslOptions = new SslClientAuthenticationOptions
            {
                EnabledSslProtocols = SslProtocols.Tls13,
                ClientCertificateContext = certificate,
                CertificateChainPolicy = Pin(authorities),
            },
        };
        var channel = GrpcChannel.ForAddress(
            options.Address,
            new GrpcChannelOptions
            {
                HttpHandler = handler,
                MaxReceiveMessageSize = ReceiveBytesMax,
                MaxSendMessageSize = SendBytesMax,
            }
        );
        return (channel, handler);
    }

    private static void CheckOptions(ClientOptions options)
    {
        if (
            !options.Address.IsAbsoluteUri
            || options.Address.Scheme != Uri.UriSchemeHttps
            || options.Address.PathAndQuery != "/"
            || options.Address.UserInfo.Length > 0
        )
        {
            throw new SignerConfigurationException("The address must be https://HOST:PORT, nothing else.") { Field = "address" };
        }

        if (options.Deadline <= TimeSpan.Zero || options.Deadline > TimeSpan.FromMinutes(10))
        {
            throw new SignerConfigurationException("The deadline must be more than 0 and at most 10 minutes.") { Field = "deadline" };
        }

        if (options.AttemptsMax is < 1 or > 10)
        {
            throw new SignerConfigurationException("The number of attempts must be from 1 to 10.") { Field = "attempts_max" };
        }
    }

    private static X509ChainPolicy Pin(X509Certificate2Collection authorities)
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
        };
        policy.CustomTrustStore.AddRange(authorities);
        return policy;
    }

    private static X509Certificate2Collection LoadAuthorities(string file)
    {
        var authorities = new X509Certificate2Collection();
        Load("ca", file, () => authorities.ImportFromPemFile(file));
        return authorities.Count > 0
            ? authorities
            : throw new SignerConfigurationException($"The CA file {file} holds no PEM certificate.") { Field = "ca" };
    }

    private static SslStreamCertificateContext LoadCertificate(string certificateFile, string keyFile)
    {
        if (!OperatingSystem.IsWindows() && File.Exists(keyFile) && File.GetUnixFileMode(keyFile).HasFlag(UnixFileMode.OtherRead))
        {
            throw new SignerConfigurationException($"The key file {keyFile} is readable by every user. Run: chmod 600 {keyFile}")
            {
                Field = "key",
            };
        }

        var chain = new X509Certificate2Collection();
        Load("certificate", certificateFile, () => chain.ImportFromPemFile(certificateFile));
        X509Certificate2? certificate = null;
        Load("key", keyFile, () => certificate = X509Certificate2.CreateFromPemFile(certificateFile, keyFile));
        return SslStreamCertificateContext.Create(certificate!, chain, offline: true);
    }

    private static void Load(string field, string file, Action load)
    {
        try
        {
            load();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SignerConfigurationException($"The {field} file {file} cannot be read. Check the path and its permissions.", e)
            {
                Field = field,
            };
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            throw new SignerConfigurationException($"The {field} file {file} is not PEM, or does not belong to the certificate.", e)
            {
                Field = field,
            };
        }
    }
}
