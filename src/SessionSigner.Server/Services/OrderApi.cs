using Grpc.Core;
using SessionSigner.Core;
using SessionSigner.V1;

namespace SessionSigner.Server;

/// <summary>sessionsigner.v1.OrderService.</summary>
internal sealed class OrderApi(ReservationReleaser releaser) : OrderService.OrderServiceBase
{
    /// <inheritdoc/>
    public override async Task<ReleaseReservationResponse> ReleaseReservation(ReleaseReservationRequest request, ServerCallContext context)
    {
        var result = await releaser.ReleaseAsync(
            Caller.Of(context).Principal,
            request.SessionId,
            request.RequestId,
            Outcome(request.Outcome),
            context.CancellationToken
        );
        return new ReleaseReservationResponse
        {
            GivenBack = { result.GivenBack.Select(item => new V1.GivenBack { Rule = item.Rule, Amount = item.Amount }) },
            SignedIndex = checked((ulong)result.SignedIndex),
            AuditIndex = checked((ulong)result.AuditIndex),
        };
    }

    private static Core.ReleaseOutcome Outcome(V1.ReleaseOutcome outcome) =>
        outcome switch
        {
            V1.ReleaseOutcome.Executed => Core.ReleaseOutcome.Executed,
            V1.ReleaseOutcome.Void => Core.ReleaseOutcome.Void,
            _ => throw RequestParser.Invalid("outcome", "must be RELEASE_OUTCOME_EXECUTED or RELEASE_OUTCOME_VOID"),
        };
}
