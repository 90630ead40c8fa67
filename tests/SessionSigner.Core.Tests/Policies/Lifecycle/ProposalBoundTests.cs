namespace SessionSigner.Core.Tests;

public class ProposalBoundTests
{
    [Fact]
    public async Task Proposals_are_bounded_also_if_each_is_retired()
    {
        await using var council = await Council.OpenAsync();
        var count = 0;
        for (; count < 200; count++)
        {
            try
            {
                var digest = await council.ProposeAsync(council.Version($"v{count}"));
                await council.Store.RetireAsync(Desk.Operator, digest, "not wanted");
            }
            catch (SignerException failure) when (failure.Code == ErrorCode.Overloaded)
            {
                break;
            }
        }
        Assert.InRange(count, PolicyLedger.PendingMax, 100);

        // About one a second in the long run.
        council.Desk.Time.Advance(TimeSpan.FromMilliseconds(1_100));
        await council.ProposeAsync(council.Version("later"));
        await Council.RefusedAsync(() => council.ProposeAsync(council.Version("too soon")), ErrorCode.Overloaded);
    }

    [Fact]
    public async Task Versions_that_wait_are_bounded_and_make_room_when_they_end()
    {
        await using var council = await Council.OpenAsync();
        var digests = new List<Ethereum.Hash32>();
        for (var i = 0; i < PolicyLedger.PendingMax; i++)
        {
            digests.Add(await council.ProposeAsync(council.Version($"v{i}")));
        }
        await Council.RefusedAsync(() => council.ProposeAsync(council.Version("one more")), ErrorCode.Overloaded);
        await council.ApproveAsync(digests[0], council.Alice);
        await council.ApproveAsync(digests[0], council.Bob);
        council.Desk.Time.Advance(TimeSpan.FromSeconds(Council.TimeLockSeconds));
        await council.Store.ActivateAsync(Desk.Operator, digests[0]);
        await council.ProposeAsync(council.Version("in place of the active"));
        await council.Store.RetireAsync(Desk.Operator, digests[1], "not wanted");
        await council.ProposeAsync(council.Version("in place of the retired"));

        await using var next = await council.RestartAsync();
        await Council.RefusedAsync(() => next.ProposeAsync(next.Version("one more")), ErrorCode.Overloaded);
        await next.Store.RetireAsync(Desk.Operator, digests[2], "not wanted");
        await next.ProposeAsync(next.Version("one more"));
    }

    [Fact]
    public async Task Faults_are_told_as_far_as_they_fit_into_the_headers_of_an_answer()
    {
        await using var council = await Council.OpenAsync();
        var members = string.Join(',', Enumerable.Range(0, 1_000).Select(i => $"\"unknown{i}\":1"));

        var failure = await Council.RefusedAsync(
            () => council.ProposeAsync(System.Text.Encoding.UTF8.GetBytes($"{{{members}}}")),
            ErrorCode.InvalidRequest
        );

        Assert.InRange(failure.Message.Length, 200, 1_024);
    }
}
