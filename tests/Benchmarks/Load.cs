using System.Diagnostics;
using Conformance;
using Google.Protobuf;
using SessionSigner.V1;

namespace Benchmarks;

/// <summary>A closed loop: every stream sends its next request when the last one has been answered.</summary>
internal static class Load
{
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(3);

    public static async Task<Measurement> RunAsync(
        DaemonFixture daemon,
        string target,
        string session,
        int connections,
        int streams,
        TimeSpan duration
    )
    {
        var callers = Enumerable.Range(0, connections).Select(_ => daemon.ConnectTo(target, Identities.Alice)).ToList();
        var start = Stopwatch.GetTimestamp();
        var measured = await Task.WhenAll(
            callers.SelectMany(caller =>
                Enumerable.Range(0, streams).Select(_ => Task.Run(() => RunStreamAsync(caller, session, start, duration)))
            )
        );
        callers.ForEach(caller => caller.Dispose());
        return Measurement.Of([.. measured.SelectMany(ticks => ticks)], duration);
    }

    private static async Task<List<long>> RunStreamAsync(Caller caller, string session, long start, TimeSpan duration)
    {
        var request = new SignTransactionRequest
        {
            SessionId = session,
            UnsignedTransaction = ByteString.CopyFrom(new Transfer { Amount = 1 }.Encode()),
        };
        var ticks = new List<long>(1 << 14);
        while (Stopwatch.GetElapsedTime(start) is var elapsed && elapsed < WarmUp + duration)
        {
            request.RequestId = Caller.NewId();
            var before = Stopwatch.GetTimestamp();
            await caller.Signing.SignTransactionAsync(request);
            if (elapsed >= WarmUp)
            {
                ticks.Add(Stopwatch.GetTimestamp() - before);
            }
        }
        return ticks;
    }
}
