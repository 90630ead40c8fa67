using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text;

namespace Interop;

/// <summary>What a foreign program printed, and how it ended.</summary>
internal sealed record ProgramResult(int ExitCode, string Output, string Error);

/// <summary>Runs the foreign clients. A program that is missing fails the test that needs it.</summary>
internal static class ForeignProgram
{
    // Debian's Python, whose gRPC is Debian's too; another one on the PATH may have neither.
    private const string PythonPath = "/usr/bin/python3";

    public static string ProjectFolder { get; } = FindProjectFolder();

    public static string ProtoFolder => Path.GetFullPath(Path.Combine(ProjectFolder, "../../proto"));

    public static string Buf => NodeProgram("buf");

    public static string Anvil => NodeProgram("anvil");

    public static Task<ProgramResult> RunNodeAsync(string script, TimeSpan limit, params string[] arguments) =>
        RunAsync("node", [Path.Combine(ProjectFolder, script), .. arguments], limit);

    public static Task<ProgramResult> RunPythonAsync(string script, TimeSpan limit, params string[] arguments) =>
        RunAsync(PythonPath, [Path.Combine(ProjectFolder, script), .. arguments], limit);

    /// <summary>Runs a script that must succeed and hands over what it prints, line by line, as it comes.</summary>
    public static async Task RunNodeLinesAsync(string script, TimeSpan limit, Action<string> onLine, params string[] arguments)
    {
        using var process = Start("node", [Path.Combine(ProjectFolder, script), .. arguments]);
        using var timer = new CancellationTokenSource(limit);
        var error = process.StandardError.ReadToEndAsync(timer.Token);
        try
        {
            while (await process.StandardOutput.ReadLineAsync(timer.Token) is { } line)
            {
                onLine(line);
            }
            await process.WaitForExitAsync(timer.Token);
            Assert.True(process.ExitCode == 0, await error);
        }
        finally
        {
            process.Kill(entireProcessTree: true);
        }
    }

    public static async Task<ProgramResult> RunAsync(string program, IEnumerable<string> arguments, TimeSpan limit)
    {
        using var process = Start(program, arguments);
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        using var timer = new CancellationTokenSource(limit);
        try
        {
            await process.WaitForExitAsync(timer.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            Assert.Fail($"{program} did not end within {limit}:\n{await output}\n{await error}");
        }
        return new ProgramResult(process.ExitCode, await output, await error);
    }

    private static Process Start(string program, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = ProjectFolder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            UseShellExecute = false,
        };
        // Calls go to this machine only; a proxy meant for other calls would get in the way.
        foreach (var name in new[] { "http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "grpc_proxy" })
        {
            start.Environment.Remove(name);
        }
        start.Environment["PYTHONDONTWRITEBYTECODE"] = "1";
        var process = Process.Start(start) ?? throw new InvalidOperationException($"{program} does not start");
        process.StandardInput.Close();
        return process;
    }

    private static string NodeProgram(string name) => Path.Combine(ProjectFolder, "node_modules", ".bin", name);

    private static string FindProjectFolder([CallerFilePath] string thisFile = "") =>
        Path.GetDirectoryName(Path.GetDirectoryName(thisFile))!;
}
