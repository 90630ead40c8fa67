using System.Security.Cryptography.X509Certificates;

namespace SessionSigner.Server;

/// <summary>Whether the files of TLS hold what they should, and for how long they are in force.</summary>
internal static class CertificateExamination
{
    private const int DaysWarning = 30;
    private const string Server = "server cert";
    private const string ClientCa = "client CA";
    private const string Refused = "refused certs";

    public static IEnumerable<Finding> Run(TlsSection tls, DateTimeOffset now) =>
        [
            .. Guard(
                Server,
                () => ExamineServer(tls, now),
                $"put a certificate into {tls.Certificate} and its private key into {tls.PrivateKey}, both PEM"
            ),
            .. Guard(
                ClientCa,
                () => ExamineAuthorities(tls.ClientCa, now),
                $"put the certificates of the clients' authorities, PEM, into {tls.ClientCa}"
            ),
            .. tls.RefusedCertificates is { } refused
                ? Guard(
                    Refused,
                    () => ExamineRefused(refused),
                    $"put one SHA-256 fingerprint of 64 hexadecimal digits on each line of {refused}"
                )
                : [],
        ];

    private static List<Finding> ExamineServer(TlsSection tls, DateTimeOffset now)
    {
        var server = ServerCertificateFiles.Parse(File.ReadAllText(tls.Certificate), File.ReadAllText(tls.PrivateKey));
        return [ExamineDates(Server, server.TargetCertificate, now, tls.Certificate)];
    }

    private static List<Finding> ExamineAuthorities(string file, DateTimeOffset now) =>
        [.. ClientTrust.ParseAuthorities(File.ReadAllText(file)).Select(authority => ExamineDates(ClientCa, authority, now, file))];

    private static List<Finding> ExamineRefused(string file) =>
        [Finding.Good(Refused, $"{Plural.Of(ClientTrust.ParseRefused(File.ReadAllText(file)).Count, "fingerprint", "fingerprints")}")];

    // Whatever a library makes of bytes that are no certificate, the files are what to mend.
    private static List<Finding> Guard(string subject, Func<List<Finding>> examine, string remedy)
    {
        try
        {
            return examine();
        }
        catch (Exception exception)
        {
            return [Finding.Fail(subject, exception.Message, remedy)];
        }
    }

    private static Finding ExamineDates(string subject, X509Certificate2 certificate, DateTimeOffset now, string file)
    {
        var name = certificate.Subject;
        var begin = certificate.NotBefore.ToUniversalTime();
        var end = certificate.NotAfter.ToUniversalTime();
        var renew = $"issue a new one and put it into {file}; a running daemon reads it without a restart";
        if (now.UtcDateTime < begin)
        {
            return Finding.Fail(
                subject,
                $"{name} is not in force before {begin:yyyy-MM-dd HH:mm:ss}Z",
                "set the clock if it is wrong; otherwise wait until then, or issue one that is in force now"
            );
        }
        if (now.UtcDateTime > end)
        {
            return Finding.Fail(subject, $"{name} has expired on {end:yyyy-MM-dd}", renew);
        }
        var days = (int)(end - now.UtcDateTime).TotalDays;
        return days < DaysWarning
            ? Finding.Warn(subject, $"{name} expires in {Plural.Of(days, "day", "days")}", renew)
            : Finding.Good(subject, $"{name}, {days} days left");
    }
}
