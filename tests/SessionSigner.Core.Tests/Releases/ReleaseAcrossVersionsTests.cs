namespace SessionSigner.Core.Tests;

public class ReleaseAcrossVersionsTests
{
    private const string PerPolicy = "\"window\":\"lifetime\",\"per\":\"policy\"";

    [Fact]
    public async Task What_was_taken_under_an_earlier_version_comes_back_to_the_one_in_force()
    {
        await using var council = await Council.OpenAsync(PerPolicy);
        await council.EnactAsync(council.Version("one"));
        var old = (await council.Desk.OpenAsync("open-1")).SessionId;
        await council.Desk.SignOrderAsync(old, 60, "order");
        await council.EnactAsync(council.Version("two"));
        var session = (await council.Desk.OpenAsync("open-2")).SessionId;
        await council.Desk.SignOrderAsync(session, 10);

        await AssertComesBackAsync(council.Desk, old, session);
    }

    [Fact]
    public async Task What_was_taken_under_another_pinned_version_comes_back_to_the_one_of_this_start()
    {
        var desk = new Desk(budget: PerPolicy);
        var old = (await desk.OpenAsync("open-1")).SessionId;
        await desk.SignOrderAsync(old, 60, "order");
        await desk.Registry.CloseAsync(Desk.Trader, old, default);
        await desk.DisposeAsync();

        await using var next = new Desk(budget: PerPolicy, maxOpen: 9, before: desk);
        var session = (await next.OpenAsync("open-2")).SessionId;
        await next.SignOrderAsync(session, 10);

        await AssertComesBackAsync(next, old, session);
    }

    private static async Task AssertComesBackAsync(Desk desk, string old, string session)
    {
        Assert.Equal("930", desk.Remaining(session));
        Assert.Equal("60", Assert.Single((await desk.ReleaseAsync(old, "order")).GivenBack).Amount);
        Assert.Equal("990", desk.Remaining(session));
        await desk.SignOrderAsync(session, 5);
        Assert.Equal("15", ReleaseLog.Check(desk.Journal.Entries).Single().Value.ToString());
    }
}
