using System.Text.RegularExpressions;
using YamlDotNet.RepresentationModel;

namespace SessionSigner.Server.Tests;

/// <summary>deploy/config/sessionsignerd.yaml against the code that reads it.</summary>
public class ReferenceTests
{
    [Fact]
    public void The_reference_has_no_faults_as_it_is()
    {
        using var folder = new ConfigurationFolder();

        var (_, faults, _) = folder.Examine(folder.Reference);

        Assert.Empty(faults);
    }

    [Fact]
    public void The_reference_names_every_option_and_no_other()
    {
        using var folder = new ConfigurationFolder();
        var text = Uncomment(folder.Reference);

        var (_, faults, known) = folder.Examine(text);

        // The two ways to name the PIN exclude each other, and those to put policies in force; nothing else may be wrong.
        Assert.Equal(["token.pin_file", "policies"], faults.Select(fault => fault.Path));
        var named = new SortedSet<string>(StringComparer.Ordinal);
        var stream = new YamlStream();
        stream.Load(new StringReader(text));
        Collect("", stream.Documents[0].RootNode, named);
        // Of the module's environment the reference shows one name of three.
        Assert.Equal(
            named,
            known.Select(Generic).Where(path => !Regex.IsMatch(path, "environment.(TPM2|YUBIHSM)")).Distinct().Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public void The_defaults_it_shows_are_the_defaults()
    {
        using var folder = new ConfigurationFolder();

        var (shown, faults, _) = folder.Examine(
            Regex.Replace(Uncomment(folder.Reference), "  pin_credential: token-pin\n|(?<=\n)approvers:\n([ #].*\n)*", "")
        );
        Assert.Empty(faults);
        var (defaults, _, _) = folder.Examine(folder.Reference);

        Assert.Equal(
            defaults!.Listen with
            {
                Addresses = [],
            },
            shown!.Listen with
            {
                Addresses = defaults.Listen.Addresses.Take(0).ToArray(),
            }
        );
        Assert.Equal(defaults.Tls with { RefusedCertificates = null }, shown.Tls with { RefusedCertificates = null });
        Assert.Equal((defaults.Vault, defaults.Limits, defaults.Log), (shown.Vault, shown.Limits, shown.Log));
        Assert.Equal(
            (defaults.Token.CallTimeout, defaults.Token.AllowExtractable, defaults.Token.AllowSoftwareToken),
            (shown.Token.CallTimeout, shown.Token.AllowExtractable, shown.Token.AllowSoftwareToken)
        );
    }

    private static string Uncomment(string text) => Regex.Replace(text, @"^(\s*)#((?:  )*(?:- )?\w+:)", "$1$2", RegexOptions.Multiline);

    private static string Generic(string path) => Regex.Replace(path, @"\[\d+\]", "[]");

    private static void Collect(string path, YamlNode node, SortedSet<string> named)
    {
        if (node is YamlMappingNode mapping)
        {
            foreach (var (key, value) in mapping.Children)
            {
                var name = (path.Length == 0 ? "" : path + ".") + ((YamlScalarNode)key).Value;
                named.Add(name);
                Collect(name, value, named);
            }
        }
        if (node is YamlSequenceNode sequence)
        {
            foreach (var item in sequence.Children)
            {
                Collect(path + "[]", item, named);
            }
        }
    }
}
