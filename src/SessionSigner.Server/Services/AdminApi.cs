using Grpc.Core;
using SessionSigner.Core;
using SessionSigner.V1;

namespace SessionSigner.Server;

/// <summary>sessionsigner.v1.AdminService.</summary>
internal sealed class AdminApi(SessionRegistry sessions, DaemonOptions options) : AdminService.AdminServiceBase
{
    /// <inheritdoc/>
    public override async Task<RevokeSessionsResponse> RevokeSessions(RevokeSessionsRequest request, ServerCallContext context)
    {
        var result = await sessions.RevokeAsync(Caller.Of(context).Principal, Selector(request), request.Reason);
        return new RevokeSessionsResponse { SessionIds = { result.SessionIds }, AuditIndex = checked((ulong)result.AuditIndex) };
    }

    /// <inheritdoc/>
    public override Task<ListPoliciesResponse> ListPolicies(ListPoliciesRequest request, ServerCallContext context) =>
        Task.FromResult(
            new ListPoliciesResponse
            {
                Policies =
                {
                    options
                        .Policies.OrderBy(pin => pin.Policy.Name, StringComparer.Ordinal)
                        .Select(pin => PolicyMapper.ToMessage(pin.Policy)),
                },
            }
        );

    private static RevocationSelector Selector(RevokeSessionsRequest request) =>
        request.SelectorCase switch
        {
            RevokeSessionsRequest.SelectorOneofCase.SessionId => new RevocationSelector.BySession(request.SessionId),
            RevokeSessionsRequest.SelectorOneofCase.Principal => new RevocationSelector.ByPrincipal(request.Principal),
            RevokeSessionsRequest.SelectorOneofCase.Policy => new RevocationSelector.ByPolicy(request.Policy),
            RevokeSessionsRequest.SelectorOneofCase.PrimaryKey => new RevocationSelector.ByPrimaryKey(request.PrimaryKey),
            RevokeSessionsRequest.SelectorOneofCase.All when request.All => new RevocationSelector.All(),
            RevokeSessionsRequest.SelectorOneofCase.All => throw RequestParser.Invalid("all", "must be true"),
            _ => throw RequestParser.Invalid("selector", "must be given"),
        };
}
