using Google.Rpc;
using Grpc.Core;
using SessionSigner.Core;

namespace SessionSigner.Server.Tests;

public class StatusMapperTests
{
    private static readonly Dictionary<ErrorCode, StatusCode> s_expected = new()
    {
        [ErrorCode.Unspecified] = StatusCode.Internal,
        [ErrorCode.InvalidRequest] = StatusCode.InvalidArgument,
        [ErrorCode.RoleMissing] = StatusCode.PermissionDenied,
        [ErrorCode.SessionNotFound] = StatusCode.NotFound,
        [ErrorCode.NotFound] = StatusCode.NotFound,
        [ErrorCode.RequestIdReused] = StatusCode.AlreadyExists,
        [ErrorCode.SessionEnded] = StatusCode.FailedPrecondition,
        [ErrorCode.PolicyState] = StatusCode.FailedPrecondition,
        [ErrorCode.NotReleasable] = StatusCode.FailedPrecondition,
        [ErrorCode.Denied] = StatusCode.PermissionDenied,
        [ErrorCode.Overloaded] = StatusCode.ResourceExhausted,
        [ErrorCode.VaultFull] = StatusCode.ResourceExhausted,
        [ErrorCode.Cancelled] = StatusCode.Cancelled,
        [ErrorCode.TokenUnavailable] = StatusCode.Unavailable,
        [ErrorCode.TokenMisbehaved] = StatusCode.Internal,
        [ErrorCode.JournalFailed] = StatusCode.Unavailable,
        [ErrorCode.ShuttingDown] = StatusCode.Unavailable,
    };

    [Fact]
    public void Every_error_has_a_status_and_a_reason_of_its_own()
    {
        foreach (var code in Enum.GetValues<ErrorCode>())
        {
            var status = StatusMapper.Map(new SignerException(code, "text"));
            Assert.Equal(s_expected[code], status.StatusCode);
            Assert.Equal(code == ErrorCode.Unspecified, StatusMapper.ReasonOf(code) == "DEFECT");
            Assert.Equal(StatusMapper.Domain, status.GetRpcStatus()!.GetDetail<ErrorInfo>()!.Domain);
        }
        Assert.Equal(s_expected.Count, s_expected.Keys.Select(StatusMapper.ReasonOf).Distinct().Count());
    }

    [Fact]
    public void A_denial_travels_whole()
    {
        var denial = new Core.Denial(Core.DenialReason.BudgetExceeded, "ceiling.budgets[usdc]", "7", "5") { Headroom = "2" };

        var status = StatusMapper.Map(new SignerException(ErrorCode.Denied, "text") { Denial = denial, AuditIndex = 9 });

        Assert.Equal(StatusCode.PermissionDenied, status.StatusCode);
        var detail = status.GetRpcStatus()!.GetDetail<V1.Denial>()!;
        Assert.Equal(V1.DenialReason.BudgetExceeded, detail.Reason);
        Assert.Equal(
            ("ceiling.budgets[usdc]", "7", "5", "2", 9UL),
            (detail.Rule, detail.Observed, detail.Limit, detail.Headroom, detail.AuditIndex)
        );
        Assert.Equal("BUDGET_EXCEEDED", status.GetRpcStatus()!.GetDetail<ErrorInfo>()!.Metadata["denial_reason"]);
        Assert.Null(status.GetRpcStatus()!.GetDetail<RetryInfo>());
    }

    [Fact]
    public void The_longest_refusal_with_its_trace_stays_below_4_KiB()
    {
        var text = new string('9', 400);
        var longest = new Core.Denial(Core.DenialReason.BudgetExceeded, text, text, text)
        {
            Headroom = new string('9', 78),
            RetryAfterMs = long.MaxValue / 1_000_000,
        };
        var trace = new TraceBuilder(TraceBounds.Refusal);
        for (var part = 0; part < 3; part++)
        {
            trace.BeginPart();
            trace.EnterCall(63);
            for (var i = 0; i < 50; i++)
            {
                trace.AddUnmet("narrowing.permissions[999]", i % 2 == 0 ? longest : longest with { Headroom = "", Rule = "r" });
            }
        }
        var clipped = new string('9', 256);
        var status = StatusMapper.Map(
            new SignerException(ErrorCode.Denied, "The request is outside the scope; the denial says which rule refused.")
            {
                Denial = longest with { Rule = clipped, Observed = clipped, Limit = clipped },
                AuditIndex = long.MaxValue,
                Trace = trace.Build(),
            }
        );

        var details = status.Trailers.GetValueBytes("grpc-status-details-bin")!;
        Assert.InRange(details.Length, 2_000, 4_095);
        var told = status.GetRpcStatus()!.GetDetail<V1.Denial>()!.Trace;
        Assert.Equal(150, told.Steps.Count + (int)told.LeftOut);
        Assert.InRange(told.Steps.Count, 3, 24);
    }

    [Fact]
    public void A_full_rate_window_says_when_to_come_back()
    {
        var denial = new Core.Denial(Core.DenialReason.RateExceeded, "ceiling.rates[0]", "11", "10") { RetryAfterMs = 250 };

        var status = StatusMapper.Map(new SignerException(ErrorCode.Denied, "text") { Denial = denial });

        Assert.Equal(StatusCode.ResourceExhausted, status.StatusCode);
        Assert.Equal(250, status.GetRpcStatus()!.GetDetail<RetryInfo>()!.RetryDelay.ToTimeSpan().TotalMilliseconds);
    }

    [Fact]
    public void An_invalid_request_names_its_field()
    {
        var status = StatusMapper.Map(new SignerException(ErrorCode.InvalidRequest, "must be short", "request_id"));

        var violation = Assert.Single(status.GetRpcStatus()!.GetDetail<BadRequest>()!.FieldViolations);
        Assert.Equal(("request_id", "must be short"), (violation.Field, violation.Description));
    }

    [Fact]
    public void A_defect_says_nothing()
    {
        var status = StatusMapper.Map(new SignerException(ErrorCode.Unspecified, "the password is 1234"));

        Assert.DoesNotContain("1234", status.Status.Detail, StringComparison.Ordinal);
        Assert.DoesNotContain("1234", status.GetRpcStatus()!.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Every_denial_reason_has_its_name_on_the_wire()
    {
        var names = Enum.GetValues<Core.DenialReason>().Select(MessageMapper.ReasonName).ToArray();

        Assert.Equal(names.Length, names.Distinct().Count());
        Assert.Equal(Enum.GetValues<V1.DenialReason>().Length, names.Length);
    }
}
