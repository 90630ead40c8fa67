using System.Diagnostics;
using System.Globalization;
using Benchmarks;
using Conformance;

// What a signature costs, each line over what it costs without the thing it is compared with.
//   dotnet run -c Release --project tests/Benchmarks                  the table, 5 seconds a line
//   dotnet run -c Release --project tests/Benchmarks -- --seconds 10
//   dotnet run -c Release --project tests/Benchmarks -- scope         only what the evaluation of a scope costs, by its number of permissions
// The server has one core, the load generator the other; both are this machine's, so the generator limits the empty handler.
switch (args)
{
    case ["empty-server", var folder]:
        await EmptyServer.RunAsync(folder);
        return 0;
    case ["token", var folder, var tokenSeconds]:
        return await TokenLoop.RunAsync(folder, Seconds(tokenSeconds));
    case ["scope"]:
        Pin(Environment.ProcessId, core: 1);
        PrintScope(TimeSpan.FromSeconds(2));
        return 0;
    case []:
        await RunAsync(TimeSpan.FromSeconds(5));
        return 0;
    case ["--seconds", var seconds]:
        await RunAsync(Seconds(seconds));
        return 0;
    default:
        await Console.Error.WriteLineAsync("usage: dotnet run -c Release --project tests/Benchmarks [-- --seconds N | -- scope]");
        return 2;
}

static TimeSpan Seconds(string text) => TimeSpan.FromSeconds(int.Parse(text, CultureInfo.InvariantCulture));

static async Task RunAsync(TimeSpan duration)
{
    (int Connections, int Streams)[] loads = [(1, 1), (4, 16), (4, 64)];
    Pin(Environment.ProcessId, core: 1);
    Console.WriteLine($"{"what", -52} {"load", 8} {"requests/s", 12} {"p50 ms", 9} {"p99 ms", 9}");
    Print("libsecp256k1, one thread, in process", "1", RawSigning.Measure(duration));

    PrintScope(duration);
    var daemon = new DaemonFixture();
    await daemon.InitializeAsync();
    try
    {
        Pin(daemon.ProcessId, core: 0);
        await using (var token = await Child.StartAsync("token", daemon.Folder, duration))
        {
            Print("SoftHSM, one C_Sign a request, verified, in process", "1", await token.ReadMeasurementAsync());
        }
        await using (var empty = await Child.StartAsync("empty-server", daemon.Folder, duration))
        {
            Pin(empty.Id, core: 0);
            var target = await empty.ReadLineAsync();
            foreach (var (connections, streams) in loads)
            {
                var measured = await Load.RunAsync(daemon, target, "0", connections, streams, duration);
                Print("gRPC over mutual TLS, empty handler", $"{connections}x{streams}", measured);
            }
        }
        foreach (var (connections, streams) in loads)
        {
            var session = (await daemon.Alice.OpenAsync("bots")).Session.SessionId;
            var measured = await Load.RunAsync(daemon, daemon.Target, session, connections, streams, duration);
            Print("session-signed: policy, journal, signature", $"{connections}x{streams}", measured);
        }
    }
    finally
    {
        await daemon.DisposeAsync();
    }
}

static void PrintScope(TimeSpan duration)
{
    Console.WriteLine($"{"what", -52} {"rules", 8} {"per second", 12} {"p50 us", 9} {"p99 us", 9} {"bytes", 7}");
    foreach (var permissions in (int[])[10, 100, 1_000, 10_000])
    {
        var (measured, bytes) = ScopeLoop.Measure(permissions, duration / 4);
        Console.WriteLine(
            $"{"evaluate: 4 arguments, 3 constraints, 2 budgets", -52} {permissions, 8:N0} {measured.PerSecond, 12:N0} "
                + $"{measured.P50Ms * 1_000, 9:N3} {measured.P99Ms * 1_000, 9:N3} {bytes, 7:N1}"
        );
    }
}

static void Print(string what, string load, Measurement measured) =>
    Console.WriteLine($"{what, -52} {load, 8} {measured.PerSecond, 12:N0} {measured.P50Ms, 9:N3} {measured.P99Ms, 9:N3}");

static void Pin(int process, int core)
{
    var start = new ProcessStartInfo("taskset", ["-acp", $"{core}", $"{process}"])
    {
        UseShellExecute = false,
        RedirectStandardOutput = true,
    };
    using var taskset = Process.Start(start)!;
    taskset.StandardOutput.ReadToEnd();
    taskset.WaitForExit();
}
