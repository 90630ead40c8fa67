using Google.Protobuf;
using SessionSigner.Ethereum;
using SessionSigner.Grants;
using SessionSigner.V1;

namespace SessionSigner.Client.Tests;

/// <summary>Fixed keys and a fixed time, so that every grant and signature is the same in every run.</summary>
public static partial class FakeKeys
{
    public const long Now = 1_800_000_000;
    public const string SessionId = "5f2b0c6d9a7e4c1f8b3d2e1a0c9f8e7d";
    public const string Audience = "desk.example";
    public const string Account = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266";

    public const string CeilingJson = """
        {"version":1,"chains":["1"],"permissions":[{"name":"pay","kind":"call","targets":["0xA0b86991c6218b36c1d19D4a2e9Eb0cE3606eB48"],
        "function":"transfer(address to, uint256 amount)","constraints":[{"path":"amount","op":"lte","value":"1000"}],
        "max_gas":"200000","meters":[{"budget":"usdc","path":"amount"}]}],
        "budgets":[{"name":"usdc","unit":"USDC base units","limit":"5000","window":"lifetime","per":"session"}],"rates":[],"max_signatures":100}
        """;

    public static readonly byte[] SessionPrivateKey = [.. Enumerable.Repeat((byte)0x11, 32)];
    public static readonly byte[] PrimaryPrivateKey = [.. Enumerable.Repeat((byte)0x22, 32)];
    public static readonly byte[] OtherPrivateKey = [.. Enumerable.Repeat((byte)0x33, 32)];

    public static PublicKey PublicKeyOf(byte[] privateKey)
    {
        var compressed = new byte[33];
        Assert.True(Secp256k1.TryCreatePublicKey(privateKey, compressed));
        return new PublicKey(Curve.Secp256k1, compressed);
    }

    /// <summary>r, s and the recovery identifier plus <paramref name="recoveryBase"/>.</summary>
    public static byte[] Sign(byte[] privateKey, Hash32 digest, int recoveryBase)
    {
        var signature = new byte[65];
        Assert.True(Secp256k1.TrySignRecoverable(privateKey, digest, signature));
        signature[64] += (byte)recoveryBase;
        return signature;
    }

    public static EffectiveScope Scope(string narrowingJson = "")
    {
        Assert.True(
            Grants.Scope.TryParse(System.Text.Encoding.UTF8.GetBytes(CeilingJson), out var ceiling, out var faults),
            string.Join(' ', faults)
        );
        Scope? narrowing = null;
        if (narrowingJson.Length > 0)
        {
            Assert.True(
                Grants.Scope.TryParse(System.Text.Encoding.UTF8.GetBytes(narrowingJson), out narrowing, out faults),
                string.Join(' ', faults)
            );
        }

        return new EffectiveScope(ceiling!, narrowing);
    }

    public static UnsignedGrant Grant(EffectiveScope scope)
    {
        Assert.True(Address.TryParseChecksummed(Account, out var account));
        return new UnsignedGrant
        {
            GrantId = new Hash32([.. Enumerable.Repeat((byte)0xab, 32)]),
            SessionKey = PublicKeyOf(SessionPrivateKey),
            PrimaryKey = PublicKeyOf(PrimaryPrivateKey),
            Account = account,
            Chains = [1],
            NotBefore = Now - 10,
            NotAfter = Now + 3_600,
            ScopeHash = scope.Hash,
            PolicyDigest = new Hash32([.. Enumerable.Repeat((byte)0xcd, 32)]),
            Audience = Audience,
        };
    }

    public static string GrantJson(UnsignedGrant grant, EffectiveScope scope, byte[]? signingKey = null) =>
        GrantCodec.ToJson(new SignedGrant(grant, Sign(signingKey ?? PrimaryPrivateKey, GrantCodec.Digest(grant), 27)), scope);

    public static Session Session(UnsignedGrant grant, EffectiveScope scope) =>
        new()
        {
            SessionId = SessionId,
            State = SessionState.Open,
            Principal = TestCertificates.Identity,
            Policy = "desk",
            PolicyDigest = grant.PolicyDigest.ToString(),
            PrimaryKey = "primary-1",
            GrantId = grant.GrantId.ToString(),
            Account = Account,
            Address = Address.FromPublicKey(grant.SessionKey.Compressed.Span).ToString(),
            PublicKey = ByteString.CopyFrom(grant.SessionKey.Compressed.Span),
            NotBefore = grant.NotBefore,
            NotAfter = grant.NotAfter,
            ScopeJson = scope.CanonicalJson,
            Headroom = { Headroom() },
            OpenedAtMs = (Now - 10) * 1_000,
        };

    /// <summary>A container that is allowed with one call, and what it would take.</summary>
    public static Trace AllowingTrace() =>
        new()
        {
            Steps =
            {
                new TraceStep { Permission = "ceiling.permissions[1]", Met = true },
                new TraceStep
                {
                    Permission = "ceiling.permissions[0]",
                    Position = "calls[0]",
                    Met = true,
                },
                new TraceStep { Permission = "narrowing.permissions[0]", Met = true },
            },
            Debits =
            {
                new TraceDebit
                {
                    Rule = "ceiling.budgets[usdc]",
                    Unit = "USDC base units",
                    Amount = "2500000",
                },
            },
        };

    /// <summary>A call that the ceiling lets pass but for its second carried call, that the narrowing refuses twice, and of which one step is left out.</summary>
    public static Trace RefusingTrace() =>
        new()
        {
            Steps =
            {
                new TraceStep { Permission = "ceiling.permissions[1]", Met = true },
                new TraceStep
                {
                    Position = "calls[1]",
                    Reason = DenialReason.TargetNotAllowed,
                    Rule = "ceiling.permissions",
                    Observed = "0x01 on chain 1",
                    Limit = "transfer(address,uint256) at 0x02",
                },
                new TraceStep
                {
                    Permission = "narrowing.permissions[0]",
                    Reason = DenialReason.ConstraintUnmet,
                    Rule = "narrowing.permissions[0].constraints[2]",
                    Observed = "1000001",
                    Limit = "amount <= 1000000",
                },
                new TraceStep
                {
                    Reason = DenialReason.RateExceeded,
                    Rule = "narrowing.rates[0]",
                    Observed = "11",
                    Limit = "10",
                    Headroom = "0",
                    RetryAfterMs = 250,
                },
            },
            LeftOut = 1,
        };

    public static Headroom Headroom(string remaining = "5000") =>
        new()
        {
            Rule = "ceiling.budgets[usdc]",
            Unit = "USDC base units",
            Limit = "5000",
            Remaining = remaining,
        };

    /// <summary>A clock that stands still at <see cref="Now"/>.</summary>
    public sealed class Clock : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => DateTimeOffset.FromUnixTimeSeconds(Now);
    }
}
