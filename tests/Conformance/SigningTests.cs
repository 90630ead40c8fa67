using Google.Protobuf;
using SessionSigner.Ethereum;
using SessionSigner.V1;

namespace Conformance;

[Collection(DaemonCollection.Name)]
public class SigningTests(DaemonFixture daemon)
{
    [Fact]
    public async Task A_transaction_within_the_scope_is_signed_by_the_session_key()
    {
        var opened = await daemon.Alice.OpenAsync("desk");
        var unsigned = new Transfer { Amount = 700 }.Encode();
        var answer = await daemon.Alice.SignAsync(opened.Session.SessionId, unsigned);

        Assert.Equal(65, answer.Signature.Length);
        Assert.InRange(answer.Signature[64], 0, 1);
        Assert.Equal(opened.Session.PublicKey.ToByteArray(), Recover(Keccak256.Hash(unsigned), answer.Signature.Span));
        Assert.True(Secp256k1.IsLowS(answer.Signature.Span[..64]));
        Assert.Equal(Keccak256.Hash(answer.SignedTransaction.Span).ToString(), Hex(answer.TransactionHash));
        Assert.Equal("1800", Remaining(answer.Headroom));
    }

    [Fact]
    public async Task An_order_within_the_scope_is_signed_by_the_session_key()
    {
        var opened = await daemon.Alice.OpenAsync("desk");
        var answer = await daemon.Alice.SignAsync(opened.Session.SessionId, new Order { Amount = "1000" });

        Assert.InRange(answer.Signature[64], 27, 28);
        byte[] signature = [.. answer.Signature.Span[..64], (byte)(answer.Signature[64] - 27)];
        Assert.True(Hash32.TryParse(Hex(answer.Digest), out var digest));
        Assert.Equal(opened.Session.PublicKey.ToByteArray(), Recover(digest, signature));
        Assert.Equal("1500", Remaining(answer.Headroom));
    }

    [Fact]
    public async Task The_same_request_gives_the_same_answer_and_debits_once()
    {
        var opened = await daemon.Alice.OpenAsync("desk");
        var sessionId = opened.Session.SessionId;
        var requestId = Caller.NewId();
        var first = await daemon.Alice.SignAsync(sessionId, new Transfer { Amount = 600 }, requestId);
        var again = await daemon.Alice.SignAsync(sessionId, new Transfer { Amount = 600 }, requestId);
        Assert.Equal(first.SignedTransaction, again.SignedTransaction);
        Assert.Equal(first.AuditIndex, again.AuditIndex);
        Assert.Equal("1900", Remaining((await daemon.Alice.GetAsync(sessionId)).Headroom));

        var other = await Refusal.OfAsync(daemon.Alice.SignAsync(sessionId, new Transfer { Amount = 601 }, requestId));
        Assert.Equal(Grpc.Core.StatusCode.AlreadyExists, other.Code);
        Assert.Equal("1900", Remaining((await daemon.Alice.GetAsync(sessionId)).Headroom));
    }

    [Fact]
    public async Task Opening_twice_with_one_request_id_opens_one_session()
    {
        var requestId = Caller.NewId();
        var first = await daemon.Alice.OpenAsync("desk", requestId: requestId);
        var again = await daemon.Alice.OpenAsync("desk", requestId: requestId);
        Assert.Equal(first.Session.SessionId, again.Session.SessionId);
        Assert.Equal(first.GrantJson, again.GrantJson);
        var other = await Refusal.OfAsync(daemon.Alice.OpenAsync("bots", requestId: requestId));
        Assert.Equal(Grpc.Core.StatusCode.AlreadyExists, other.Code);
    }

    [Fact]
    public async Task Concurrent_requests_spend_the_budget_exactly()
    {
        var opened = await daemon.Alice.OpenAsync("desk");
        var calls = Enumerable
            .Range(0, 64)
            .Select(async nonce =>
            {
                try
                {
                    await daemon.Alice.SignAsync(opened.Session.SessionId, new Transfer { Nonce = nonce, Amount = 100 });
                    return 1;
                }
                catch (Grpc.Core.RpcException e) when (e.StatusCode == Grpc.Core.StatusCode.PermissionDenied)
                {
                    return 0;
                }
            });
        Assert.Equal(Policies.Budget / 100, (await Task.WhenAll(calls)).Sum());
        var session = await daemon.Alice.GetAsync(opened.Session.SessionId);
        Assert.Equal("0", Remaining(session.Headroom));
        Assert.Equal(25UL, session.Signatures);
    }

    [Fact]
    public async Task Evaluate_explains_and_consumes_nothing()
    {
        var opened = await daemon.Alice.OpenAsync("desk");
        var before = (await daemon.Auditor.EntriesAsync()).Count;
        var request = new EvaluateRequest
        {
            SessionId = opened.Session.SessionId,
            UnsignedTransaction = ByteString.CopyFrom(new Transfer { Amount = 900 }.Encode()),
        };
        var allowed = await daemon.Alice.Signing.EvaluateAsync(request, Caller.Options());
        Assert.Null(allowed.Denial);
        Assert.Equal("1600", Remaining(allowed.Headroom));
        request.UnsignedTransaction = ByteString.CopyFrom(new Transfer { Amount = 1001 }.Encode());
        var refused = await daemon.Alice.Signing.EvaluateAsync(request, Caller.Options());
        Assert.Equal(DenialReason.ConstraintUnmet, refused.Denial.Reason);
        Assert.False(refused.Denial.HasAuditIndex);
        Assert.Equal("2500", Remaining((await daemon.Alice.GetAsync(opened.Session.SessionId)).Headroom));
        Assert.Equal(before, (await daemon.Auditor.EntriesAsync()).Count);
    }

    private static string Remaining(IEnumerable<Headroom> headroom) =>
        Assert.Single(headroom, h => h.Rule == "ceiling.budgets[usdc]").Remaining;

    private static string Hex(ByteString bytes) => "0x" + Convert.ToHexStringLower(bytes.Span);

    private static byte[] Recover(Hash32 digest, ReadOnlySpan<byte> signature65)
    {
        var key = new byte[33];
        Assert.True(Secp256k1.TryRecover(digest, signature65, key));
        return key;
    }
}
