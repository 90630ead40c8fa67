using Grpc.Core;
using SessionSigner.V1;

namespace Conformance;

/// <summary>What signed orders took comes back once, on the word of whom the policy names, and is in the log.</summary>
public class ReleaseTests : IAsyncLifetime
{
    private readonly DaemonFixture _daemon = new();

    public Task InitializeAsync() => _daemon.InitializeAsync();

    public Task DisposeAsync() => _daemon.DisposeAsync();

    [Fact]
    public async Task Orders_are_released_once_by_a_settler_only_and_the_log_says_so()
    {
        var session = (await _daemon.Alice.OpenAsync("orders")).Session.SessionId;
        for (var i = 0; i < 3; i++)
        {
            await _daemon.Alice.SignAsync(session, new Order { Amount = "800", Nonce = $"{i}" }, $"order-{i}");
        }
        var denial = await Refusal.DenialOfAsync(
            _daemon.Alice.SignAsync(session, new Order { Amount = "1", Nonce = "9" }),
            DenialReason.OpenOrdersExceeded
        );
        Assert.Equal(("ceiling.max_open_orders", "4", "3", "0"), (denial.Rule, denial.Observed, denial.Limit, denial.Headroom));

        foreach (var caller in new[] { _daemon.Alice, _daemon.Bob, _daemon.Operator, _daemon.Auditor })
        {
            Assert.Equal("ROLE_MISSING", (await Refusal.OfAsync(caller.ReleaseAsync(session, "order-0"))).ErrorReason);
        }
        await RefusedAsync(_daemon.Settler.ReleaseAsync(new string('0', 32), "order-0"), StatusCode.NotFound, "session_id");
        await RefusedAsync(_daemon.Settler.ReleaseAsync(session, "order-7"), StatusCode.NotFound, "request_id");
        await RefusedAsync(_daemon.Settler.ReleaseAsync(session, "$end"), StatusCode.InvalidArgument, "request_id");
        await RefusedAsync(_daemon.Settler.ReleaseAsync("x", "order-0"), StatusCode.InvalidArgument, "session_id");
        await RefusedAsync(_daemon.Settler.ReleaseAsync(session, "order-0", default), StatusCode.InvalidArgument, "outcome");
        Assert.Equal("100", await RemainingAsync(session));

        var released = await _daemon.Settler.ReleaseAsync(session, "order-0");
        Assert.Equal(("ceiling.budgets[usdc]", "800"), (Assert.Single(released.GivenBack).Rule, released.GivenBack[0].Amount));
        Assert.Equal(released, await _daemon.Settler.ReleaseAsync(session, "order-0"));
        await RefusedAsync(_daemon.Settler.ReleaseAsync(session, "order-0", ReleaseOutcome.Executed), StatusCode.AlreadyExists, "outcome");
        Assert.Empty((await _daemon.Settler.ReleaseAsync(session, "order-1", ReleaseOutcome.Executed)).GivenBack);
        Assert.Equal("900", await RemainingAsync(session));
        await _daemon.Alice.SignAsync(session, new Order { Amount = "900", Nonce = "3" });
        await _daemon.Alice.SignAsync(session, new Transfer { Amount = 0 }, "transaction");

        var entries = (await _daemon.Auditor.EntriesAsync()).Select(Decode).ToList();
        Assert.Equal(2, entries.Count(entry => entry.Kind == SessionSigner.Audit.EntryKind.ReservationReleased));
        var release = entries[(int)released.AuditIndex];
        Assert.Equal((Identities.Settler, "order-0", "void"), (release.Principal, release.RequestId, release.Detail));
        Assert.Equal((long)released.SignedIndex, release.ReleasedIndex);
        Assert.Equal("1600", Assert.Single(release.Debits).SpentAfter);
    }

    [Fact]
    public async Task Transactions_that_replace_each_other_are_not_void_and_one_alone_is()
    {
        var session = (await _daemon.Alice.OpenAsync("orders")).Session.SessionId;
        await _daemon.Alice.SignAsync(session, new Transfer { Amount = 300, Nonce = 1 }, "a");
        await _daemon.Alice.SignAsync(session, new Transfer { Amount = 500, Nonce = 1 }, "b");
        await _daemon.Alice.SignAsync(session, new Transfer { Amount = 700, Nonce = 2 }, "c");
        await RefusedAsync(_daemon.Settler.ReleaseAsync(session, "a"), StatusCode.FailedPrecondition, "request_id");
        await RefusedAsync(_daemon.Settler.ReleaseAsync(session, "b"), StatusCode.FailedPrecondition, "request_id");
        await _daemon.Settler.ReleaseAsync(session, "c");
        Assert.Equal("2000", await RemainingAsync(session));
    }

    [Fact]
    public async Task After_a_crash_what_was_released_stays_released_and_the_rest_can_be()
    {
        var first = (await _daemon.Alice.OpenAsync("venue")).Session.SessionId;
        await _daemon.Alice.SignAsync(first, new Order { Amount = "900" }, "one");
        await _daemon.Alice.SignAsync(first, new Order { Amount = "800", Nonce = "2" }, "two");
        await _daemon.Alice.SignAsync(first, new Transfer { Amount = 700 }, "transaction");
        var released = await _daemon.Settler.ReleaseAsync(first, "one");

        await _daemon.KillAsync();
        await _daemon.StartAsync();

        Assert.Equal(released, await _daemon.Settler.ReleaseAsync(first, "one"));
        await RefusedAsync(_daemon.Settler.ReleaseAsync(first, "transaction"), StatusCode.FailedPrecondition, "request_id");
        var second = (await _daemon.Alice.OpenAsync("venue")).Session.SessionId;
        Assert.Equal("1000", await RemainingAsync(second));
        Assert.Equal("800", Assert.Single((await _daemon.Settler.ReleaseAsync(first, "two")).GivenBack).Amount);
        Assert.Equal("1800", await RemainingAsync(second));
    }

    private async Task<string> RemainingAsync(string session) =>
        Assert.Single((await _daemon.Alice.GetAsync(session)).Headroom, h => h.Rule == "ceiling.budgets[usdc]").Remaining;

    private static SessionSigner.Audit.Entry Decode(LogEntry logged)
    {
        Assert.True(SessionSigner.Audit.EntryCodec.TryDecode(logged.Entry.Span, out var entry, out var fault), fault);
        return entry!;
    }

    private static async Task RefusedAsync(Task call, StatusCode code, string field)
    {
        var refusal = await Refusal.OfAsync(call);
        Assert.Equal((code, field), (refusal.Code, refusal.Field));
    }
}
