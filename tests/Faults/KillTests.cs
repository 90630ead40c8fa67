using System.Globalization;
using Conformance;
using Interop;
using Xunit.Abstractions;

namespace Faults;

/// <summary>kill -9 at random moments under load. SESSIONSIGNER_KILL_ROUNDS sets the number of rounds.</summary>
public sealed class KillTests(DaemonFixture daemon, ITestOutputHelper output) : IClassFixture<DaemonFixture>
{
    private const int RoundsByDefault = 12;
    private static readonly TimeSpan CheckLimit = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task After_kill_9_every_released_signature_is_in_the_log_and_no_budget_is_exceeded()
    {
        var rounds = int.Parse(
            Environment.GetEnvironmentVariable("SESSIONSIGNER_KILL_ROUNDS") ?? $"{RoundsByDefault}",
            CultureInfo.InvariantCulture
        );
        var released = new Released(daemon.WriteFile("released.jsonl", ""));
        for (var round = 0; round < rounds; round++)
        {
            var traffic = (await Traffic.OpenAsync(released, daemon.Alice, daemon.Bob)).Releasing(daemon.Settler);
            using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(20));
            var running = traffic.RunAsync(stop.Token);
            await Task.Delay(Random.Shared.Next(1, 700), CancellationToken.None);
            await daemon.KillAsync();
            await running;
            Assert.False(stop.IsCancellationRequested, "the clients did not notice that the daemon was gone");

            await daemon.StartAsync(); // by itself: nothing is repaired in between
            var fresh = released.Flush();
            await AssertSameAnswersAsync(fresh);
            await AssertSessionsAreOverAsync(fresh);
            var check = await CheckAsync(released);
            output.WriteLine($"round {round}: {fresh.Count} released; {check.Output.Trim()}");
        }
        Assert.True(released.Count > rounds, "the clients hardly received anything: the rounds prove nothing");

        await AssertSharedBudgetIsExactAsync(released);

        var audit = await daemon.RunCliAsync(Identities.Auditor, "audit", "verify", "--json");
        Assert.True(audit.ExitCode == 0, audit.Error + audit.Output);
    }

    /// <summary>What the crashes left of the shared budget is signed away by parallel clients; in all it was as many times the amount as fit.</summary>
    private async Task AssertSharedBudgetIsExactAsync(Released released)
    {
        const int times = Policies.TeamBudget / Policies.TeamAmount;
        using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var traffic = await Traffic.OpenAsync(released, [daemon.Alice, daemon.Bob], Traffic.Team, Traffic.Team, Traffic.Team, Traffic.Team);
        await traffic.RunUntilRefusedAsync(stop.Token);
        Assert.False(stop.IsCancellationRequested, "the shared budget did not come to its end");
        released.Flush();
        var check = await CheckAsync(released);
        Assert.Contains(
            string.Create(CultureInfo.InvariantCulture, $"\"policy/team/team/ceiling.budgets[usdc]\": {times * Policies.TeamAmount}"),
            check.Output,
            StringComparison.Ordinal
        );
        Assert.DoesNotContain("\"given_back\": 0", check.Output, StringComparison.Ordinal);
        output.WriteLine($"shared budget: {check.Output.Trim()}");
    }

    [Fact]
    public async Task The_independent_check_finds_a_signature_that_is_not_in_the_log()
    {
        var session = (await daemon.Alice.OpenAsync("bots")).Session.SessionId;
        var released = new Released(daemon.WriteFile("control.jsonl", ""));
        var unsigned = new Transfer { Nonce = 1 }.Encode();
        var answer = await daemon.Alice.SignAsync(session, unsigned, "control");
        var received = Traffic.ToReceived(session, "control", unsigned, answer);
        released.Add(received);
        released.Flush();
        await CheckAsync(released);

        released.Add(received with { Signature = new string('0', 128) });
        released.Flush();
        var check = await ForeignProgram.RunPythonAsync("../Faults/check_journal.py", CheckLimit, daemon.JournalFile, released.File);

        Assert.Equal(1, check.ExitCode);
        Assert.Contains("control", check.Output, StringComparison.Ordinal);
    }

    /// <summary>The last signatures again: the same request gets the same answer, also from another process after a crash.</summary>
    private async Task AssertSameAnswersAsync(IReadOnlyList<Received> fresh)
    {
        foreach (var received in fresh.TakeLast(8))
        {
            var owner = await OwnerAsync(received.SessionId);
            var again = await owner.SignAsync(received.SessionId, received.Body, received.RequestId);
            Assert.Equal(received, Traffic.ToReceived(received.SessionId, received.RequestId, received.Body, again));
        }
    }

    private async Task AssertSessionsAreOverAsync(IReadOnlyList<Received> fresh)
    {
        foreach (var session in fresh.Select(received => received.SessionId).Distinct())
        {
            var seen = await daemon.Auditor.GetAsync(session);
            Assert.Equal(SessionSigner.V1.SessionState.Ended, seen.State);
            Assert.Equal(SessionSigner.V1.SessionEndReason.Lost, seen.EndReason);
        }
    }

    private async Task<Caller> OwnerAsync(string session) =>
        (await daemon.Auditor.GetAsync(session)).Principal == Identities.Alice ? daemon.Alice : daemon.Bob;

    private async Task<ProgramResult> CheckAsync(Released released)
    {
        var check = await ForeignProgram.RunPythonAsync("../Faults/check_journal.py", CheckLimit, daemon.JournalFile, released.File);
        Assert.True(check.ExitCode == 0, check.Output + check.Error);
        return check;
    }
}
