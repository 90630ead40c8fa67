using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;

namespace SessionSigner.Core.Tests;

/// <summary>
/// Orders, transactions that replace each other and releases in any order, against a model that knows nothing of buckets: whatever of what was signed may still
/// execute, executed at its worst, is never more than the limit; and nothing comes back that was not taken.
/// </summary>
public sealed class ReleaseModelTests
{
    private const int Limit = 200;

    [Property(MaxTest = 60)]
    public Property Whatever_may_still_execute_is_within_the_limit() =>
        Prop.ForAll(Steps().ToArbitrary(), steps => Task.Run(() => RunAsync(steps)).GetAwaiter().GetResult());

    private static async Task<bool> RunAsync(Step[] steps)
    {
        await using var desk = new Desk(limit: Limit);
        var session = (await desk.OpenAsync()).SessionId;
        var orders = new Dictionary<string, int>();
        var transactions = new List<(string Request, int Nonce, int Amount)>();
        var released = new HashSet<string>();
        foreach (var step in steps)
        {
            var before = int.Parse(desk.Remaining(session));
            var request = $"r{step.Pick}";
            try
            {
                switch (step.Kind)
                {
                    case 0:
                        request = Desk.NextRequestId();
                        await desk.SignOrderAsync(session, (ulong)step.Amount, request);
                        orders.Add(request, step.Amount);
                        break;
                    case 1:
                        request = Desk.NextRequestId();
                        await ReleaseTests.SignAsync(desk, session, request, (ulong)step.Amount, (ulong)step.Nonce);
                        transactions.Add((request, step.Nonce, step.Amount));
                        break;
                    default:
                        string[] known = [.. orders.Keys, .. transactions.Select(item => item.Request)];
                        if (known.Length == 0)
                        {
                            continue;
                        }
                        request = known[step.Pick % known.Length];
                        var outcome = step.Kind == 2 ? ReleaseOutcome.Void : ReleaseOutcome.Executed;
                        var result = await desk.ReleaseAsync(session, request, outcome);
                        var givenBack = result.GivenBack.Sum(item => int.Parse(item.Amount));
                        var taken = orders.GetValueOrDefault(request, transactions.Find(item => item.Request == request).Amount);
                        var isFirst = released.Add(request);
                        if (givenBack > taken || int.Parse(desk.Remaining(session)) != before + (isFirst ? givenBack : 0))
                        {
                            return false;
                        }
                        if (outcome == ReleaseOutcome.Void)
                        {
                            // The releaser's word: it never executes.
                            orders.Remove(request);
                            transactions.RemoveAll(item => item.Request == request);
                        }
                        break;
                }
            }
            catch (SignerException failure) when (failure.Code is ErrorCode.Denied or ErrorCode.NotReleasable or ErrorCode.RequestIdReused)
            {
                if (int.Parse(desk.Remaining(session)) != before)
                {
                    return false;
                }
            }
            var worst = orders.Values.Sum() + transactions.GroupBy(item => item.Nonce).Sum(slot => slot.Max(item => item.Amount));
            if (worst > Limit - int.Parse(desk.Remaining(session)))
            {
                return false;
            }
        }
        ReleaseLog.Check(desk.Journal.Entries);
        return true;
    }

    private static Gen<Step[]> Steps() =>
        (
            from kind in Gen.Frequency((3, Gen.Constant(0)), (4, Gen.Constant(1)), (4, Gen.Constant(2)), (1, Gen.Constant(3)))
            from amount in Gen.Choose(0, 60)
            from nonce in Gen.Choose(0, 3)
            from pick in Gen.Choose(0, 100)
            select new Step(kind, amount, nonce, pick)
        ).ArrayOf(60);

    private sealed record Step(int Kind, int Amount, int Nonce, int Pick);
}
