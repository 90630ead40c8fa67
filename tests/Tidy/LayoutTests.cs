using System.Text.RegularExpressions;

namespace Tidy;

/// <summary>What lies where, and that the documents speak of things that exist.</summary>
public partial class LayoutTests
{
    private static readonly string[] TopLevel =
    [
        ".ci",
        ".config",
        ".csharpierrc.yaml",
        ".editorconfig",
        ".csharpierignore",
        ".github",
        ".gitignore",
        "CHANGELOG.md",
        "Directory.Build.props",
        "Directory.Packages.props",
        "LICENSE",
        "README.md",
        "SessionSigner.sln",
        "deploy",
        "global.json",
        "proto",
        "src",
        "tests",
    ];

    private static readonly string[] Commands =
    [
        "deploy/quickstart.sh",
        "tests/run.sh",
        "tests/install.sh",
        "tests/mutation.sh",
        ".ci/run",
    ];

    [Fact]
    public void The_top_level_holds_only_what_tools_need_there()
    {
        Repository.AssertNone(Repository.Files.Select(path => path.Split('/')[0]).Distinct().Except(TopLevel));
    }

    [Fact]
    public void The_commands_exist_and_may_be_run()
    {
        Repository.AssertNone(
            from path in Commands
            let full = Repository.FullPath(path)
            where !File.Exists(full) || !File.GetUnixFileMode(full).HasFlag(UnixFileMode.UserExecute)
            select $"{path}: missing or not executable"
        );
    }

    [Fact]
    public void The_README_names_exactly_two_commands()
    {
        var block = CommandBlock().Match(Repository.Read("README.md"));
        Assert.True(block.Success, "README.md has no ```sh block");
        var commands = block.Groups[1].Value.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split('#')[0].Trim());
        Assert.Equal(["deploy/quickstart.sh", "tests/run.sh"], commands);
    }

    [Fact]
    public void Decisions_are_numbered_without_gaps_or_repeats_and_their_titles_bear_the_number()
    {
        var decisions = Repository
            .Files.Where(path => path.StartsWith("src/decisions/", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal);
        Repository.AssertNone(
            from item in decisions.Select((path, index) => (path, number: index + 1))
            where
                !Path.GetFileName(item.path).StartsWith($"{item.number:D4}-", StringComparison.Ordinal)
                || !Repository.Read(item.path).StartsWith($"# {item.number}. ", StringComparison.Ordinal)
            select $"{item.path}: is number {item.number}"
        );
    }

    [Fact]
    public void Links_to_files_lead_somewhere()
    {
        Repository.AssertNone(
            from path in Repository.Files
            where path.EndsWith(".md", StringComparison.Ordinal)
            from Match link in Link().Matches(Repository.Read(path))
            let target = link.Groups[1].Value
            let full = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(Repository.FullPath(path))!, target))
            where !File.Exists(full) && !Directory.Exists(full)
            select $"{path}: no {target}"
        );
    }

    [Fact]
    public void Tests_that_documents_name_exist()
    {
        var code = string.Join(
            '\n',
            Repository
                .Files.Where(path => path.StartsWith("tests/", StringComparison.Ordinal) && path.EndsWith(".cs", StringComparison.Ordinal))
                .Select(Repository.Read)
        );
        Repository.AssertNone(
            from path in Repository.Files
            where path.EndsWith(".md", StringComparison.Ordinal)
            from Match name in TestName().Matches(Repository.Read(path))
            where
                !code.Contains($"class {name.Groups[1].Value}", StringComparison.Ordinal)
                || (name.Groups[2].Success && !code.Contains($" {name.Groups[2].Value}(", StringComparison.Ordinal))
            select $"{path}: no test {name.Value}"
        );
    }

    [GeneratedRegex("```sh\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex CommandBlock();

    [GeneratedRegex(@"\]\((?!https?:|mailto:|#)([^)#\s]+)")]
    private static partial Regex Link();

    [GeneratedRegex(@"`(\w+Tests)(?:\.(\w+))?`")]
    private static partial Regex TestName();
}
