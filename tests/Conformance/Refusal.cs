using Google.Rpc;
using Grpc.Core;
using SessionSigner.V1;

namespace Conformance;

/// <summary>A refusal as a client sees it.</summary>
internal sealed record Refusal(StatusCode Code, string ErrorReason, string Message, Denial? Denial)
{
    public static async Task<Refusal> OfAsync(Task call)
    {
        var error = await Assert.ThrowsAsync<RpcException>(() => call);
        var status = error.GetRpcStatus();
        return new Refusal(
            error.StatusCode,
            status?.GetDetail<ErrorInfo>()?.Reason ?? "",
            error.Status.Detail,
            status?.GetDetail<Denial>()
        );
    }

    /// <summary>Expects a denial by a rule of the scope and gives it.</summary>
    public static async Task<Denial> DenialOfAsync(Task call, DenialReason reason)
    {
        var refusal = await OfAsync(call);
        Assert.NotNull(refusal.Denial);
        Assert.Equal(reason, refusal.Denial.Reason);
        Assert.True(refusal.Denial.HasAuditIndex, "a refusal is journaled");
        return refusal.Denial;
    }
}
