namespace SessionSigner.Server.Tests;

/// <summary>What doctor says of surroundings that are well, and of each that is broken: verdict, subject, and what to do.</summary>
public sealed class ExaminationTests : IDisposable
{
    private static readonly (
        string What,
        Func<DoctorFolder, Task> Break,
        string Subject,
        string Verdict,
        string Says,
        string Fix
    )[] s_rows =
    [
        ("server certificate about to expire", f => At(f, 340), "server cert", "Warning", "expires in 24 days", "server.pem"),
        ("server certificate expired", f => At(f, 400), "server cert", "Failed", "has expired on 2027-", "server.pem"),
        ("server certificate of the future", f => At(f, -1), "server cert", "Failed", "not in force before 2026-05-31", "set the clock"),
        ("server certificate garbage", f => Text(f, "tls/server.pem", "x"), "server cert", "Failed", "", "PEM"),
        ("server key of another", f => Text(f, "tls/server.key", ForeignKey()), "server cert", "Failed", "", "private key"),
        ("client CA garbage", f => Text(f, "tls/client-ca.pem", "x"), "client CA", "Failed", "no certificate", "client-ca.pem"),
        ("client CA expired", f => At(f, 3_700), "client CA", "Failed", "has expired on 2036-", "client-ca.pem"),
        ("client CA about to expire", f => At(f, 3_640), "client CA", "Warning", "expires in", "client-ca.pem"),
        ("refused certificates garbage", f => Text(f, "tls/refused.txt", "x\n"), "refused certs", "Failed", "Line 1", "refused.txt"),
        ("journal that is no database", f => DamageAsync(f), "journal", "Failed", "cannot be read", "restore a backup"),
        ("journal with another entry", f => RewriteAsync(f), "journal", "Failed", "changed", "restore a backup"),
        ("journal gone", f => LoseAsync(f), "journal", "Failed", "is missing", "restore a backup"),
        ("journal open to others", f => OpenToOthersAsync(f), "journal", "Failed", "chmod", "chmod 700"),
        ("clock an hour behind the journal", f => f.WriteJournalAsync(TimeSpan.FromHours(-1)), "clock", "Failed", "last entry", "NTP"),
        ("clock of an empty battery", f => At(f, -10_000), "clock", "Failed", "in the past", "NTP"),
        ("address taken", f => TakeAddress(f), "address", "Failed", "another program", "ss -ltnp"),
        ("module that is none", _ => Task.CompletedTask, "token", "Failed", "module.so", "token.module"),
    ];

    private readonly DoctorFolder _folder = new();

    public static TheoryData<string> Rows => [.. s_rows.Select(row => row.What)];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task What_is_broken_is_found_with_what_to_do(string what)
    {
        var (_, breakIt, subject, verdict, says, fix) = s_rows.Single(row => row.What == what);

        await breakIt(_folder);

        var finding = Assert.Single(_folder.Examine(subject));
        Assert.Equal(verdict, finding.Verdict.ToString());
        Assert.Contains(says, finding.Text, StringComparison.Ordinal);
        Assert.Contains(fix, finding.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_is_said_of_what_is_well()
    {
        await _folder.WriteJournalAsync(TimeSpan.FromHours(1));
        foreach (var subject in (string[])["memory", "server cert", "client CA", "refused certs", "journal", "address", "policies"])
        {
            var finding = Assert.Single(_folder.Examine(subject));
            Assert.Equal((Verdict.Good, ""), (finding.Verdict, finding.Remedy));
        }
        Assert.Equal("2 entries verified", _folder.Examine("journal")[0].Text);
        Assert.NotEqual(Verdict.Failed, Assert.Single(_folder.Examine("clock")).Verdict);
    }

    [Fact]
    public void No_journal_is_made()
    {
        Assert.Equal(Verdict.Good, _folder.Examine("journal")[0].Verdict);
        Assert.False(File.Exists(_folder.Journal));
    }

    [Fact]
    public async Task A_journal_in_use_is_the_running_daemon()
    {
        await using var journal = _folder.OpenJournal();
        _folder.TakeAddress();
        Assert.Equal(Verdict.Good, _folder.Examine("address")[0].Verdict);
        Assert.Contains("in use", _folder.Examine("journal")[0].Text, StringComparison.Ordinal);
        Assert.Equal(Verdict.Good, _folder.Examine("journal")[0].Verdict);

        _folder.FreeAddress();
        Assert.Equal(Verdict.Warning, _folder.Examine("address")[0].Verdict);
    }

    [Fact]
    public void Faults_of_the_configuration_are_findings()
    {
        _folder.Write("faulty.yaml", "version: 1\nsurprise: true\n");
        var findings = DoctorCommand.Examine(_folder.PathOf("faulty.yaml"));
        Assert.All(findings, finding => Assert.Equal((Verdict.Failed, "configuration"), (finding.Verdict, finding.Subject)));
        Assert.Contains(findings, finding => finding.Remedy.StartsWith("mend surprise in ", StringComparison.Ordinal));
    }

    private static Task At(DoctorFolder folder, int days)
    {
        folder.Now = DoctorFolder.Issued.AddDays(days);
        return Task.CompletedTask;
    }

    private static Task Text(DoctorFolder folder, string name, string text)
    {
        folder.Write(name, text);
        return Task.CompletedTask;
    }

    private static Task TakeAddress(DoctorFolder folder)
    {
        folder.TakeAddress();
        return Task.CompletedTask;
    }

    private static string ForeignKey()
    {
        using var key = System.Security.Cryptography.ECDsa.Create(System.Security.Cryptography.ECCurve.NamedCurves.nistP256);
        return key.ExportPkcs8PrivateKeyPem();
    }

    private static async Task DamageAsync(DoctorFolder folder)
    {
        await folder.WriteJournalAsync(TimeSpan.Zero);
        using var file = File.OpenWrite(folder.Journal);
        file.Write(new byte[64]);
    }

    // One letter of the entry's detail, which the Merkle tree covers.
    private static async Task RewriteAsync(DoctorFolder folder)
    {
        await folder.WriteJournalAsync(TimeSpan.Zero);
        var bytes = await File.ReadAllBytesAsync(folder.Journal);
        var place = bytes.AsSpan().IndexOf("test"u8);
        Assert.True(place > 0);
        bytes[place] = (byte)'T';
        await File.WriteAllBytesAsync(folder.Journal, bytes);
    }

    private static async Task LoseAsync(DoctorFolder folder)
    {
        await folder.WriteJournalAsync(TimeSpan.Zero);
        File.Delete(folder.Journal);
    }

    private static async Task OpenToOthersAsync(DoctorFolder folder)
    {
        await folder.WriteJournalAsync(TimeSpan.Zero);
        File.SetUnixFileMode(folder.Journal, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead);
    }
}
