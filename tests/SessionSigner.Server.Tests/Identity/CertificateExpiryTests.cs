namespace SessionSigner.Server.Tests;

/// <summary>The log says in time that the server's certificate ends.</summary>
public sealed class CertificateExpiryTests : IDisposable
{
    private static readonly DateTimeOffset s_issued = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly ConfigurationFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(10, "")]
    [InlineData(340, "Warning 1203")]
    [InlineData(400, "Error 1202")]
    public void A_certificate_that_ends_is_said_when_it_is_read(int days, string expected)
    {
        using var authority = TrialAuthority.Create("test", new FixedClock(s_issued));
        var (certificate, key) = authority.IssueServer(["localhost"], []);
        File.WriteAllText(_folder.PathOf("tls/server.pem"), certificate);
        File.WriteAllText(_folder.PathOf("tls/server.key"), key);
        File.WriteAllText(_folder.PathOf("tls/client-ca.pem"), authority.RootPem);
        var (options, _, _) = _folder.Examine(_folder.Reference);
        var log = new EventLog();

        using var tls = TlsMaterial.Open(options!.Tls, new FixedClock(s_issued + TimeSpan.FromDays(days)), log);
        tls.Reload();

        Assert.Equal(expected, string.Join(", ", log.Events.Select(logged => $"{logged.Level} {logged.Id}")));
    }

    private sealed class FixedClock(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }
}
