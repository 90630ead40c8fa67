using System.Diagnostics;
using System.Globalization;

namespace Benchmarks;

/// <summary>A rate and two percentiles.</summary>
internal sealed record Measurement(double PerSecond, double P50Ms, double P99Ms)
{
    /// <param name="ticks">Duration of each request in <see cref="Stopwatch"/> ticks, in any order.</param>
    /// <param name="elapsed">How long all of them took together.</param>
    public static Measurement Of(List<long> ticks, TimeSpan elapsed)
    {
        ticks.Sort();
        return new(ticks.Count / elapsed.TotalSeconds, At(ticks, 0.50), At(ticks, 0.99));
    }

    public static Measurement Parse(string line)
    {
        var parts = line.Split(' ').Select(part => double.Parse(part, CultureInfo.InvariantCulture)).ToArray();
        return new(parts[0], parts[1], parts[2]);
    }

    public string ToLine() => string.Create(CultureInfo.InvariantCulture, $"{PerSecond} {P50Ms} {P99Ms}");

    private static double At(List<long> sorted, double share) =>
        Stopwatch.GetElapsedTime(0, sorted[(int)((sorted.Count - 1) * share)]).TotalMilliseconds;
}
