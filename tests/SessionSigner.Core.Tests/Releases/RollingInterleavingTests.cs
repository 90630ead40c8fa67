using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;

namespace SessionSigner.Core.Tests;

/// <summary>
/// Orders of two principals in a rolling window that sessions may share, released or not, across restarts and time, against a model that is a list of amounts: each counts
/// from its granule until the window has passed after it, unless it was released as void.
/// </summary>
public sealed class RollingInterleavingTests
{
    private const int Limit = 200;
    private const int WindowSeconds = 60;
    private const int GranularitySeconds = 5;
    private static readonly Principal[] s_principals = [Desk.Trader, Desk.Operator];

    [Property(MaxTest = 60)]
    public Property Any_interleaving_leaves_what_the_model_says() =>
        Prop.ForAll(
            Gen.Zip(Gen.Elements("session", "principal", "policy", "primary_key"), Steps()).ToArbitrary(),
            sample => Task.Run(() => RunAsync(sample.Item1, sample.Item2)).GetAwaiter().GetResult()
        );

    private static async Task<bool> RunAsync(string per, Step[] steps)
    {
        var budget =
            $"\"window\":\"rolling\",\"window_seconds\":{WindowSeconds},\"granularity_seconds\":{GranularitySeconds},\"per\":\"{per}\"";
        var desk = new Desk(limit: Limit, budget: budget, maxOpen: 1_000);
        var sessions = new Dictionary<int, string>();
        var orders = new List<Order>();
        var opened = 0;
        foreach (var step in steps)
        {
            if (step.Kind == StepKind.Restart)
            {
                // The process is gone; so are its sessions.
                desk = new Desk(limit: Limit, budget: budget, maxOpen: 1_000, before: desk);
                sessions.Clear();
            }
            else if (step.Kind == StepKind.Wait)
            {
                desk.Time.Advance(TimeSpan.FromSeconds(step.Amount / 2));
            }
            var number = step.Pick % 5;
            var principal = s_principals[number % 2];
            if (!sessions.TryGetValue(number, out var session))
            {
                session = (await desk.OpenAsync($"open-{opened++}", caller: principal)).SessionId;
                sessions.Add(number, session);
            }
            var sharer = per switch
            {
                "session" => session,
                "principal" => principal.Identity,
                _ => "all",
            };
            if (step.Kind == StepKind.Sign)
            {
                var request = Desk.NextRequestId();
                var fits = Counted(orders, sharer, desk.Time.NowSeconds) + step.Amount <= Limit;
                if (await TrySignAsync(desk, principal, session, request, step.Amount) != fits)
                {
                    return false;
                }
                if (fits)
                {
                    var end = ((desk.Time.NowSeconds / GranularitySeconds) + 1) * GranularitySeconds;
                    orders.Add(new Order(session, request, sharer, step.Amount, end + WindowSeconds));
                }
            }
            else if (step.Kind == StepKind.Release && orders.Count > 0)
            {
                var order = orders[step.Pick % orders.Count];
                // A budget of one session ends with it.
                var counts = order.Until > desk.Time.NowSeconds && (per != "session" || sessions.ContainsValue(order.Session));
                var result = await desk.ReleaseAsync(order.Session, order.Request);
                if (result.GivenBack.Sum(item => int.Parse(item.Amount)) != (counts ? order.Amount : 0))
                {
                    return false;
                }
                orders.Remove(order);
            }
            var left = Limit - Counted(orders, sharer, desk.Time.NowSeconds);
            if (desk.Registry.Get(principal, false, session).Headroom[0].Remaining != $"{left}")
            {
                return false;
            }
        }
        ReleaseLog.Check(desk.Journal.Entries);
        await desk.DisposeAsync();
        return true;
    }

    private static int Counted(List<Order> orders, string sharer, long nowSeconds) =>
        orders.Where(order => order.Sharer == sharer && order.Until > nowSeconds).Sum(order => order.Amount);

    private static async Task<bool> TrySignAsync(Desk desk, Principal principal, string session, string request, int amount)
    {
        try
        {
            await desk.Pipeline.SignTypedDataAsync(principal, session, request, Desk.Order((ulong)amount), CancellationToken.None);
            return true;
        }
        catch (SignerException failure) when (failure.Denial?.Reason == DenialReason.BudgetExceeded)
        {
            return false;
        }
    }

    private static Gen<Step[]> Steps() =>
        (
            from kind in Gen.Frequency(
                (8, Gen.Constant(StepKind.Sign)),
                (3, Gen.Constant(StepKind.Wait)),
                (3, Gen.Constant(StepKind.Release)),
                (1, Gen.Constant(StepKind.Restart))
            )
            from amount in Gen.Choose(0, 70)
            from pick in Gen.Choose(0, 100)
            select new Step(kind, amount, pick)
        ).ArrayOf(60);

    private enum StepKind
    {
        Sign,
        Wait,
        Release,
        Restart,
    }

    private sealed record Step(StepKind Kind, int Amount, int Pick);

    /// <param name="Session">Its session.</param>
    /// <param name="Request">Its request.</param>
    /// <param name="Sharer">Who shares the budget.</param>
    /// <param name="Amount">What it takes.</param>
    /// <param name="Until">The second from which it does not count any more.</param>
    private sealed record Order(string Session, string Request, string Sharer, int Amount, long Until);
}
