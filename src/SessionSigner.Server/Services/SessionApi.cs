using System.Text;
using Grpc.Core;
using SessionSigner.Core;
using SessionSigner.V1;

namespace SessionSigner.Server;

/// <summary>sessionsigner.v1.SessionService.</summary>
internal sealed class SessionApi(SessionRegistry sessions, IHostApplicationLifetime lifetime) : SessionService.SessionServiceBase
{
    private const int PageSizeDefault = 100;
    private const int PageSizeMax = 500;

    /// <inheritdoc/>
    public override async Task<OpenSessionResponse> OpenSession(OpenSessionRequest request, ServerCallContext context)
    {
        var command = new OpenSessionCommand(
            request.Policy,
            request.PrimaryKey,
            request.Account,
            request.Audience,
            request.LifetimeSeconds,
            Encoding.UTF8.GetBytes(request.NarrowingJson),
            request.RequestId
        );
        var opened = await sessions.OpenAsync(Caller.Of(context).Principal, command, context.CancellationToken);
        return new OpenSessionResponse
        {
            Session = SessionMapper.ToMessage(opened.Session),
            GrantJson = Encoding.UTF8.GetString(opened.GrantJson.Span),
            AuditIndex = checked((ulong)opened.AuditIndex),
        };
    }

    /// <inheritdoc/>
    public override Task<GetSessionResponse> GetSession(GetSessionRequest request, ServerCallContext context)
    {
        var caller = Caller.Of(context);
        var session = sessions.Get(caller.Principal, caller.MayReadAll, request.SessionId);
        return Task.FromResult(new GetSessionResponse { Session = SessionMapper.ToMessage(session) });
    }

    /// <inheritdoc/>
    public override Task<ListSessionsResponse> ListSessions(ListSessionsRequest request, ServerCallContext context)
    {
        var caller = Caller.Of(context);
        var size = RequestParser.PageSize(request.PageSize, PageSizeDefault, PageSizeMax);
        var page = sessions.ListSessions(caller.Principal, caller.MayReadAll, request.IncludeEnded, size, request.PageToken);
        return Task.FromResult(
            new ListSessionsResponse { Sessions = { page.Sessions.Select(SessionMapper.ToMessage) }, NextPageToken = page.NextPageToken }
        );
    }

    /// <inheritdoc/>
    public override async Task WatchSession(
        WatchSessionRequest request,
        IServerStreamWriter<WatchSessionResponse> responseStream,
        ServerCallContext context
    )
    {
        var caller = Caller.Of(context);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken, lifetime.ApplicationStopping);
        try
        {
            var views = sessions.WatchAsync(caller.Principal, caller.MayReadAll, request.SessionId, ending.Token);
            await foreach (var session in views.WithCancellation(ending.Token))
            {
                await responseStream.WriteAsync(new WatchSessionResponse { Session = SessionMapper.ToMessage(session) }, ending.Token);
            }
        }
        catch (OperationCanceledException) when (lifetime.ApplicationStopping.IsCancellationRequested)
        {
            throw new SignerException(ErrorCode.ShuttingDown, "The daemon is shutting down.");
        }
    }

    /// <inheritdoc/>
    public override async Task<CloseSessionResponse> CloseSession(CloseSessionRequest request, ServerCallContext context)
    {
        var closed = await sessions.CloseAsync(Caller.Of(context).Principal, request.SessionId, context.CancellationToken);
        return new CloseSessionResponse
        {
            Session = SessionMapper.ToMessage(closed.Session),
            AuditIndex = closed.AuditIndex < 0 ? 0 : (ulong)closed.AuditIndex,
        };
    }
}
