using Google.Protobuf;
using Google.Rpc;
using Grpc.Core;
using SessionSigner.Core.Tests;
using SessionSigner.V1;

namespace SessionSigner.Server.Tests;

/// <summary>Calls over real Kestrel and TLS with fakes behind.</summary>
public class CallTests
{
    [Fact]
    public async Task A_trader_opens_signs_and_closes()
    {
        await using var server = await TestServer.StartAsync();
        var channel = server.Connect(TestServer.Trader);
        var sessions = new SessionService.SessionServiceClient(channel);
        var signing = new SigningService.SigningServiceClient(channel);

        var opened = await sessions.OpenSessionAsync(new OpenSessionRequest { Policy = "pay", RequestId = "o1" });
        var signed = await signing.SignTransactionAsync(Sign(opened.Session.SessionId, "s1", amount: 60));
        var again = await signing.SignTransactionAsync(Sign(opened.Session.SessionId, "s1", amount: 60));
        var closed = await sessions.CloseSessionAsync(new CloseSessionRequest { SessionId = opened.Session.SessionId });

        Assert.Equal(TestServer.Trader, opened.Session.Principal);
        Assert.Equal(65, signed.Signature.Length);
        Assert.Equal((signed.Signature, signed.AuditIndex), (again.Signature, again.AuditIndex));
        Assert.Contains(signed.Headroom, headroom => headroom is { Rule: "ceiling.budgets[usdc]", Remaining: "940" });
        Assert.Equal(SessionState.Ended, closed.Session.State);
        Assert.Equal(0, server.Desk.Vault.InUse);
    }

    [Fact]
    public async Task A_refusal_tells_rule_observed_value_limit_and_its_entry()
    {
        await using var server = await TestServer.StartAsync();
        var channel = server.Connect(TestServer.Trader);
        var opened = await new SessionService.SessionServiceClient(channel).OpenSessionAsync(
            new OpenSessionRequest { Policy = "pay", RequestId = "o1" }
        );

        var exception = await Assert.ThrowsAsync<RpcException>(async () =>
            await new SigningService.SigningServiceClient(channel).SignTransactionAsync(Sign(opened.Session.SessionId, "s1", amount: 101))
        );

        Assert.Equal(StatusCode.PermissionDenied, exception.StatusCode);
        var denial = exception.GetRpcStatus()!.GetDetail<Denial>()!;
        Assert.Equal(DenialReason.ConstraintUnmet, denial.Reason);
        Assert.Equal(("101", "ceiling.permissions[0].constraints[0]"), (denial.Observed, denial.Rule));
        Assert.True(denial.HasAuditIndex);
    }

    [Fact]
    public async Task A_role_widens_nothing()
    {
        await using var server = await TestServer.StartAsync();
        var signing = new SigningService.SigningServiceClient(server.Connect(TestServer.Auditor));
        var admin = new AdminService.AdminServiceClient(server.Connect(TestServer.Trader));
        var health = new Grpc.Health.V1.Health.HealthClient(server.Connect(TestServer.Monitor));
        var custody = new CustodyService.CustodyServiceClient(server.Connect(TestServer.Monitor));

        await RefusedAsync(signing.SignTransactionAsync(Sign(new string('0', 32), "s1", 1)).ResponseAsync, StatusCode.PermissionDenied);
        await RefusedAsync(
            admin.RevokeSessionsAsync(new RevokeSessionsRequest { All = true, Reason = "test" }).ResponseAsync,
            StatusCode.PermissionDenied
        );
        var refused = await RefusedAsync(
            custody.GetCustodyReportAsync(new GetCustodyReportRequest()).ResponseAsync,
            StatusCode.PermissionDenied
        );
        Assert.Equal(
            TestServer.Monitor + " has no role that allows this call: it needs operator or auditor, and the configuration gives it none.",
            refused.Status.Detail
        );
        var status = await health.CheckAsync(new Grpc.Health.V1.HealthCheckRequest());
        Assert.Equal(Grpc.Health.V1.HealthCheckResponse.Types.ServingStatus.Serving, status.Status);
    }

    [Fact]
    public async Task An_operator_revokes_and_an_auditor_sees_it()
    {
        await using var server = await TestServer.StartAsync();
        var sessions = new SessionService.SessionServiceClient(server.Connect(TestServer.Trader));
        var opened = await sessions.OpenSessionAsync(new OpenSessionRequest { Policy = "pay", RequestId = "o1" });
        var admin = new AdminService.AdminServiceClient(server.Connect(TestServer.Operator));
        var custody = new CustodyService.CustodyServiceClient(server.Connect(TestServer.Auditor));
        Assert.Equal(1U, (await custody.GetCustodyReportAsync(new GetCustodyReportRequest())).OpenSessionCount);

        var revoked = await admin.RevokeSessionsAsync(new RevokeSessionsRequest { All = true, Reason = "drill" });

        Assert.Equal([opened.Session.SessionId], revoked.SessionIds);
        var report = await custody.GetCustodyReportAsync(new GetCustodyReportRequest());
        Assert.Equal((0U, 0), (report.OpenSessionCount, report.OpenSessions.Count));
        await RefusedAsync(
            admin.RevokeSessionsAsync(new RevokeSessionsRequest { Reason = "which?" }).ResponseAsync,
            StatusCode.InvalidArgument
        );
    }

    [Fact]
    public async Task What_goes_wrong_inside_stays_inside()
    {
        await using var server = await TestServer.StartAsync();
        server.Desk.Authority.BeforeSigning = _ => throw new InvalidOperationException("the cause is at /etc/secret");
        var sessions = new SessionService.SessionServiceClient(server.Connect(TestServer.Trader));

        var exception = await Assert.ThrowsAsync<RpcException>(async () =>
            await sessions.OpenSessionAsync(new OpenSessionRequest { Policy = "pay", RequestId = "o1" })
        );

        Assert.DoesNotContain("secret", exception.ToString(), StringComparison.Ordinal);
        Assert.Equal(0, server.Desk.Vault.InUse);
    }

    internal static SignTransactionRequest Sign(string sessionId, string requestId, ulong amount) =>
        new()
        {
            SessionId = sessionId,
            RequestId = requestId,
            UnsignedTransaction = ByteString.CopyFrom(Desk.Transfer(amount)),
        };

    private static async Task<RpcException> RefusedAsync(Task call, StatusCode code)
    {
        var exception = await Assert.ThrowsAsync<RpcException>(() => call);
        Assert.Equal(code, exception.StatusCode);
        return exception;
    }
}
