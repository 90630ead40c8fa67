using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Tidy;

/// <summary>Every dependency is pinned once, exactly, with a reason beside it.</summary>
public partial class PackageTests
{
    [Fact]
    public void Every_NuGet_pin_is_exact_and_under_a_comment_or_a_label_that_says_why()
    {
        var groups = XDocument.Load(Repository.FullPath("Directory.Packages.props")).Descendants("ItemGroup");
        Repository.AssertNone(
            from itemGroup in groups
            from pin in itemGroup.Elements("PackageVersion")
            let name = (string?)pin.Attribute("Include")
            let version = (string?)pin.Attribute("Version")
            where !ExactVersion().IsMatch(version ?? "") || !HasReason(pin)
            select $"{name} {version}: not exact, or no reason"
        );
    }

    [Fact]
    public void No_project_sets_a_version_of_its_own()
    {
        Repository.AssertNone(
            from path in Repository.Projects
            from item in XDocument.Load(Repository.FullPath(path)).Descendants("PackageReference")
            where item.Attribute("Version") is not null || item.Attribute("VersionOverride") is not null
            select $"{path}: {(string?)item.Attribute("Include")} has a version"
        );
    }

    [Fact]
    public void Every_npm_pin_is_exact()
    {
        var pins = NpmPin().Matches(Repository.Read("tests/Interop/package.json"));
        Assert.NotEmpty(pins);
        Repository.AssertNone(from pin in pins where !ExactVersion().IsMatch(pin.Groups[2].Value) select pin.Value);
    }

    private static bool HasReason(XElement pin)
    {
        // A comment speaks for the pins that follow it without a gap; a labelled group names the one purpose of its tools.
        for (var node = pin.PreviousNode; node is not null; node = node.PreviousNode)
        {
            if (node is XComment)
            {
                return true;
            }
        }
        return pin.Parent?.Attribute("Label") is not null;
    }

    [GeneratedRegex(@"^\d+\.\d+\.\d+(-[\w.]+)?$")]
    private static partial Regex ExactVersion();

    [GeneratedRegex("\"(@?[\\w/-]+)\": \"([\\^~]?\\d[^\"]*)\"")]
    private static partial Regex NpmPin();
}
