using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;

namespace SessionSigner.Server.Tests;

/// <summary>Whatever state the files are in while somebody writes them, what is refused stays refused and what is to be refused is.</summary>
public sealed class ReloadTests : IDisposable
{
    private readonly ConfigurationFolder _folder = new();
    private readonly EventLog _log = new();
    private readonly TrialAuthority _authority = TrialAuthority.Create("first", TimeProvider.System);
    private readonly TrialAuthority _second = TrialAuthority.Create("second", TimeProvider.System);
    private readonly X509Certificate2 _lost;
    private readonly X509Certificate2 _stolen;
    private readonly TlsMaterial _tls;

    public ReloadTests()
    {
        _lost = X509Certificate2.CreateFromPem(_authority.IssueServer(["lost"], []).Item1);
        _stolen = X509Certificate2.CreateFromPem(_authority.IssueServer(["stolen"], []).Item1);
        WritePair(_authority);
        Write("client-ca.pem", _authority.RootPem + "\n" + _second.RootPem);
        Write("refused.txt", Line(_lost));
        var text = _folder.Reference.Replace("#refused_certificates", "refused_certificates", StringComparison.Ordinal);
        _tls = TlsMaterial.Open(_folder.Examine(text).Options!.Tls, TimeProvider.System, _log);
        Assert.True(_tls.Trust.IsRefused(_lost));
    }

    public void Dispose()
    {
        _tls.Dispose();
        _lost.Dispose();
        _stolen.Dispose();
        _authority.Dispose();
        _second.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("server.key", "of another certificate")]
    [InlineData("server.key", "")]
    [InlineData("server.pem", "")]
    [InlineData("client-ca.pem", "")]
    public void A_refusal_takes_effect_whatever_state_the_other_files_are_in(string file, string content)
    {
        var shown = _tls.Server;
        Write(file, content.Length == 0 ? "" : _second.IssueServer(["localhost"], []).Item2);
        Write("refused.txt", Line(_lost) + Line(_stolen));

        _tls.Reload();
        _tls.Reload();

        Assert.True(_tls.Trust.IsRefused(_stolen));
        Assert.Same(shown, _tls.Server);
        Assert.Equal(2, _tls.Trust.Authorities.Count);
        // Said once, not at every reading.
        Assert.Equal((LogLevel.Error, 1201), Assert.Single(Logged(LogLevel.Error)));
    }

    [Fact]
    public void A_new_server_pair_is_shown_whatever_state_the_list_is_in()
    {
        WritePair(_second);
        Write("refused.txt", "x");
        var shown = _tls.Server;

        _tls.Reload();

        Assert.NotSame(shown, _tls.Server);
        Assert.True(_tls.Trust.IsRefused(_lost));
    }

    [Fact]
    public void A_line_that_is_no_fingerprint_keeps_no_other_from_taking_effect_and_lifts_nothing()
    {
        Write("refused.txt", "# stolen\nsha256 Fingerprint=AA\n" + Line(_stolen) + Line(_stolen)[..40]);

        _tls.Reload();
        _tls.Reload();

        Assert.True(_tls.Trust.IsRefused(_stolen));
        Assert.True(_tls.Trust.IsRefused(_lost));
        var (level, id, text) = Assert.Single(_log.Events, logged => logged.Level == LogLevel.Error);
        Assert.Equal(1205, id);
        Assert.Contains("Lines 2, 4 of", text, StringComparison.Ordinal);

        Write("refused.txt", Line(_stolen));
        _tls.Reload();
        _tls.Reload();
        Assert.False(_tls.Trust.IsRefused(_lost));
    }

    [Fact]
    public void A_refusal_is_lifted_when_two_readings_in_a_row_say_so()
    {
        // A rewrite in place, seen while the file is empty; and once more, seen while it is half written.
        Write("refused.txt", "");
        _tls.Reload();
        Assert.True(_tls.Trust.IsRefused(_lost));
        Write("refused.txt", Line(_stolen));
        _tls.Reload();
        Assert.True(_tls.Trust.IsRefused(_lost));
        Assert.True(_tls.Trust.IsRefused(_stolen));
        Write("refused.txt", Line(_lost));
        _tls.Reload();
        Assert.True(_tls.Trust.IsRefused(_lost));
        _tls.Reload();
        Assert.False(_tls.Trust.IsRefused(_stolen));

        Write("refused.txt", "");
        _tls.Reload();
        Assert.True(_tls.Trust.IsRefused(_lost));
        _tls.Reload();
        Assert.False(_tls.Trust.IsRefused(_lost));
        Assert.Empty(Logged(LogLevel.Error));
    }

    [Fact]
    public void An_authority_is_dropped_when_two_readings_in_a_row_say_so()
    {
        // Cut at the end of a certificate, a bundle is a good one.
        Write("client-ca.pem", _authority.RootPem);
        _tls.Reload();
        Assert.Equal(2, _tls.Trust.Authorities.Count);
        Write("client-ca.pem", _authority.RootPem + "\n" + _second.RootPem);
        _tls.Reload();
        Write("client-ca.pem", _authority.RootPem);
        _tls.Reload();
        Assert.Equal((2, 1), (_tls.Trust.Authorities.Count, _tls.Trust.Version));

        _tls.Reload();

        Assert.Equal(_authority.RootPem.Trim(), Assert.Single(_tls.Trust.Authorities).ExportCertificatePem().Trim());
        Assert.Equal(2, _tls.Trust.Version);
    }

    [Fact]
    public void An_authority_that_takes_the_place_of_another_counts_at_once_and_the_other_goes_when_two_readings_say_so()
    {
        using var third = TrialAuthority.Create("third", TimeProvider.System);
        Write("client-ca.pem", _authority.RootPem + "\n" + third.RootPem);

        _tls.Reload();
        Assert.Equal(3, _tls.Trust.Authorities.Count);
        _tls.Reload();

        string[] expected = [_authority.RootPem.Trim(), third.RootPem.Trim()];
        Assert.Equal(expected, _tls.Trust.Authorities.Select(authority => authority.ExportCertificatePem().Trim()));
    }

    [Fact]
    public void A_reading_that_fails_agrees_with_none()
    {
        Write("refused.txt", "");
        _tls.Reload();
        File.Delete(PathOf("refused.txt"));
        _tls.Reload();
        Write("refused.txt", "");

        _tls.Reload();

        Assert.True(_tls.Trust.IsRefused(_lost));
    }

    [Theory]
    [InlineData("client-ca.pem")]
    [InlineData("refused.txt")]
    [InlineData("server.pem")]
    [InlineData("server.key")]
    public void A_file_that_others_may_write_by_now_is_not_taken_over(string file)
    {
        var (shown, trust) = (_tls.Server, _tls.Trust);
        using var third = TrialAuthority.Create("third", TimeProvider.System);
        if (file.StartsWith("server", StringComparison.Ordinal))
        {
            WritePair(third);
        }
        else
        {
            File.AppendAllText(PathOf(file), file == "refused.txt" ? Line(_stolen) : "\n" + third.RootPem);
        }
        var mode = File.GetUnixFileMode(PathOf(file));
        File.SetUnixFileMode(PathOf(file), mode | UnixFileMode.OtherWrite);

        _tls.Reload();
        _tls.Reload();

        Assert.Same(shown, _tls.Server);
        Assert.Same(trust, _tls.Trust);
        var (_, id, text) = Assert.Single(_log.Events, logged => logged.Level == LogLevel.Error);
        Assert.Equal(1201, id);
        Assert.Contains(PathOf(file), text, StringComparison.Ordinal);
        File.SetUnixFileMode(PathOf(file), mode);
        _tls.Reload();
        Assert.True(!ReferenceEquals(shown, _tls.Server) || !ReferenceEquals(trust, _tls.Trust));
    }

    private static string Line(X509Certificate2 certificate) => Convert.ToHexString(SHA256.HashData(certificate.RawData)) + "\n";

    private string PathOf(string name) => _folder.PathOf("tls/" + name);

    private void Write(string name, string text)
    {
        File.WriteAllText(PathOf(name), text);
        File.SetUnixFileMode(PathOf(name), UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    private void WritePair(TrialAuthority authority)
    {
        var (certificate, key) = authority.IssueServer(["localhost"], []);
        Write("server.pem", certificate);
        Write("server.key", key);
    }

    private IEnumerable<(LogLevel Level, int Id)> Logged(LogLevel level) =>
        _log.Events.Where(logged => logged.Level == level).Select(logged => (logged.Level, logged.Id));
}
