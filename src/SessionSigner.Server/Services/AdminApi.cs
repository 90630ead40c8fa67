using Google.Protobuf;
using Grpc.Core;
using SessionSigner.Core;
using SessionSigner.V1;

namespace SessionSigner.Server;

/// <summary>sessionsigner.v1.AdminService.</summary>
internal sealed class AdminApi(SessionRegistry sessions, PolicyStore policies) : AdminService.AdminServiceBase
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
                Policies = { policies.Active.Select(PolicyMapper.ToMessage) },
                PinnedByConfiguration = !policies.IsByApproval,
                Versions = { policies.List(request.IncludeEnded).Select(PolicyMapper.ToMessage) },
                Roster = policies.Roster is { } roster ? PolicyMapper.ToMessage(roster) : null,
            }
        );

    /// <inheritdoc/>
    public override Task<GetPolicyVersionResponse> GetPolicyVersion(GetPolicyVersionRequest request, ServerCallContext context)
    {
        var details = policies.Get(RequestParser.Digest(request.Digest));
        return Task.FromResult(
            new GetPolicyVersionResponse
            {
                Version = PolicyMapper.ToMessage(details.Version),
                DocumentJson = ByteString.CopyFrom(details.DocumentJson.Span),
                Statement = details.Statement,
                Warnings = { details.Warnings },
            }
        );
    }

    /// <inheritdoc/>
    public override async Task<ProposePolicyResponse> ProposePolicy(ProposePolicyRequest request, ServerCallContext context)
    {
        var kind = (Core.PolicyDocumentKind)(int)request.Kind;
        if (!Enum.IsDefined(kind))
        {
            throw RequestParser.Invalid("kind", "must be a policy or a roster");
        }
        var caller = Caller.Of(context).Principal;
        var (change, warnings) = await policies.ProposeAsync(caller, kind, request.DocumentJson.Memory);
        return new ProposePolicyResponse
        {
            Version = PolicyMapper.ToMessage(change.Version),
            Statement = policies.Get(change.Version.Digest).Statement,
            Warnings = { warnings },
            AuditIndex = checked((ulong)change.AuditIndex),
        };
    }

    /// <inheritdoc/>
    public override async Task<ApprovePolicyResponse> ApprovePolicy(ApprovePolicyRequest request, ServerCallContext context)
    {
        var caller = Caller.Of(context).Principal;
        var change = await policies.ApproveAsync(caller, RequestParser.Digest(request.Digest), request.Signature);
        return new ApprovePolicyResponse
        {
            Version = PolicyMapper.ToMessage(change.Version),
            AuditIndex = checked((ulong)change.AuditIndex),
        };
    }

    /// <inheritdoc/>
    public override async Task<ActivatePolicyResponse> ActivatePolicy(ActivatePolicyRequest request, ServerCallContext context)
    {
        var change = await policies.ActivateAsync(Caller.Of(context).Principal, RequestParser.Digest(request.Digest));
        return new ActivatePolicyResponse
        {
            Version = PolicyMapper.ToMessage(change.Version),
            EndedSessionIds = { change.EndedSessions },
            AuditIndex = checked((ulong)change.AuditIndex),
        };
    }

    /// <inheritdoc/>
    public override async Task<RetirePolicyResponse> RetirePolicy(RetirePolicyRequest request, ServerCallContext context)
    {
        var change = await policies.RetireAsync(Caller.Of(context).Principal, RequestParser.Digest(request.Digest), request.Reason);
        return new RetirePolicyResponse
        {
            Version = PolicyMapper.ToMessage(change.Version),
            EndedSessionIds = { change.EndedSessions },
            AuditIndex = checked((ulong)change.AuditIndex),
        };
    }

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
