namespace SessionSigner.Server.Tests;

/// <summary>A file that decides on trust is refused if somebody else could make its path lead to another file.</summary>
public class PathTests
{
    private const UnixFileMode Everybody = (UnixFileMode)0b111_111_111;
    private const UnixFileMode OwnerOnly = (UnixFileMode)0b111_000_000;

    // In the text of the configuration, and the option whose fault it is.
    private static readonly (string Text, string Option)[] s_files =
    [
        ("", ""),
        ("tls/client-ca.pem", "tls.client_ca"),
        ("tls/refused.txt", "tls.refused_certificates"),
        ("module.so", "token.module"),
    ];

    public static TheoryData<string, string> Ways
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (var (_, option) in s_files)
            {
                data.Add(option, "link in an open folder");
                data.Add(option, "link through an open folder");
                data.Add(option, "open folder above");
            }
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public void A_way_on_which_others_may_write_is_refused_and_named(string option, string way)
    {
        using var folder = new ConfigurationFolder();
        var open = folder.PathOf("open");

        foreach (var mode in (UnixFileMode[])[UnixFileMode.OtherWrite, UnixFileMode.GroupWrite])
        {
            var faults = Examine(folder, option, way, OwnerOnly | mode);
            Assert.Contains(
                faults,
                fault => fault.Path == option && fault.Message.Contains($"{open} can be replaced", StringComparison.Ordinal)
            );
        }
        // The sticky bit keeps others from replacing what is not theirs.
        Assert.DoesNotContain(Examine(folder, option, way, Everybody | UnixFileMode.StickyBit), fault => fault.Path == option);
    }

    private static IReadOnlyList<ConfigurationFault> Examine(ConfigurationFolder folder, string option, string way, UnixFileMode mode)
    {
        var text = folder.Reference.Replace("#refused_certificates", "refused_certificates", StringComparison.Ordinal);
        Assert.Empty(folder.Examine(text).Faults);
        var name = s_files.Single(file => file.Option == option).Text;
        var target = name.Length == 0 ? folder.PathOf("sessionsignerd.yaml") : folder.PathOf(name);
        var path = Lay(folder, way, target);
        File.SetUnixFileMode(folder.PathOf("open"), mode);
        if (name.Length == 0)
        {
            return DaemonOptionsReader.Examine(path, _ => null).Faults;
        }
        return folder.Examine(text.Replace(name == "module.so" ? target : name, path, StringComparison.Ordinal)).Faults;
    }

    // Returns the path that leads to the file, or to a copy of it, by way of the folder "open".
    private static string Lay(ConfigurationFolder folder, string way, string target)
    {
        var open = folder.PathOf("open");
        if (Directory.Exists(open))
        {
            Directory.Delete(open, recursive: true);
        }
        File.Delete(folder.PathOf("first"));
        Directory.CreateDirectory(open);
        var second = Path.Combine(open, "second");
        if (way == "open folder above")
        {
            Directory.CreateDirectory(second, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            var copy = Path.Combine(second, "file");
            File.Copy(target, copy);
            return copy;
        }
        File.CreateSymbolicLink(second, target);
        if (way == "link in an open folder")
        {
            return second;
        }
        File.CreateSymbolicLink(folder.PathOf("first"), second);
        return folder.PathOf("first");
    }
}
