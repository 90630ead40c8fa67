using System.Collections.Concurrent;
using System.Diagnostics;

namespace SessionSigner.Storage.Tests;

/// <summary>The program of this project as a process of its own, optionally under strace with a fault injected.</summary>
internal sealed class ChildProcess : IDisposable
{
    private readonly Process _process;
    private readonly ConcurrentQueue<string> _lines = new();
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _outputEnded = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private ChildProcess(Process process) => _process = process;

    /// <summary>Lines printed so far.</summary>
    public IReadOnlyList<string> Lines => [.. _lines];

    /// <summary>Requests acknowledged so far, with their indexes.</summary>
    public Dictionary<string, long> Acknowledged =>
        _lines
            .Select(line => line.Split(' '))
            .Where(parts => parts[0] == "ack")
            .ToDictionary(parts => parts[1], parts => long.Parse(parts[2]));

    public static ChildProcess Start(string journal, string prefix, int count, int tasks, params string[] strace)
    {
        var start = new ProcessStartInfo
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        var program = typeof(ChildProcess).Assembly.Location;
        string[] command = ["dotnet", program, journal, prefix, $"{count}", $"{tasks}"];
        string[] full = strace.Length == 0 ? command : ["strace", "-f", "--seccomp-bpf", "-qq", "-o", "/dev/null", .. strace, .. command];
        start.FileName = full[0];
        foreach (var argument in full[1..])
        {
            start.ArgumentList.Add(argument);
        }
        var process = new Process { StartInfo = start };
        var child = new ChildProcess(process);
        process.OutputDataReceived += (_, e) => child.Take(e.Data);
        process.ErrorDataReceived += (_, e) => child._lines.Enqueue($"stderr {e.Data}");
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return child;
    }

    public async Task WaitReadyAsync() => await _ready.Task.WaitAsync(TimeSpan.FromSeconds(60));

    public async Task<int> WaitExitAsync()
    {
        await _process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(60));
        await _outputEnded.Task.WaitAsync(TimeSpan.FromSeconds(5));
        return _process.ExitCode;
    }

    /// <summary>SIGKILL.</summary>
    public void Kill() => _process.Kill();

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
        }
        _process.Dispose();
    }

    private void Take(string? line)
    {
        if (line is null)
        {
            _ready.TrySetResult();
            _outputEnded.TrySetResult();
            return;
        }
        _lines.Enqueue(line);
        if (line == "ready")
        {
            _ready.TrySetResult();
        }
    }
}
