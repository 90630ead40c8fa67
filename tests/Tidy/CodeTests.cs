using System.Text.RegularExpressions;

namespace Tidy;

/// <summary>Rules on C# files that no analyser knows.</summary>
public partial class CodeTests
{
    private const int LinesMax = 400;
    private const string NativeFolder = "src/SessionSigner.Pkcs11/Native/";

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
    public void The_token_signs_in_one_file_only()
    {
        var files = (from path in Repository.SourceFiles from hit in CodeLines(path) where TokenSignature().IsMatch(hit.Code) select path)
            .Distinct()
            .ToList();
        Assert.Single(files);
        Assert.StartsWith(NativeFolder, files[0], StringComparison.Ordinal);
    }

    /// <summary>Cryptoki functions are bound by their place in CK_FUNCTION_LIST: these create, copy, destroy, change, wrap, unwrap or derive objects, or set a PIN.</summary>
    [Fact]
    public void The_token_binding_has_nothing_that_could_delete_overwrite_or_take_out_a_key()
    {
        int[] forbidden = [11, 20, 21, 22, 25, 60, 61, 62];
        var bound = Repository
            .SourceFiles.Where(path => path.StartsWith("src/SessionSigner.Pkcs11/", StringComparison.Ordinal))
            .SelectMany(path => CryptokiFunction().Matches(Repository.Read(path)))
            .Select(match => int.Parse(match.Groups[1].Value))
            .ToList();
        Assert.Contains(4, bound); // C_GetSlotList: the rule sees the binding
        Assert.Empty(bound.Intersect(forbidden));
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

    [GeneratedRegex(@"\bC_Sign(Init|Update|Final|Recover\w*)?\b")]
    private static partial Regex TokenSignature();

    [GeneratedRegex(
        @"^\s*public\s+((static|sealed|abstract|readonly|partial|ref|unsafe)\s+)*(class|struct|record|interface|enum|delegate)\s"
    )]
    private static partial Regex PublicType();

    [GeneratedRegex(@"\bConsole\.(Write|Error|Out)")]
    private static partial Regex ConsoleWrite();

    [GeneratedRegex(@"\bFunction\((\d+)\)")]
    private static partial Regex CryptokiFunction();
}
