using Google.Rpc;
using Grpc.Core;
using SessionSigner.V1;

namespace Conformance;

/// <summary>A refusal as a client sees it.</summary>
internal sealed record Refusal(StatusCode Code, string ErrorReason, string Field, string Message, Denial? Denial)
{
    public static async Task<Refusal> OfAsync(Task call)
    {
        var error = await Assert.ThrowsAsync<RpcException>(() => call);
        return Of(error.StatusCode, error.Status.Detail, error.GetRpcStatus());
    }

    public static Refusal Of(StatusCode code, string message, Google.Rpc.Status? status)
    {
        var info = status?.GetDetail<ErrorInfo>();
        return new Refusal(code, info?.Reason ?? "", info?.Metadata.GetValueOrDefault("field") ?? "", message, status?.GetDetail<Denial>());
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
