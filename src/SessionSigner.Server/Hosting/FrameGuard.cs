using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Connections;

namespace SessionSigner.Server;

/// <summary>Cuts connections that send floods of frames which bring no request. Sits between TLS and HTTP/2; looks at what passes, changes nothing.</summary>
internal sealed partial class FrameGuard(TimeProvider clock, ILogger<FrameGuard> logger)
{
    /// <summary>Puts a meter on what the client sends.</summary>
    public async Task Guard(ConnectionContext connection, ConnectionDelegate next)
    {
        var transport = connection.Transport;
        var meter = new FrameMeter(clock);
        connection.Transport = new Pipes(
            new MeteredReader(transport.Input, meter, () => Cut(connection)),
            new MeteredWriter(transport.Output, meter)
        );
        try
        {
            await next(connection);
        }
        finally
        {
            connection.Transport = transport;
        }
    }

    private void Cut(ConnectionContext connection)
    {
        LogCut(connection.Features.Get<ClientConnection>()?.Identity ?? "");
        connection.Abort(new ConnectionAbortedException("Too many frames that bring no request."));
    }

    [LoggerMessage(
        EventId = 1222,
        Level = LogLevel.Warning,
        Message = "Connection of {Identity} cut: too many frames that bring no request"
    )]
    private partial void LogCut(string identity);

    private sealed record Pipes(PipeReader Input, PipeWriter Output) : IDuplexPipe;

    /// <summary>Hands on what another reader reads, each byte metered once.</summary>
    private sealed class MeteredReader(PipeReader inner, FrameMeter meter, Action cut) : PipeReader
    {
        private ReadResult _last;

        // Bytes at the start of what is read next that were metered before and not consumed.
        private long _metered;
        private bool _isCut;

        public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
        {
            var read = inner.ReadAsync(cancellationToken);
            return read.IsCompletedSuccessfully ? ValueTask.FromResult(Meter(read.Result)) : MeterAsync(read);
        }

        public override bool TryRead(out ReadResult result)
        {
            if (!inner.TryRead(out result))
            {
                return false;
            }
            result = Meter(result);
            return true;
        }

        public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

        public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
        {
            _metered = Math.Max(0, _metered - _last.Buffer.Slice(0, consumed).Length);
            _last = default;
            inner.AdvanceTo(consumed, examined);
        }

        public override void CancelPendingRead() => inner.CancelPendingRead();

        public override void Complete(Exception? exception = null) => inner.Complete(exception);

        public override ValueTask CompleteAsync(Exception? exception = null) => inner.CompleteAsync(exception);

        [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
        private async ValueTask<ReadResult> MeterAsync(ValueTask<ReadResult> read) => Meter(await read);

        private ReadResult Meter(ReadResult result)
        {
            _last = result;
            var isWithin = meter.TryAdd(result.Buffer.Slice(_metered));
            _metered = result.Buffer.Length;
            if (isWithin)
            {
                return result;
            }
            if (!_isCut)
            {
                _isCut = true;
                cut();
            }
            // Nothing more is handed on, so what was sent beyond the limit costs nothing.
            return new ReadResult(result.Buffer.Slice(0, 0), isCanceled: false, isCompleted: true);
        }
    }

    /// <summary>Hands on what is written to another writer, and counts its bytes.</summary>
    private sealed class MeteredWriter(PipeWriter inner, FrameMeter meter) : PipeWriter
    {
        public override bool CanGetUnflushedBytes => inner.CanGetUnflushedBytes;

        public override long UnflushedBytes => inner.UnflushedBytes;

        public override void Advance(int bytes)
        {
            meter.AddSent(bytes);
            inner.Advance(bytes);
        }

        public override Memory<byte> GetMemory(int sizeHint = 0) => inner.GetMemory(sizeHint);

        public override Span<byte> GetSpan(int sizeHint = 0) => inner.GetSpan(sizeHint);

        public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) =>
            inner.FlushAsync(cancellationToken);

        public override ValueTask<FlushResult> WriteAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default)
        {
            meter.AddSent(source.Length);
            return inner.WriteAsync(source, cancellationToken);
        }

        public override void CancelPendingFlush() => inner.CancelPendingFlush();

        public override void Complete(Exception? exception = null) => inner.Complete(exception);

        public override ValueTask CompleteAsync(Exception? exception = null) => inner.CompleteAsync(exception);
    }
}
