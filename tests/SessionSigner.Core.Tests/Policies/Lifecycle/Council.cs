using System.Text;
using SessionSigner.Ethereum;
using SessionSigner.Grants;

namespace SessionSigner.Core.Tests;

/// <summary>A desk whose policies three approvers decide on, two of whom it takes; the time lock is a minute.</summary>
internal sealed class Council : IAsyncDisposable
{
    public const string Origin = "test/log";
    public const int TimeLockSeconds = 60;

    public static readonly Principal Officer = new("spiffe://desk/approver");

    public SoftApprover Alice { get; private init; } = new("alice");

    public SoftApprover Bob { get; private init; } = new("bob");

    public SoftApprover Carol { get; private init; } = new("carol");

    public required Desk Desk { get; init; }

    public PolicyStore Store { get; private set; } = null!;

    public ApproverRoster FirstRoster { get; private set; } = null!;

    public static async Task<Council> OpenAsync(string budget = Desk.OwnForLife)
    {
        var council = new Council { Desk = new Desk(byApproval: true, budget: budget) };
        council.FirstRoster = SoftApprover.Roster(2, TimeLockSeconds, council.Alice, council.Bob, council.Carol);
        council.Store = await council.OpenStoreAsync(council.FirstRoster);
        return council;
    }

    /// <summary>The next start on the same journal.</summary>
    public async Task<Council> RestartAsync(string budget = Desk.OwnForLife)
    {
        await Desk.Registry.ShutdownAsync(CancellationToken.None);
        var next = new Council
        {
            Desk = new Desk(byApproval: true, budget: budget, before: Desk),
            Alice = Alice,
            Bob = Bob,
            Carol = Carol,
            FirstRoster = FirstRoster,
        };
        next.Store = await next.OpenStoreAsync(FirstRoster);
        return next;
    }

    public Task<PolicyStore> OpenStoreAsync(ApproverRoster roster) =>
        PolicyStore.OpenByApprovalAsync(Desk.Journal, Desk.Registry, Desk.Policies, roster, Origin);

    /// <summary>The desk's policy with another description, which is another version.</summary>
    public byte[] Version(string description, string? budget = null)
    {
        var json = $"{{\"description\":\"{description}\",{Desk.Policy.CanonicalJson[1..]}";
        return Encoding.UTF8.GetBytes(
            budget is null
                ? json
                : json.Replace("\"per\":\"policy\",\"unit\":\"USDC base units\",\"window\":\"lifetime\"", budget, StringComparison.Ordinal)
        );
    }

    public async Task<Hash32> ProposeAsync(byte[] document, PolicyDocumentKind kind = PolicyDocumentKind.Policy) =>
        (await Store.ProposeAsync(Desk.Operator, kind, document)).Change.Version.Digest;

    public Task<VersionChange> ApproveAsync(Hash32 digest, SoftApprover approver) =>
        Store.ApproveAsync(Officer, digest, approver.Sign(Store.Get(digest).Statement));

    /// <summary>Proposes, has two approve, waits for the time lock, activates.</summary>
    public async Task<(Hash32 Digest, VersionChange Change)> EnactAsync(
        byte[] document,
        PolicyDocumentKind kind = PolicyDocumentKind.Policy
    )
    {
        var digest = await ProposeAsync(document, kind);
        await ApproveAsync(digest, Alice);
        await ApproveAsync(digest, Bob);
        Desk.Time.Advance(TimeSpan.FromSeconds(Store.Roster!.TimeLockSeconds));
        return (digest, await Store.ActivateAsync(Desk.Operator, digest));
    }

    public PolicyState StateOf(Hash32 digest) => Store.Get(digest).Version.State;

    public static async Task<SignerException> RefusedAsync(Func<Task> call, ErrorCode code)
    {
        var failure = await Assert.ThrowsAsync<SignerException>(call);
        Assert.Equal(code, failure.Code);
        return failure;
    }

    public async ValueTask DisposeAsync()
    {
        Alice.Dispose();
        Bob.Dispose();
        Carol.Dispose();
        await Desk.DisposeAsync();
    }
}
