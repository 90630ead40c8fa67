using System.Diagnostics;
using System.Security.Cryptography;
using SessionSigner.Ethereum;

namespace Benchmarks;

/// <summary>The floor: libsecp256k1 called in a loop.</summary>
internal static class RawSigning
{
    public static Measurement Measure(TimeSpan duration)
    {
        var key = RandomNumberGenerator.GetBytes(32);
        var signature65 = new byte[65];
        var digest = Keccak256.Hash(key);
        var ticks = new List<long>(1 << 18);
        var start = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(start) < duration)
        {
            var before = Stopwatch.GetTimestamp();
            if (!Secp256k1.TrySignRecoverable(key, digest, signature65))
            {
                throw new InvalidOperationException("The random key is no scalar; run again.");
            }
            ticks.Add(Stopwatch.GetTimestamp() - before);
            digest = Keccak256.Hash(signature65);
        }
        return Measurement.Of(ticks, Stopwatch.GetElapsedTime(start));
    }
}
