namespace SessionSigner.Core.Tests;

public sealed class ReadingTests
{
    [Fact]
    public async Task Pages_follow_each_other_newest_first()
    {
        await using var desk = new Desk(maxOpen: 100);
        var opened = new List<string>();
        for (var i = 0; i < 7; i++)
        {
            opened.Add((await desk.OpenAsync("o" + i)).SessionId);
        }
        await desk.OpenAsync("x", caller: Desk.Operator);
        await desk.Registry.CloseAsync(Desk.Trader, opened[2], default);
        Assert.Equal(Enumerable.Reverse(opened), ReadAll(desk, false, includeEnded: true));
        Assert.Equal(Enumerable.Reverse(opened).Where(id => id != opened[2]), ReadAll(desk, false, includeEnded: false));
        Assert.Equal(8, ReadAll(desk, true, includeEnded: true).Count);
        Assert.Empty(desk.Registry.ListSessions(Desk.Other, false, true, 0, "").Sessions);
    }

    [Fact]
    public async Task Long_scopes_make_short_pages()
    {
        await using var desk = new Desk(maxOpen: 100);
        var accounts = string.Join(',', Enumerable.Range(0, 256).Select(i => $"\"{new Ethereum.Address([.. new byte[18], 1, (byte)i])}\""));
        var targets = string.Join(
            ',',
            Enumerable.Range(1, 3).Select(i => $$"""{"name":"f{{i}}","kind":"call","targets":[{{accounts}}],"function":"f{{i}}()"}""")
        );
        var narrowing = $$"""{"version":1,"chains":["1"],"permissions":[{{targets}}]}""";
        for (var i = 0; i < 40; i++)
        {
            await desk.OpenAsync("o" + i, narrowing: narrowing);
        }

        var first = desk.Registry.ListSessions(Desk.Trader, false, true, 500, "");
        var second = desk.Registry.ListSessions(Desk.Trader, false, true, 500, first.NextPageToken);

        Assert.InRange(first.Sessions.Sum(view => view.ScopeJson.Length), 1_000_000, 1_200_000);
        Assert.Equal("", second.NextPageToken);
        Assert.Equal(40, first.Sessions.Concat(second.Sessions).DistinctBy(view => view.SessionId).Count());
    }

    [Theory]
    [InlineData(1, new[] { 2 })]
    [InlineData(7, new[] { 8 })]
    [InlineData(40, new[] { 32, 9 })]
    [InlineData(0, new[] { 32, 32 })]
    public async Task A_page_reads_one_session_more_than_it_takes(int size, int[] expected)
    {
        await using var desk = new Desk(maxOpen: 100);
        for (var i = 0; i < 50; i++)
        {
            await desk.OpenAsync("o" + i);
        }
        desk.Journal.Asked.Clear();

        var page = desk.Registry.ListSessions(Desk.Trader, false, true, size, "");

        Assert.Equal(expected, desk.Journal.Asked);
        Assert.Equal(size is > 0 and < 50, page.NextPageToken.Length > 0);
    }

    [Theory]
    [InlineData(-1, "", "page_size")]
    [InlineData(501, "", "page_size")]
    [InlineData(1, "x", "page_token")]
    [InlineData(1, "-1", "page_token")]
    [InlineData(1, "99999999999999999999", "page_token")]
    [InlineData(1, " 1", "page_token")]
    public async Task A_malformed_page_is_named(int size, string token, string field)
    {
        await using var desk = new Desk();
        var failure = Assert.Throws<SignerException>(() => desk.Registry.ListSessions(Desk.Trader, false, true, size, token));
        Assert.Equal((ErrorCode.InvalidRequest, field), (failure.Code, failure.Field));
    }

    [Fact]
    public async Task A_grant_is_its_owners_and_the_auditors()
    {
        await using var desk = new Desk();
        var opened = await desk.Registry.OpenAsync(Desk.Trader, Desk.Command(), default);
        Assert.Equal(opened.GrantJson.ToArray(), desk.Registry.FindGrant(Desk.Trader, false, opened.Session.GrantId).GrantJson.ToArray());
        Assert.Equal(opened.Session.SessionId, desk.Registry.FindGrant(Desk.Other, true, opened.Session.GrantId).SessionId);
        var failure = Assert.Throws<SignerException>(() => desk.Registry.FindGrant(Desk.Other, false, opened.Session.GrantId));
        Assert.Equal(ErrorCode.NotFound, failure.Code);
    }

    [Fact]
    public async Task A_watcher_sees_the_session_at_once_every_interval_and_at_its_end()
    {
        await using var desk = new Desk();
        var session = await desk.OpenAsync();
        await using var views = desk.Registry.WatchAsync(Desk.Trader, false, session.SessionId, default).GetAsyncEnumerator();
        Assert.True(await views.MoveNextAsync());
        Assert.Equal(SessionState.Open, views.Current.State);
        var next = views.MoveNextAsync().AsTask();
        Assert.False(next.IsCompleted);
        await desk.SignAsync(session.SessionId, 10);
        desk.Time.Advance(desk.Options.WatchInterval);
        Assert.True(await next);
        Assert.Equal((SessionState.Open, 1), (views.Current.State, views.Current.Signatures));
        next = views.MoveNextAsync().AsTask();
        await desk.Registry.CloseAsync(Desk.Trader, session.SessionId, default);
        Assert.True(await next);
        Assert.Equal(SessionEndReason.Closed, views.Current.EndReason);
        Assert.False(await views.MoveNextAsync());
    }

    [Fact]
    public async Task Watching_an_ended_session_shows_it_once_and_watching_stops_when_cancelled()
    {
        await using var desk = new Desk();
        var (a, b) = (await desk.OpenAsync("a"), await desk.OpenAsync("b"));
        await desk.Registry.CloseAsync(Desk.Trader, a.SessionId, default);
        var seen = new List<SessionView>();
        await foreach (var view in desk.Registry.WatchAsync(Desk.Trader, false, a.SessionId, default))
        {
            seen.Add(view);
        }
        Assert.Equal(SessionState.Ended, Assert.Single(seen).State);
        using var source = new CancellationTokenSource();
        await using var views = desk.Registry.WatchAsync(Desk.Trader, false, b.SessionId, source.Token).GetAsyncEnumerator();
        Assert.True(await views.MoveNextAsync());
        var next = views.MoveNextAsync().AsTask();
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => next);
        await using var other = desk.Registry.WatchAsync(Desk.Other, false, b.SessionId, default).GetAsyncEnumerator();
        Assert.Equal(ErrorCode.SessionNotFound, (await Assert.ThrowsAsync<SignerException>(async () => await other.MoveNextAsync())).Code);
    }

    private static List<string> ReadAll(Desk desk, bool mayReadAll, bool includeEnded)
    {
        var ids = new List<string>();
        var token = "";
        do
        {
            var page = desk.Registry.ListSessions(Desk.Trader, mayReadAll, includeEnded, 3, token);
            Assert.InRange(page.Sessions.Count, 0, 3);
            ids.AddRange(page.Sessions.Select(view => view.SessionId));
            token = page.NextPageToken;
        } while (token.Length > 0);
        return ids;
    }
}
