using System.Text.RegularExpressions;

namespace Tidy;

/// <summary>Rules on C# files that no analyser knows.</summary>
public partial class CodeTests
{
    private const int LinesMax = 400;

    [Fact]
    public void No_file_is_longer_than_400_lines()
    {
        Repository.AssertNone(
            from path in Repository.Files
            where path.EndsWith(".cs", StringComparison.Ordinal)
            let lines = Repository.ReadLines(path).Length
            where lines > LinesMax
            select $"{path}: {lines} lines"
        );
    }

    [Fact]
    public void Unsafe_code_stays_in_Native_folders_and_the_vault()
    {
        Repository.AssertNone(
            from path in Repository.SourceFiles
            where !path.Contains("/Native/", StringComparison.Ordinal)
            where !path.StartsWith("src/SessionSigner.Vault/", StringComparison.Ordinal)
            from hit in CodeLines(path)
            where UnsafeWord().IsMatch(hit.Code)
            select $"{path}:{hit.Number}: unsafe"
        );
    }

    [Fact]
    public void Namespaces_are_the_names_of_projects()
    {
        Repository.AssertNone(
            from path in Repository.SourceFiles
            let project = path.Split('/')[1]
            from hit in CodeLines(path)
            where hit.Code.StartsWith("namespace ", StringComparison.Ordinal) && hit.Code != $"namespace {project};"
            select $"{path}:{hit.Number}: {hit.Code}"
        );
    }

    [Fact]
    public void Public_types_say_what_they_are()
    {
        Repository.AssertNone(
            from path in Repository.SourceFiles
            let lines = Repository.ReadLines(path)
            from number in Enumerable.Range(0, lines.Length)
            where PublicType().IsMatch(lines[number]) && !IsDocumented(lines, number)
            select $"{path}:{number + 1}: {lines[number].Trim()}"
        );
    }

    [Fact]
    public void Only_the_command_line_writes_to_the_console()
    {
        Repository.AssertNone(
            from path in Repository.SourceFiles
            where !path.StartsWith("src/SessionSigner.Cli/", StringComparison.Ordinal)
            where
                !path.StartsWith("src/SessionSigner.Server/Commands/", StringComparison.Ordinal)
                && path != "src/SessionSigner.Server/Program.cs"
            from hit in CodeLines(path)
            where ConsoleWrite().IsMatch(hit.Code)
            select $"{path}:{hit.Number}: {hit.Code.Trim()}"
        );
    }

    private static IEnumerable<(int Number, string Code)> CodeLines(string path)
    {
        var lines = Repository.ReadLines(path);
        for (var i = 0; i < lines.Length; i++)
        {
            var comment = lines[i].IndexOf("//", StringComparison.Ordinal);
            yield return (i + 1, comment < 0 ? lines[i] : lines[i][..comment]);
        }
    }

    private static bool IsDocumented(string[] lines, int number)
    {
        for (var i = number - 1; i >= 0; i--)
        {
            var line = lines[i].Trim();
            if (line.StartsWith("///", StringComparison.Ordinal))
            {
                return true;
            }
            if (!line.StartsWith('[') && !line.EndsWith(']') && !line.StartsWith('#'))
            {
                // The other parts of a partial type need not repeat its summary.
                return lines[number].Contains(" partial ", StringComparison.Ordinal);
            }
        }
        return false;
    }

    [GeneratedRegex(@"\bunsafe\b")]
    private static partial Regex UnsafeWord();

    [GeneratedRegex(
        @"^\s*public\s+((static|sealed|abstract|readonly|partial|ref|unsafe)\s+)*(class|struct|record|interface|enum|delegate)\s"
    )]
    private static partial Regex PublicType();

    [GeneratedRegex(@"\bConsole\.(Write|Error|Out)")]
    private static partial Regex ConsoleWrite();
}
