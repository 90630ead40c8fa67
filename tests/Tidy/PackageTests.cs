using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Tidy;

/// <summary>Every dependency is pinned once, exactly, with a reason beside it.</summary>
public partial class PackageTests
{
    [Fact]
    public void Every_NuGet_pin_is_exact_and_under_a_comment_that_says_why()
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
    public void Every_npm_pin_is_exact_and_has_a_reason()
    {
        var package = JsonNode.Parse(Repository.Read("tests/Interop/package.json"))!;
        var pins = package["dependencies"]!.AsObject().Concat(package["optionalDependencies"]!.AsObject()).ToList();
        Assert.NotEmpty(pins);
        Repository.AssertNone(
            from pin in pins
            where !ExactVersion().IsMatch((string)pin.Value!) || package["//"]![pin.Key] is null
            select $"{pin.Key} {pin.Value}: not exact, or no reason"
        );
    }

    // The reason is the comment directly above, of its own.
    private static bool HasReason(XElement pin)
    {
        var node = pin.PreviousNode;
        while (node is XText)
        {
            node = node.PreviousNode;
        }
        return node is XComment comment && comment.Value.Trim().EndsWith('.');
    }

    [GeneratedRegex(@"^\d+\.\d+\.\d+(-[\w.]+)?$")]
    private static partial Regex ExactVersion();
}
