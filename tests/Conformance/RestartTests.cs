using SessionSigner.V1;

namespace Conformance;

/// <summary>What outlives the daemon, and what must not. Each test has a daemon of its own.</summary>
public class RestartTests : IAsyncLifetime
{
    private readonly DaemonFixture _daemon = new();

    public Task InitializeAsync() => _daemon.InitializeAsync();

    public Task DisposeAsync() => _daemon.DisposeAsync();

    [Fact]
    public async Task After_a_crash_sessions_are_lost_and_the_record_is_whole()
    {
        var opened = await _daemon.Alice.OpenAsync("desk");
        var id = opened.Session.SessionId;
        var requestId = Caller.NewId();
        var signed = await _daemon.Alice.SignAsync(id, new Transfer { Amount = 700 }, requestId);
        var before = await _daemon.Auditor.EntriesAsync();

        await _daemon.KillAsync();
        await _daemon.StartAsync();

        var session = await _daemon.Alice.GetAsync(id);
        Assert.Equal(SessionState.Ended, session.State);
        Assert.Equal(SessionEndReason.Lost, session.EndReason);
        Assert.Equal(1UL, session.Signatures);
        var refusal = await Refusal.OfAsync(_daemon.Alice.SignAsync(id, new Transfer { Nonce = 1 }));
        Assert.Equal(Grpc.Core.StatusCode.FailedPrecondition, refusal.Code);

        // The answer that was given is still the answer.
        var again = await _daemon.Alice.SignAsync(id, new Transfer { Amount = 700 }, requestId);
        Assert.Equal(signed.SignedTransaction, again.SignedTransaction);
        Assert.Equal(signed.AuditIndex, again.AuditIndex);

        var after = await _daemon.Auditor.EntriesAsync();
        Assert.Equal(before.Select(entry => entry.Entry), after.Take(before.Count).Select(entry => entry.Entry));
        var checkpoint = (await _daemon.Auditor.Audit.GetCheckpointAsync(new(), Caller.Options())).Checkpoint;
        Assert.Equal(checkpoint.RootHash.ToByteArray(), MerkleRoot.Of([.. after.Select(entry => entry.Entry.ToByteArray())]));
        Assert.False((await VerifyAsync(opened.GrantJson)).Valid);
        Assert.Equal(SessionState.Open, (await _daemon.Alice.OpenAsync("desk")).Session.State);
    }

    [Fact]
    public async Task A_shutdown_ends_every_session_and_says_so()
    {
        var id = (await _daemon.Alice.OpenAsync("desk")).Session.SessionId;
        Assert.Equal(0, await _daemon.StopAsync());
        await _daemon.StartAsync();
        Assert.Equal(SessionEndReason.Shutdown, (await _daemon.Alice.GetAsync(id)).EndReason);
    }

    [Fact]
    public async Task A_second_daemon_on_the_same_journal_does_not_start()
    {
        var second = await _daemon.RunDaemonAsync(TimeSpan.FromSeconds(30), "--config", _daemon.SecondConfiguration());
        Assert.NotEqual(0, second.ExitCode);
        Assert.Contains("journal", second.Error + second.Output, StringComparison.OrdinalIgnoreCase);
        await _daemon.AssertHealthyAsync();
    }

    private async Task<VerifyGrantResponse> VerifyAsync(string grant) =>
        await _daemon.Alice.Grants.VerifyGrantAsync(
            new VerifyGrantRequest { GrantJson = grant, Audience = Policies.Audience },
            Caller.Options()
        );
}
