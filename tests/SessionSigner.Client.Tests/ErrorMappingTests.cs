using Grpc.Core;
using SessionSigner.V1;

namespace SessionSigner.Client.Tests;

public sealed class ErrorMappingTests : IAsyncLifetime
{
    private readonly FakeDaemon _daemon = new();

    public Task InitializeAsync() => _daemon.InitializeAsync();

    public Task DisposeAsync() => _daemon.DisposeAsync();

    [Fact]
    public async Task A_denial_carries_rule_observed_limit_headroom_retry_and_audit_index()
    {
        var denied = Assert.IsType<SignerDeniedException>(await Catch(FakeBehaviour.Denied()));
        Assert.Equal(DenialReason.BudgetExceeded, denied.DenialReason);
        Assert.Equal("ceiling.budgets[usdc]", denied.Rule);
        Assert.Equal("6000", denied.Observed);
        Assert.Equal("5000", denied.Limit);
        Assert.Equal("100", denied.Headroom);
        Assert.Equal(TimeSpan.FromMilliseconds(1_500), denied.RetryAfter);
        Assert.Equal(7UL, denied.AuditIndex);
    }

    [Theory]
    [InlineData("INVALID_REQUEST", typeof(SignerRequestException))]
    [InlineData("REQUEST_ID_REUSED", typeof(SignerRequestException))]
    [InlineData("ROLE_MISSING", typeof(SignerPermissionException))]
    [InlineData("SESSION_NOT_FOUND", typeof(SignerNotFoundException))]
    [InlineData("NOT_FOUND", typeof(SignerNotFoundException))]
    [InlineData("SESSION_ENDED", typeof(SignerSessionEndedException))]
    [InlineData("DENIED", typeof(SignerDeniedException))]
    [InlineData("OVERLOADED", typeof(SignerUnavailableException))]
    [InlineData("VAULT_FULL", typeof(SignerUnavailableException))]
    [InlineData("CANCELLED", typeof(SignerUnavailableException))]
    [InlineData("TOKEN_UNAVAILABLE", typeof(SignerUnavailableException))]
    [InlineData("JOURNAL_FAILED", typeof(SignerUnavailableException))]
    [InlineData("SHUTTING_DOWN", typeof(SignerUnavailableException))]
    [InlineData("TOKEN_MISBEHAVED", typeof(SessionSignerException))]
    public async Task A_reason_decides_whatever_the_status(string reason, Type expected)
    {
        var error = await Catch(FakeBehaviour.Error(StatusCode.Unknown, reason, "text"));
        Assert.IsType(expected, error);
        Assert.Equal(reason, error.Reason);
        Assert.Equal("text", error.Message);
    }

    [Theory]
    [InlineData(StatusCode.InvalidArgument, typeof(SignerRequestException))]
    [InlineData(StatusCode.AlreadyExists, typeof(SignerRequestException))]
    [InlineData(StatusCode.Unauthenticated, typeof(SignerPermissionException))]
    [InlineData(StatusCode.PermissionDenied, typeof(SignerPermissionException))]
    [InlineData(StatusCode.NotFound, typeof(SignerNotFoundException))]
    [InlineData(StatusCode.ResourceExhausted, typeof(SignerUnavailableException))]
    [InlineData(StatusCode.Internal, typeof(SessionSignerException))]
    [InlineData(StatusCode.Unimplemented, typeof(SessionSignerException))]
    public async Task Without_a_reason_the_status_decides(StatusCode status, Type expected)
    {
        var error = await Catch(new RpcException(new Status(status, "text")));
        Assert.IsType(expected, error);
        Assert.Equal(status, error.Status);
        Assert.Empty(error.Reason);
    }

    [Fact]
    public async Task Details_that_do_not_parse_are_ignored()
    {
        var trailers = new Metadata { { "grpc-status-details-bin", new byte[] { 0xff, 0xff, 0xff } } };
        var error = await Catch(new RpcException(new Status(StatusCode.NotFound, "text"), trailers));
        Assert.IsType<SignerNotFoundException>(error);
    }

    [Fact]
    public async Task A_field_violation_names_the_field()
    {
        var violation = new Google.Rpc.BadRequest
        {
            FieldViolations = { new Google.Rpc.BadRequest.Types.FieldViolation { Field = "account" } },
        };
        var error = await Catch(FakeBehaviour.Error(StatusCode.InvalidArgument, "INVALID_REQUEST", "text", violation));
        Assert.Equal("account", error.Field);
    }

    private async Task<SessionSignerException> Catch(RpcException failure)
    {
        _daemon.Behaviour.Failure = failure;
        using var client = SessionSignerClient.Connect(_daemon.Options with { AttemptsMax = 1 });
        return await Assert.ThrowsAnyAsync<SessionSignerException>(() =>
            client.OpenSessionAsync(new OpenSessionOptions { Policy = "desk" })
        );
    }
}
