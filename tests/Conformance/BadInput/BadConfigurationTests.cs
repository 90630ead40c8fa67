namespace Conformance;

/// <summary>Files and settings with which the daemon must not start. It says which and what to do, tries no PIN, and another daemon beside it goes on.</summary>
[Collection(DaemonCollection.Name)]
public class BadConfigurationTests(DaemonFixture daemon)
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const int TokenFault = 69;
    private const int ConfigurationFault = 78;
    private const int JournalFault = 74;
    private const string Module = "/usr/lib/softhsm/libsofthsm2.so";

    private static readonly (string What, Func<DaemonFixture, string, string> Change, int Code, string Says)[] s_rows =
    [
        ("PIN readable by the group", (d, c) => WithPin(d, c, "71529403", UnixFileMode.GroupRead), ConfigurationFault, "token.pin_file"),
        ("PIN of two lines", (d, c) => WithPin(d, c, "71529403\n\n"), ConfigurationFault, "PIN file"),
        (
            "no PIN",
            (_, c) => c.Replace("pin_file: token-pin", "pin_file: absent", StringComparison.Ordinal),
            ConfigurationFault,
            "token.pin_file"
        ),
        (
            "PIN in the configuration",
            (_, c) => c.Replace("pin_file: token-pin", "pin: \"71529403\"", StringComparison.Ordinal),
            ConfigurationFault,
            "token.pin"
        ),
        ("no module", (_, c) => WithModule(c, "/usr/lib/absent.so"), ConfigurationFault, "token.module"),
        ("module of another machine", (d, c) => WithModule(c, ForeignModule(d)), ConfigurationFault, "module"),
        ("module that is none", (d, c) => WithModule(c, d.WriteFile("text.so", "no module")), ConfigurationFault, "module"),
        (
            "module that others may write",
            (d, c) => WithModule(c, Copied(d, "writable", "module.so", UnixFileMode.OtherWrite)),
            ConfigurationFault,
            "token.module"
        ),
        ("spy", (d, c) => WithModule(c, Copied(d, "spies", "pkcs11-spy.so")), ConfigurationFault, "spy"),
        ("link to a spy", (d, c) => WithModule(c, Linked(d, Copied(d, "linked", "pkcs11-spy.so"))), ConfigurationFault, "spy"),
        (
            "software token without leave",
            (_, c) => c.Replace("allow_software_token: true", "allow_software_token: false", StringComparison.Ordinal),
            ConfigurationFault,
            "allow_software_token"
        ),
        (
            "journal that others may read",
            (d, c) => WithJournal(d, c, UnixFileMode.OtherRead | UnixFileMode.OtherExecute),
            JournalFault,
            "chmod"
        ),
        (
            "folder of the journal on which nothing can be kept",
            // A file system of the kernel's own.
            (_, c) => c.Replace("second/journal.db", "/proc/self/fd/journal.db", StringComparison.Ordinal),
            ConfigurationFault,
            "state folder /proc/self/fd cannot be written"
        ),
        ("key twice", (_, c) => c + "version: 1\n", ConfigurationFault, "version"),
        ("unknown key", (_, c) => c + "surprise: true\n", ConfigurationFault, "surprise"),
        (
            "policy of another digest",
            (_, c) => c.Replace("digest: \"0x", "digest: \"0x00000000", StringComparison.Ordinal),
            ConfigurationFault,
            "policies[0].digest"
        ),
        ("token of another name", (_, c) => c.Replace("label: conformance", "label: other", StringComparison.Ordinal), TokenFault, "other"),
        (
            "key that is not there",
            (_, c) => c.Replace("- label: primary-1", "- label: primary-2", StringComparison.Ordinal),
            TokenFault,
            "primary-2"
        ),
    ];

    public static TheoryData<string> Rows => [.. s_rows.Select(row => row.What)];

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task Is_refused_with_what_to_change(string what)
    {
        var (_, change, code, says) = s_rows.Single(row => row.What == what);
        var file = daemon.SecondConfiguration();
        var text = (await File.ReadAllTextAsync(file)).Replace("data/journal.db", "second/journal.db", StringComparison.Ordinal);
        var changed = change(daemon, text);
        Assert.NotEqual(text, changed);
        await File.WriteAllTextAsync(file, changed);

        var run = await daemon.RunDaemonAsync(TimeSpan.FromSeconds(60), "--config", file);

        Assert.Contains(says, run.Error, StringComparison.OrdinalIgnoreCase);
        Assert.True(code == run.ExitCode, $"{run.ExitCode}: {run.Error}");
        Assert.DoesNotContain("71529403", run.Error + run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", run.Error, StringComparison.Ordinal);
        await daemon.AssertHealthyAsync();
    }

    private static string WithPin(DaemonFixture daemon, string configuration, string pin, UnixFileMode more = UnixFileMode.None)
    {
        File.SetUnixFileMode(daemon.WriteFile("odd-pin", pin), UnixFileMode.UserRead | UnixFileMode.UserWrite | more);
        return configuration.Replace("pin_file: token-pin", "pin_file: odd-pin", StringComparison.Ordinal);
    }

    private static string WithModule(string configuration, string module) =>
        configuration.Replace($"module: {Module}", $"module: {module}", StringComparison.Ordinal);

    private static string WithJournal(DaemonFixture daemon, string configuration, UnixFileMode more)
    {
        Folder(daemon, "open-to-all", more);
        return configuration.Replace("second/journal.db", "open-to-all/journal.db", StringComparison.Ordinal);
    }

    private static string Folder(DaemonFixture daemon, string name, UnixFileMode more = UnixFileMode.None)
    {
        var folder = Directory.CreateDirectory(Path.Combine(daemon.Folder, name)).FullName;
        File.SetUnixFileMode(folder, OwnerOnly | more);
        return folder;
    }

    private static string Copied(DaemonFixture daemon, string folder, string name, UnixFileMode more = UnixFileMode.None)
    {
        var copy = Path.Combine(Folder(daemon, folder), name);
        File.Copy(Module, copy, overwrite: true);
        File.SetUnixFileMode(copy, OwnerOnly | more);
        return copy;
    }

    private static string Linked(DaemonFixture daemon, string target)
    {
        var link = Path.Combine(Folder(daemon, "links"), "innocent.so");
        File.Delete(link);
        File.CreateSymbolicLink(link, target);
        return link;
    }

    // The machine's number is at byte 18 of an ELF file; 8 is MIPS.
    private static string ForeignModule(DaemonFixture daemon)
    {
        var copy = Copied(daemon, "foreign-module", "module.so");
        using var file = File.OpenWrite(copy);
        file.Position = 18;
        file.Write([8, 0]);
        return copy;
    }
}
