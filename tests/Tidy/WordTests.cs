using System.Text.RegularExpressions;

namespace Tidy;

/// <summary>Words that have no place in the repository: unfinished work, somebody's machine, secrets.</summary>
public partial class WordTests
{
    // The patterns are written so that they do not match themselves.
    private static readonly (string What, Regex Pattern)[] Banned =
    [
        ("unfinished work", new Regex(@"\b(T[O]DO|F[I]XME|H[A]CK|X[X]X)\b", RegexOptions.CultureInvariant)),
        ("path of one machine", new Regex(@"(?<![\w.~$}/-])/(home|work|root|Users|tmp)(?=/[\w.])", RegexOptions.CultureInvariant)),
        ("folder outside the repository", new Regex(@"\.\./shared\b", RegexOptions.CultureInvariant)),
        (
            "registry host",
            new Regex(@"https?://[\w.-]*(registry|nuget|npm|pypi|artifactory|nexus|verdaccio)[\w-]*\.", RegexOptions.IgnoreCase)
        ),
        (
            "address of a private network",
            new Regex(@"\b(10\.\d+|192\.168|172\.(1[6-9]|2\d|3[01]))\.\d+\.\d+\b", RegexOptions.CultureInvariant)
        ),
        ("talk of how it was written", new Regex(@"\b(A[I]|L[L]M|Chat[G]PT|[G]PT-\d|Co[p]ilot|C[l]aude)\b", RegexOptions.CultureInvariant)),
        ("trailer of a tool", new Regex(@"\b(co-auth[o]red-by|generated w[i]th)\b", RegexOptions.IgnoreCase)),
    ];

    [Fact]
    public void No_banned_word()
    {
        Repository.AssertNone(
            from path in Repository.TextFiles
            where
                path is not ("LICENSE" or "SessionSigner.sln")
                && !path.EndsWith("lock.json", StringComparison.Ordinal)
                && !Repository.IsVector(path)
            from hit in Lines(path)
            from banned in Banned
            where banned.Pattern.IsMatch(hit.Text)
            select $"{path}:{hit.Number}: {banned.What}: {hit.Text.Trim()}"
        );
    }

    [Fact]
    public void No_private_key_is_committed()
    {
        Repository.AssertNone(
            from path in Repository.TextFiles
            where !Repository.IsVector(path)
            from hit in Lines(path)
            where PrivateKeyBlock().IsMatch(hit.Text) || (LongNumber().IsMatch(hit.Text) && SecretWord().IsMatch(hit.Text))
            select $"{path}:{hit.Number}: looks like a secret"
        );
    }

    [Fact]
    public void No_lock_file_names_a_host()
    {
        Repository.AssertNone(
            from path in Repository.Files
            where path.EndsWith("lock.json", StringComparison.Ordinal)
            from hit in Lines(path)
            where hit.Text.Contains("://", StringComparison.Ordinal) && !hit.Text.Contains("\"url\"", StringComparison.Ordinal)
            select $"{path}:{hit.Number}: {hit.Text.Trim()}"
        );
    }

    [Fact]
    public void Text_files_end_with_a_newline_and_use_line_feeds()
    {
        Repository.AssertNone(
            from path in Repository.TextFiles
            let text = Repository.Read(path)
            where text.Length > 0 && (text[^1] != '\n' || text.Contains('\r', StringComparison.Ordinal))
            where !path.EndsWith("packages.lock.json", StringComparison.Ordinal) && !path.EndsWith(".sln", StringComparison.Ordinal)
            where !Repository.IsVector(path)
            select $"{path}: no newline at its end, or a carriage return"
        );
    }

    private static IEnumerable<(int Number, string Text)> Lines(string path) =>
        Repository.ReadLines(path).Select((text, i) => (i + 1, text));

    [GeneratedRegex("-----BEGIN [A-Z ]*PRIVATE KEY-----")]
    private static partial Regex PrivateKeyBlock();

    // 32 bytes of hexadecimal digits on a line that speaks of a secret; a repeated digit is nobody's secret.
    [GeneratedRegex(@"(?<![0-9A-Za-z])(0x)?(?!(?<digit>[0-9a-fA-F])\k<digit>{20})[0-9a-fA-F]{64}(?![0-9A-Za-z])")]
    private static partial Regex LongNumber();

    [GeneratedRegex(@"private|secret|seed|\bpin\b|mnemonic", RegexOptions.IgnoreCase)]
    private static partial Regex SecretWord();
}
