using Google.Protobuf;
using Google.Rpc;
using Grpc.Core;
using SessionSigner.Audit;
using SessionSigner.V1;
using Entry = SessionSigner.Audit.Entry;

namespace SessionSigner.Client.Tests;

/// <summary>What the fake services do; a test changes it to make them lie or fail.</summary>
public sealed class FakeBehaviour
{
    public bool Healthy { get; set; } = true;

    /// <summary>Thrown instead of answering, for as long as <see cref="FailuresLeft"/> is not 0; negative is for ever.</summary>
    public RpcException? Failure { get; set; }

    public int FailuresLeft { get; set; } = -1;

    /// <summary>Key that signs payloads.</summary>
    public byte[] SigningKey { get; set; } = FakeKeys.SessionPrivateKey;

    /// <summary>Changes an answer before it is sent.</summary>
    public Action<IMessage> Tamper { get; set; } = _ => { };

    /// <summary>Request identifiers in the order they came.</summary>
    public List<string> RequestIds { get; } = [];

    public string Narrowing { get; set; } = "";

    public List<byte[]> Log { get; } =
    [
        EntryCodec.Encode(
            new Entry
            {
                Kind = EntryKind.DaemonStarted,
                TimeMs = FakeKeys.Now * 1_000,
                Detail = "version 0.1.0",
            }
        ),
        EntryCodec.Encode(
            new Entry
            {
                Kind = EntryKind.SessionOpened,
                TimeMs = (FakeKeys.Now * 1_000) + 1,
                Principal = TestCertificates.Identity,
                SessionId = FakeKeys.SessionId,
                RequestId = "open-1",
                Policy = "desk",
                PolicyDigest = new byte[32],
                PrimaryKey = "primary-1",
                Grant = System.Text.Encoding.UTF8.GetBytes(FakeKeys.GrantJson(FakeKeys.Grant(FakeKeys.Scope()), FakeKeys.Scope())),
            }
        ),
        EntryCodec.Encode(
            new Entry
            {
                Kind = EntryKind.SignRefused,
                TimeMs = (FakeKeys.Now * 1_000) + 5,
                Principal = TestCertificates.Identity,
                SessionId = FakeKeys.SessionId,
                RequestId = "order-1",
                PayloadKind = "transaction",
                Rule = "ceiling.budgets[usdc]",
                Reason = "BudgetExceeded",
                Observed = "6000",
                Limit = "5000",
            }
        ),
        EntryCodec.Encode(
            new Entry
            {
                Kind = EntryKind.Signed,
                TimeMs = (FakeKeys.Now * 1_000) + 9,
                Principal = TestCertificates.Identity,
                SessionId = FakeKeys.SessionId,
                RequestId = "order-2",
                PayloadKind = "transaction",
                PayloadDigest = new byte[32],
                SignatureHash = new byte[32],
                Rule = "ceiling.permissions[0]",
                Debits = [new BudgetDebit("ceiling.budgets[usdc]", "100", "100")],
            }
        ),
    ];

    public T Answer<T>(T answer)
        where T : IMessage
    {
        if (Failure is not null && FailuresLeft != 0)
        {
            FailuresLeft--;
            throw Failure;
        }

        Tamper(answer);
        return answer;
    }

    public static RpcException Error(StatusCode status, string reason, string message, params IMessage[] details)
    {
        var rpc = new Google.Rpc.Status { Code = (int)status, Message = message };
        rpc.Details.Add(Google.Protobuf.WellKnownTypes.Any.Pack(new ErrorInfo { Reason = reason, Domain = "sessionsigner" }));
        rpc.Details.AddRange(details.Select(Google.Protobuf.WellKnownTypes.Any.Pack));
        return rpc.ToRpcException();
    }

    public static RpcException Denied(Trace? trace = null) =>
        Error(
            StatusCode.ResourceExhausted,
            "DENIED",
            "The scope refuses this request.",
            new Denial
            {
                Reason = DenialReason.BudgetExceeded,
                Rule = "ceiling.budgets[usdc]",
                Observed = "6000",
                Limit = "5000",
                Headroom = "100",
                RetryAfterMs = 1_500,
                AuditIndex = 7,
                Trace = trace,
            }
        );
}
