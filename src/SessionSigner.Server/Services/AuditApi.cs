using Google.Protobuf.Collections;
using Grpc.Core;
using SessionSigner.Core;
using SessionSigner.V1;

namespace SessionSigner.Server;

/// <summary>sessionsigner.v1.AuditService.</summary>
internal sealed class AuditApi(IJournal journal, DaemonOptions options, IHostApplicationLifetime lifetime) : AuditService.AuditServiceBase
{
    private const int PageSizeDefault = 100;
    private const int PageSizeMax = 1_000;

    // Entries hold grants, so a page is bounded by its bytes too.
    private const int PageBytesMax = 2 * 1024 * 1024;

    /// <inheritdoc/>
    public override Task<GetCheckpointResponse> GetCheckpoint(GetCheckpointRequest request, ServerCallContext context) =>
        Task.FromResult(new GetCheckpointResponse { Checkpoint = Checkpoint() });

    /// <inheritdoc/>
    public override Task<ListEntriesResponse> ListEntries(ListEntriesRequest request, ServerCallContext context)
    {
        var response = new ListEntriesResponse { Checkpoint = Checkpoint() };
        var count = RequestParser.PageSize(request.PageSize, PageSizeDefault, PageSizeMax);
        AddEntries(response.Entries, RequestParser.Index(request.StartIndex, "start_index"), count);
        return Task.FromResult(response);
    }

    /// <inheritdoc/>
    public override async Task TailEntries(
        TailEntriesRequest request,
        IServerStreamWriter<TailEntriesResponse> responseStream,
        ServerCallContext context
    )
    {
        var next = RequestParser.Index(request.StartIndex, "start_index");
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken, lifetime.ApplicationStopping);
        try
        {
            while (true)
            {
                var response = new TailEntriesResponse();
                AddEntries(response.Entries, next, PageSizeMax);
                if (response.Entries.Count == 0)
                {
                    await journal.WaitForGrowthAsync(next, ending.Token);
                    continue;
                }
                next = checked(next + response.Entries.Count);
                await responseStream.WriteAsync(response, ending.Token);
            }
        }
        catch (OperationCanceledException) when (lifetime.ApplicationStopping.IsCancellationRequested)
        {
            throw new SignerException(ErrorCode.ShuttingDown, "The daemon is shutting down.");
        }
    }

    private Checkpoint Checkpoint() => MessageMapper.ToMessage(journal.Head, options.Journal.Origin);

    private void AddEntries(RepeatedField<LogEntry> entries, long start, int countMax)
    {
        var bytes = 0;
        foreach (var entry in journal.ReadEntries(start, countMax))
        {
            bytes += entry.Bytes.Length;
            if (bytes > PageBytesMax && entries.Count > 0)
            {
                return;
            }
            entries.Add(MessageMapper.ToMessage(entry));
        }
    }
}
