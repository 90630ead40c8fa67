using System.Xml.Linq;

namespace Tidy;

/// <summary>Who may reference whom: the table of src/README.md as a test.</summary>
public class ReferenceTests
{
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["Ethereum"] = [],
        ["Audit"] = [],
        ["Protocol"] = [],
        ["Grants"] = ["Ethereum"],
        ["Core"] = ["Ethereum", "Grants", "Audit"],
        ["Vault"] = ["Core", "Ethereum"],
        ["Pkcs11"] = ["Core", "Ethereum", "Grants"],
        ["Storage"] = ["Core", "Audit"],
        ["Server"] = ["Ethereum", "Grants", "Audit", "Core", "Vault", "Pkcs11", "Storage", "Protocol"],
        ["Client"] = ["Protocol", "Grants", "Audit"],
        ["Cli"] = ["Client", "Grants", "Audit"],
    };

    // Packages that would let I/O, a wire format or a host into the projects that are meant to be free of them.
    private static readonly Dictionary<string, string[]> AllowedPackages = new()
    {
        ["Ethereum"] = [],
        ["Audit"] = [],
        ["Grants"] = [],
        ["Core"] = [],
        ["Vault"] = [],
        ["Pkcs11"] = ["Microsoft.Extensions.Logging.Abstractions"],
    };

    [Fact]
    public void Projects_reference_only_what_the_design_allows()
    {
        Repository.AssertNone(
            from path in SourceProjects()
            let name = ShortName(path)
            from reference in References(path)
            where !Allowed.TryGetValue(name, out var allowed) || !allowed.Contains(reference)
            select $"{path}: must not reference {reference}"
        );
    }

    [Fact]
    public void Every_source_project_has_a_row_in_the_table() =>
        Assert.Equal(Allowed.Keys.Order(), SourceProjects().Select(ShortName).Order());

    [Fact]
    public void The_inner_projects_use_no_package()
    {
        Repository.AssertNone(
            from path in SourceProjects()
            let name = ShortName(path)
            where AllowedPackages.ContainsKey(name)
            from package in Items(path, "PackageReference").Concat(Items(path, "FrameworkReference"))
            where !AllowedPackages[name].Contains(package)
            select $"{path}: must not use {package}"
        );
    }

    [Fact]
    public void The_solution_holds_every_project()
    {
        var solution = Repository.Read("SessionSigner.sln").Replace('\\', '/');
        Repository.AssertNone(
            from path in Repository.Projects
            where !solution.Contains($"\"{path}\"", StringComparison.Ordinal)
            select $"{path}: not in SessionSigner.sln"
        );
    }

    [Fact]
    public void Every_project_commits_its_lock_file()
    {
        Repository.AssertNone(
            from path in Repository.Projects
            let lockFile = $"{Path.GetDirectoryName(path)}/packages.lock.json"
            where !Repository.Files.Contains(lockFile)
            select $"{path}: no packages.lock.json beside it"
        );
    }

    private static IEnumerable<string> SourceProjects() =>
        Repository.Projects.Where(path => path.StartsWith("src/", StringComparison.Ordinal));

    private static string ShortName(string path) =>
        Path.GetFileNameWithoutExtension(path).Replace("SessionSigner.", "", StringComparison.Ordinal);

    private static IEnumerable<string> References(string path) => Items(path, "ProjectReference").Select(ShortName);

    private static IEnumerable<string> Items(string path, string kind) =>
        XDocument.Load(Repository.FullPath(path)).Descendants(kind).Select(item => (string)item.Attribute("Include")!);
}
