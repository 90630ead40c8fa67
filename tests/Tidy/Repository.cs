using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Tidy;

/// <summary>The files of the repository as git would commit them: tracked ones and new ones that are not ignored.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    /// <summary>Paths relative to the root, with forward slashes.</summary>
    public static IReadOnlyList<string> Files { get; } = ListFiles();

    public static IEnumerable<string> SourceFiles =>
        Files.Where(path => path.StartsWith("src/", StringComparison.Ordinal) && path.EndsWith(".cs", StringComparison.Ordinal));

    public static IEnumerable<string> Projects => Files.Where(path => path.EndsWith(".csproj", StringComparison.Ordinal));

    /// <summary>Text files: those without a NUL byte in their first 4 KiB.</summary>
    public static IEnumerable<string> TextFiles => Files.Where(IsText);

    public static string FullPath(string path) => Path.Combine(Root, path);

    public static string Read(string path) => File.ReadAllText(FullPath(path));

    public static string[] ReadLines(string path) => File.ReadAllLines(FullPath(path));

    public static bool IsVector(string path) =>
        path.Contains("/vectors/", StringComparison.OrdinalIgnoreCase) || path.EndsWith(".vectors.json", StringComparison.Ordinal);

    /// <summary>Fails with one line per finding, so that one run shows everything there is to mend.</summary>
    public static void AssertNone(IEnumerable<string> findings)
    {
        var all = findings.ToList();
        Assert.True(all.Count == 0, string.Join('\n', all));
    }

    private static bool IsText(string path)
    {
        using var file = File.OpenRead(FullPath(path));
        Span<byte> start = stackalloc byte[4096];
        return !start[..file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false)].Contains((byte)0);
    }

    private static string FindRoot([CallerFilePath] string thisFile = "")
    {
        var folder = new DirectoryInfo(Path.GetDirectoryName(thisFile)!);
        while (!File.Exists(Path.Combine(folder.FullName, "SessionSigner.sln")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException("SessionSigner.sln not found above the tests");
        }
        return folder.FullName;
    }

    private static List<string> ListFiles()
    {
        var start = new ProcessStartInfo("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        {
            WorkingDirectory = Root,
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        using var git = Process.Start(start) ?? throw new InvalidOperationException("git does not start");
        var output = git.StandardOutput.ReadToEnd();
        git.WaitForExit();
        Assert.Equal(0, git.ExitCode);
        var files = output.Split('\0', StringSplitOptions.RemoveEmptyEntries).Where(path => File.Exists(FullPath(path))).ToList();
        Assert.NotEmpty(files);
        return files;
    }
}
