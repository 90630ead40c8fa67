using FsCheck;
using FsCheck.Xunit;
using SessionSigner.Audit;
using SessionSigner.Ethereum;

namespace SessionSigner.Core.Tests;

/// <summary>Sessions of two principals that sign, replace, are refused and are lost in any order, against a model of one number for each sharer.</summary>
public sealed class InterleavingTests
{
    private const int Limit = 300;
    private static readonly Principal[] Principals = [Desk.Trader, Desk.Operator];

    [Property(MaxTest = 60)]
    public async Task Any_interleaving_and_any_restart_leaves_what_the_model_says(byte kind, ushort[] steps)
    {
        var per = (kind % 4) switch
        {
            0 => "session",
            1 => "principal",
            2 => "policy",
            _ => "primary_key",
        };
        var window = (kind / 4 % 2) == 0 ? "lifetime" : "calendar_day";
        var budget = $"\"window\":\"{window}\",\"per\":\"{per}\"";
        var desk = new Desk(limit: Limit, budget: budget, maxOpen: 1_000);
        var sessions = new Dictionary<int, string>();
        var spent = new Dictionary<string, int>();
        var slots = new Dictionary<(string, int, long), int>();
        var opened = 0;
        long day = 0;
        foreach (var step in steps)
        {
            switch (step % 16)
            {
                case 0:
                    // The process is gone; so are its sessions.
                    desk = new Desk(limit: Limit, budget: budget, maxOpen: 1_000, before: desk);
                    sessions.Clear();
                    break;
                case 1:
                    desk.Time.Advance(TimeSpan.FromMinutes(step % 50));
                    sessions.Clear();
                    break;
                case 2:
                    desk.Time.JumpWall(TimeSpan.FromHours(step % 32 < 16 ? -1 : 24));
                    sessions.Clear();
                    break;
                default:
                    break;
            }
            var number = step / 16 % 5;
            var principal = Principals[number % 2];
            if (!sessions.TryGetValue(number, out var session))
            {
                session = (await desk.OpenAsync($"open-{opened++}", caller: principal)).SessionId;
                sessions.Add(number, session);
            }
            var (amount, nonce) = ((step / 80 % 100) + 1, step / 7 % 3);
            var today = window == "lifetime" ? 0 : day = Math.Max(day, desk.Time.NowSeconds / 86_400);
            var sharer = per switch
            {
                "session" => session,
                "principal" => principal.Identity,
                _ => "all",
            };
            var counter = $"{sharer} {today}";
            var before = slots.GetValueOrDefault((session, nonce, today));
            var more = Math.Max(0, amount - before);
            var fits = spent.GetValueOrDefault(counter) + more <= Limit;
            Assert.Equal(fits, await TrySignAsync(desk, principal, session, (ulong)amount, (ulong)nonce));
            if (fits)
            {
                spent[counter] = spent.GetValueOrDefault(counter) + more;
                slots[(session, nonce, today)] = Math.Max(before, amount);
                var debit = desk.Journal.Entries[^1].Debits.Single();
                Assert.Equal(($"{more}", $"{spent[counter]}"), (debit.Amount, debit.SpentAfter));
            }
            Assert.Equal($"{Limit - spent.GetValueOrDefault(counter)}", desk.Registry.Get(principal, false, session).Headroom[0].Remaining);
        }
        await desk.DisposeAsync();
    }

    private static async Task<bool> TrySignAsync(Desk desk, Principal principal, string session, ulong amount, ulong nonce)
    {
        try
        {
            await desk.Pipeline.SignTransactionAsync(principal, session, Desk.NextRequestId(), Desk.Transfer(amount, nonce), default);
            return true;
        }
        catch (SignerException failure) when (failure.Denial?.Reason == DenialReason.BudgetExceeded)
        {
            return false;
        }
    }
}
