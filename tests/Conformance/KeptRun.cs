using System.Diagnostics;
using System.Text;

namespace Conformance;

/// <summary>A run of the quickstart that leaves its daemon behind, which this one takes over to learn how it ends.</summary>
internal sealed class KeptRun : IDisposable
{
    // Whoever outlives a parent goes to the nearest subreaper above it (PR_SET_CHILD_SUBREAPER, 36), and only a parent learns an exit code.
    private const string Reaper = """
        import ctypes, os, re, subprocess, sys
        ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)
        run = subprocess.run([sys.argv[1], '--keep'], stdout=subprocess.PIPE, text=True)
        print(run.stdout, end='')
        print(f'\nended with {run.returncode}', flush=True)
        kept = int(re.search(r'^ +process +(\d+) ', run.stdout, re.M)[1])
        print(os.waitstatus_to_exitcode(os.waitpid(kept, 0)[1]), flush=True)
        """;

    private readonly Process _process;
    private readonly CancellationTokenSource _timer;

    private KeptRun(Process process, TimeSpan limit) => (_process, _timer) = (process, new CancellationTokenSource(limit));

    /// <summary>What the script printed.</summary>
    public string Output { get; private set; } = "";

    public static async Task<KeptRun> StartAsync(string script, TimeSpan limit)
    {
        var start = new ProcessStartInfo("python3", ["-c", Reaper, script]) { UseShellExecute = false, RedirectStandardOutput = true };
        var run = new KeptRun(Process.Start(start)!, limit);
        try
        {
            await run.ReadAsync();
            return run;
        }
        catch
        {
            run.Dispose();
            throw;
        }
    }

    /// <summary>Waits until the daemon has ended, and gives its exit code.</summary>
    public async Task<string?> WaitAsync() => await _process.StandardOutput.ReadLineAsync(_timer.Token);

    public void Dispose()
    {
        _process.Kill(entireProcessTree: true);
        _process.Dispose();
        _timer.Dispose();
    }

    private async Task ReadAsync()
    {
        var output = new StringBuilder();
        while (await _process.StandardOutput.ReadLineAsync(_timer.Token) is { } line)
        {
            if (line.StartsWith("ended with ", StringComparison.Ordinal))
            {
                Output = output.ToString();
                Assert.True(line == "ended with 0", Output);
                return;
            }
            output.Append(line).Append('\n');
        }
        Assert.Fail(output.ToString());
    }
}
