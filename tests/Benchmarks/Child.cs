using System.Diagnostics;
using System.Globalization;

namespace Benchmarks;

/// <summary>This program again, in another mode and a process of its own.</summary>
internal sealed class Child : IAsyncDisposable
{
    private readonly Process _process;

    private Child(Process process) => _process = process;

    public int Id => _process.Id;

    public static Task<Child> StartAsync(string mode, string folder, TimeSpan duration)
    {
        List<string> arguments = [typeof(Child).Assembly.Location, mode, folder];
        if (mode == "token")
        {
            arguments.Add(duration.TotalSeconds.ToString(CultureInfo.InvariantCulture));
        }
        var start = new ProcessStartInfo("dotnet", arguments)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        start.Environment["SOFTHSM2_CONF"] = Path.Combine(folder, "softhsm2.conf");
        return Task.FromResult(new Child(Process.Start(start)!));
    }

    public async Task<string> ReadLineAsync() =>
        await _process.StandardOutput.ReadLineAsync()
        ?? throw new InvalidOperationException("The child process ended; see its error above.");

    public async Task<Measurement> ReadMeasurementAsync() => Measurement.Parse(await ReadLineAsync());

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
