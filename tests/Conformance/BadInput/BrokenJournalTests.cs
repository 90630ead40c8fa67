using Grpc.Core;
using Grpc.Health.V1;
using Interop;
using SessionSigner.V1;

namespace Conformance;

/// <summary>Somebody changes the journal under the running daemon. It signs nothing more, says so, and does not start on what was changed.</summary>
public sealed class BrokenJournalTests : IAsyncLifetime
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly DaemonFixture _daemon = new();

    public Task InitializeAsync() => _daemon.InitializeAsync();

    public Task DisposeAsync() => _daemon.DisposeAsync();

    [Fact]
    public async Task Nothing_is_signed_after_a_failed_commit_and_health_says_so()
    {
        var opened = await _daemon.Alice.OpenAsync("desk");
        await _daemon.Alice.SignAsync(opened.Session.SessionId, new Transfer { Amount = 1 });
        await BreakAsync();

        for (var i = 1; i < 20; i++)
        {
            var sign = await Refusal.OfAsync(_daemon.Alice.SignAsync(opened.Session.SessionId, new Transfer { Amount = 1, Nonce = i }));
            Assert.Equal((StatusCode.Unavailable, "JOURNAL_FAILED"), (sign.Code, sign.ErrorReason));
        }
        var denied = await Refusal.OfAsync(_daemon.Alice.SignAsync(opened.Session.SessionId, new Transfer { To = Policies.Stranger }));
        Assert.Equal((StatusCode.Unavailable, "JOURNAL_FAILED"), (denied.Code, denied.ErrorReason));
        var open = await Refusal.OfAsync(_daemon.Alice.OpenAsync("desk"));
        Assert.Equal((StatusCode.Unavailable, "JOURNAL_FAILED"), (open.Code, open.ErrorReason));

        var started = TimeProvider.System.GetTimestamp();
        while (await IsServingAsync())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(started) < Limit, "health still says that all is well");
            await Task.Delay(200);
        }
        // What was durable can still be read, and the key can still be wiped.
        Assert.Equal(1UL, (await _daemon.Alice.GetAsync(opened.Session.SessionId)).Signatures);
        Assert.Equal(StatusCode.Unavailable, (await Refusal.OfAsync(_daemon.Alice.CloseAsync(opened.Session.SessionId))).Code);
        Assert.Equal(0U, (await _daemon.Auditor.Custody.GetCustodyReportAsync(new(), Caller.Options())).OpenSessionCount);

        await _daemon.KillAsync();
        var again = await _daemon.RunDaemonAsync(Limit, "--config", Path.Combine(_daemon.Folder, "sessionsignerd.yaml"));
        Assert.Equal(74, again.ExitCode);
        Assert.Contains("journal", again.Error, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("   at ", again.Error, StringComparison.Ordinal);
    }

    private async Task BreakAsync()
    {
        var script = "import sqlite3, sys; d = sqlite3.connect(sys.argv[1]); d.execute('DELETE FROM head'); d.commit()";
        var run = await ForeignProgram.RunAsync("/usr/bin/python3", ["-c", script, _daemon.JournalFile], Limit);
        Assert.True(run.ExitCode == 0, run.Error);
    }

    private async Task<bool> IsServingAsync()
    {
        using var handler = _daemon.Handler(Identities.Auditor);
        using var channel = Grpc.Net.Client.GrpcChannel.ForAddress(
            $"https://{_daemon.Target}",
            new Grpc.Net.Client.GrpcChannelOptions { HttpHandler = handler }
        );
        var answer = await new Health.HealthClient(channel).CheckAsync(
            new HealthCheckRequest { Service = "sessionsigner.v1.SigningService" },
            Caller.Options()
        );
        return answer.Status == HealthCheckResponse.Types.ServingStatus.Serving;
    }
}
