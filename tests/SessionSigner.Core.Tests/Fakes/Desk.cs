using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using SessionSigner.Audit;
using SessionSigner.Ethereum;

namespace SessionSigner.Core.Tests;

/// <summary>A registry and a pipeline on fakes, with one policy: token transfers of at most 100 each and 1,000 in all, 10 sessions a principal.</summary>
internal sealed class Desk : IAsyncDisposable
{
    public static readonly Principal Trader = new("spiffe://desk/trader");
    public static readonly Principal Other = new("spiffe://desk/other");
    public static readonly Principal Settler = new("spiffe://desk/settler");
    public static readonly Principal Operator = new("spiffe://desk/operator");
    public static readonly Address Token = AddressOf(0x11);
    public static readonly Address Payee = AddressOf(0x22);
    public static readonly Address Account = AddressOf(0x33);

    /// <summary>EntryPoint v0.7.</summary>
    public const string EntryPoint = "0x0000000071727De22E5E9d8BAf0edAc6f37da032";

    /// <summary>A budget that lasts for the life of its session.</summary>
    public const string OwnForLife = "\"window\":\"lifetime\",\"per\":\"session\"";

    private static int s_requests;

    public Desk(
        string rates = "",
        long limit = 1_000,
        string more = "",
        int maxOpen = 10,
        SessionOptions? options = null,
        IJournal? journal = null,
        string budget = OwnForLife,
        Desk? before = null,
        bool byApproval = false
    )
    {
        Time = before?.Time ?? new SteppedTime();
        Journal = before?.Journal ?? new MemoryJournal();
        Options = options ?? new SessionOptions();
        Policy = ParsePolicy(rates, limit, more, maxOpen, budget);
        Policies = new ActivePolicies(new PolicySet(byApproval ? [] : [Policy]));
        Registry = new SessionRegistry(Vault, Authority, journal ?? Journal, Policies, Time, Options);
        Pipeline = new SigningPipeline(Registry, journal ?? Journal);
        Releaser = new ReservationReleaser(Registry, journal ?? Journal);
    }

    /// <summary>The clocks; those of the desk before, if this one is its next start.</summary>
    public SteppedTime Time { get; }

    public MemoryJournal Journal { get; }

    public ManagedVault Vault { get; } = new();

    public SoftwareAuthority Authority { get; } = new();

    public SessionOptions Options { get; }

    public Policy Policy { get; }

    /// <summary>The policies in force: the one, or none until a store puts one in force.</summary>
    public ActivePolicies Policies { get; }

    public SessionRegistry Registry { get; }

    public SigningPipeline Pipeline { get; }

    public ReservationReleaser Releaser { get; }

    public Task<ReleaseResult> ReleaseAsync(
        string sessionId,
        string requestId,
        ReleaseOutcome outcome = ReleaseOutcome.Void,
        Principal? caller = null
    ) => Releaser.ReleaseAsync(caller ?? Settler, sessionId, requestId, outcome, CancellationToken.None);

    /// <summary>Signs an order, which nothing replaces.</summary>
    public Task<SignResult> SignOrderAsync(string sessionId, ulong amount, string? requestId = null) =>
        Pipeline.SignTypedDataAsync(Trader, sessionId, requestId ?? NextRequestId(), Order(amount), CancellationToken.None);

    public static Address AddressOf(byte value) => new([.. Enumerable.Repeat(value, Address.Size)]);

    public static OpenSessionCommand Command(string requestId = "open-1", long lifetime = 0, string narrowing = "") =>
        new("pay", "", "", "", lifetime, Encoding.UTF8.GetBytes(narrowing), requestId);

    /// <summary>A scope as JSON that allows transfers of at most <paramref name="each"/>.</summary>
    public static string Scope(long each = 100, long limit = 1_000, string rates = "", string more = "", string budget = OwnForLife) =>
        $$"""
            {"version":1,"chains":["1"],"permissions":[{"name":"pay","kind":"call","targets":["{{Token}}"],
             "function":"transfer(address to, uint256 amount)","constraints":[{"path":"amount","op":"lte","value":"{{each}}"}],
             "meters":[{"budget":"usdc","path":"amount"}]},
              {"name":"order","kind":"typed_data","domain":{"name":"Exchange","chain_id":"1"},"primary_type":"Order","type":"Order(address maker,uint256 amount)",
             "constraints":[{"path":"amount","op":"lte","value":"{{each}}"}],"meters":[{"budget":"usdc","path":"amount"}]},
              {"name":"batch","kind":"call","targets":["{{Token}}"],"function":"multicall(bytes[] calls)","unwrap":"multicall"},
              {"name":"operate","kind":"user_operation","chain":"1","entry_point":{"address":"{{EntryPoint}}","version":"0.7"},
             "senders":["{{Account}}","{{Payee}}"],"nonce_keys":["0"],"signature_form":"hash","unwrap":["account"]}],
             "budgets":[{"name":"usdc","unit":"USDC base units","limit":"{{limit}}",{{budget}}}]{{rates}}{{more}}}
            """;

    /// <summary>An unsigned EIP-1559 transaction that transfers tokens.</summary>
    public static byte[] Transfer(ulong amount, ulong nonce = 0, Address? target = null) =>
        Transaction(TransferData(amount), nonce, target ?? Token);

    /// <summary>Calldata of a transfer.</summary>
    public static byte[] TransferData(ulong amount) => [0xa9, 0x05, 0x9c, 0xbb, .. new byte[12], .. Payee.ToArray(), .. Word(amount)];

    /// <summary>An unsigned EIP-1559 transaction.</summary>
    public static byte[] Transaction(byte[] data, ulong nonce, Address target) =>
        [
            2,
            .. Rlp.List(
                Rlp.Integer(1),
                Rlp.Integer(nonce),
                Rlp.Integer(1),
                Rlp.Integer(2),
                Rlp.Integer(100_000),
                Rlp.Text(target.ToArray()),
                Rlp.Integer(0),
                Rlp.Text(data),
                Rlp.List()
            ),
        ];

    /// <summary>An EIP-712 order as JSON in UTF-8.</summary>
    public static byte[] Order(ulong amount, string domain = "Exchange") =>
        Encoding.UTF8.GetBytes(
            $$$"""
            {"types":{"EIP712Domain":[{"name":"name","type":"string"},{"name":"chainId","type":"uint256"}],
              "Order":[{"name":"maker","type":"address"},{"name":"amount","type":"uint256"}]},
             "primaryType":"Order","domain":{"name":"{{{domain}}}","chainId":1},"message":{"maker":"{{{Account}}}","amount":"{{{amount}}}"}}
            """
        );

    public async Task<SessionView> OpenAsync(
        string requestId = "open-1",
        long lifetime = 0,
        string narrowing = "",
        Principal? caller = null
    ) => (await Registry.OpenAsync(caller ?? Trader, Command(requestId, lifetime, narrowing), CancellationToken.None)).Session;

    public Task<SignResult> SignAsync(
        string sessionId,
        ulong amount = 1,
        string? requestId = null,
        CancellationToken cancellationToken = default
    )
    {
        requestId ??= NextRequestId();
        return Pipeline.SignTransactionAsync(Trader, sessionId, requestId, Transfer(amount, NonceOf(requestId)), cancellationToken);
    }

    /// <summary>A nonce of the request's own, so that no transaction replaces another.</summary>
    public static ulong NonceOf(string requestId) => BitConverter.ToUInt64(SHA256.HashData(Encoding.UTF8.GetBytes(requestId))) >> 1;

    /// <summary>Signs and returns the failure.</summary>
    public async Task<SignerException> RefuseAsync(string sessionId, ulong amount = 1, string? requestId = null) =>
        await Assert.ThrowsAsync<SignerException>(() => SignAsync(sessionId, amount, requestId));

    public static string NextRequestId() => "r" + Interlocked.Increment(ref s_requests).ToString(CultureInfo.InvariantCulture);

    /// <summary>What is left of the ceiling's budget.</summary>
    public string Remaining(string sessionId) =>
        Registry.Get(Trader, false, sessionId).Headroom.Single(headroom => headroom.Rule == "ceiling.budgets[usdc]").Remaining;

    /// <summary>Waits until something holds that happens on other threads.</summary>
    public static async Task EventuallyAsync(Func<bool> condition)
    {
        for (var i = 0; i < 2_000 && !condition(); i++)
        {
            await Task.Delay(1);
        }
        Assert.True(condition());
    }

    /// <summary>No signature follows its session's end in the log.</summary>
    public static void AssertNothingSignedAfterEnd(IEnumerable<Entry> entries)
    {
        var ended = new HashSet<string>();
        foreach (var entry in entries)
        {
            if (entry.Kind == EntryKind.SessionEnded)
            {
                Assert.True(ended.Add(entry.SessionId));
            }
            Assert.False(entry.Kind == EntryKind.Signed && ended.Contains(entry.SessionId));
        }
    }

    public async ValueTask DisposeAsync() => await Registry.DisposeAsync();

    private static byte[] Word(ulong value)
    {
        var word = new byte[32];
        ((UInt256)value).WriteBigEndian(word);
        return word;
    }

    private static Policy ParsePolicy(string rates, long limit, string more, int maxOpen, string budget)
    {
        var json = $$"""
            {"version":1,"name":"pay","principals":["{{Trader.Identity}}","{{Operator.Identity}}"],"releasers":["{{Settler.Identity}}"],"primary_keys":["treasury"],
             "accounts":["{{Account}}"],"audiences":["exchange"],"max_lifetime_seconds":3600,"max_open_sessions_per_principal":{{maxOpen}},
             "ceiling":{{Scope(100, limit, rates, more, budget)}}}
            """;
        Assert.True(Policy.TryParse(Encoding.UTF8.GetBytes(json), out var policy, out var faults), string.Join(' ', faults));
        return policy!;
    }
}
