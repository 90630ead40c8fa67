using SessionSigner.V1;

namespace Conformance;

/// <summary>A session that is open while bad input arrives, and shows that it lost nothing by it.</summary>
internal sealed class Probe : IAsyncDisposable
{
    private readonly DaemonFixture _daemon;
    private Session _before;
    private int _nonce;

    private Probe(DaemonFixture daemon, OpenSessionResponse opened)
    {
        _daemon = daemon;
        _before = opened.Session;
        GrantJson = opened.GrantJson;
    }

    public string Id => _before.SessionId;

    public string GrantId => _before.GrantId;

    public string GrantJson { get; }

    public static async Task<Probe> OpenAsync(DaemonFixture daemon, string policy = "desk") =>
        new(daemon, await daemon.Alice.OpenAsync(policy));

    /// <summary>Nothing was signed and no budget moved; the session still signs, and exactly that is counted; the daemon is healthy.</summary>
    public async Task AssertUnharmedAsync()
    {
        var after = await _daemon.Alice.GetAsync(Id);
        Assert.Equal(_before, after);
        await _daemon.Alice.SignAsync(Id, new Transfer { Amount = 1, Nonce = _nonce++ });
        _before = await _daemon.Alice.GetAsync(Id);
        Assert.Equal(after.Signatures + 1, _before.Signatures);
        Assert.Equal(Remaining(after) - 1, Remaining(_before));
        await _daemon.AssertHealthyAsync();
    }

    public async ValueTask DisposeAsync() => await _daemon.Alice.CloseAsync(Id);

    private static int Remaining(Session session) =>
        int.Parse(
            session.Headroom.Single(h => h.Rule == "ceiling.budgets[usdc]").Remaining,
            System.Globalization.CultureInfo.InvariantCulture
        );
}
