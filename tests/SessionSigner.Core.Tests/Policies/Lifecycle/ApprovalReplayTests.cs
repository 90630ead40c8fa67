namespace SessionSigner.Core.Tests;

public class ApprovalReplayTests
{
    [Fact]
    public async Task Approvals_that_lost_against_another_version_are_not_good_again_once_that_is_retired()
    {
        await using var council = await Council.OpenAsync();
        var wide = await council.ProposeAsync(council.Version("wide"));
        var statement = council.Store.Get(wide).Statement;
        string[] signatures = [council.Alice.Sign(statement), council.Bob.Sign(statement)];
        foreach (var signature in signatures)
        {
            await council.Store.ApproveAsync(Council.Officer, wide, signature);
        }
        // The quorum thinks better of it; an operator alone takes the better one away again.
        var (narrow, _) = await council.EnactAsync(council.Version("narrow"));
        await council.Store.RetireAsync(Desk.Operator, narrow, "to have the wide one instead");

        await AssertRefusedAsync(council, wide, signatures);
        await using var next = await council.RestartAsync();
        await AssertRefusedAsync(next, wide, signatures);

        await next.ApproveAsync(wide, next.Alice);
        Assert.Equal(PolicyState.Approved, (await next.ApproveAsync(wide, next.Carol)).Version.State);
    }

    [Fact]
    public async Task No_statement_of_a_version_comes_twice()
    {
        await using var council = await Council.OpenAsync();
        var digest = await council.ProposeAsync(council.Version("one"));
        var statements = new List<string> { council.Store.Get(digest).Statement };
        for (var i = 0; i < 3; i++)
        {
            var (other, _) = await council.EnactAsync(council.Version($"other {i}"));
            statements.Add(council.Store.Get(digest).Statement);
            await council.Store.RetireAsync(Desk.Operator, other, "again");
            statements.Add(council.Store.Get(digest).Statement);
        }

        Assert.Equal(statements.Count, statements.Distinct(StringComparer.Ordinal).Count());
    }

    private static async Task AssertRefusedAsync(Council council, Ethereum.Hash32 digest, string[] signatures)
    {
        foreach (var signature in signatures)
        {
            await Council.RefusedAsync(() => council.Store.ApproveAsync(Council.Officer, digest, signature), ErrorCode.InvalidRequest);
        }
        Assert.Equal(PolicyState.Proposed, council.StateOf(digest));
    }
}
