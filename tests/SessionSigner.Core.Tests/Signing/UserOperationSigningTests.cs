using System.Text;
using System.Text.Json.Nodes;
using SessionSigner.Ethereum;

namespace SessionSigner.Core.Tests;

/// <summary>User operations through the pipeline: whose they are, what is signed, what replaces what.</summary>
public sealed class UserOperationSigningTests
{
    [Fact]
    public async Task The_digest_is_signed_and_the_log_has_it()
    {
        await using var desk = new Desk();
        var session = await desk.OpenAsync();
        var request = Request(70);
        var result = await desk.Pipeline.SignUserOperationAsync(Desk.Trader, session.SessionId, "op-1", request, default);
        Assert.True(UserOperation.TryParse(request.Version, request.EntryPoint, 1, request.Json.Span, out var operation, out _));
        Assert.Equal((operation!.Hash, operation.Hash), (result.Digest, result.UserOperationHash));
        var signer = new byte[33];
        Assert.True(Secp256k1.TryRecover(result.Digest, result.Signature65, signer));
        Assert.Equal(session.PublicKey.ToArray(), signer);
        var entry = desk.Journal.Entries[^1];
        Assert.Equal(("user_operation", "op-1", "ceiling.permissions[3]"), (entry.PayloadKind, entry.RequestId, entry.Rule));
        Assert.Equal(result.Digest.ToArray(), entry.PayloadDigest.ToArray());
        Assert.Equal("930", desk.Remaining(session.SessionId));
    }

    [Fact]
    public async Task Only_the_sessions_account_is_a_sender()
    {
        await using var desk = new Desk();
        var session = (await desk.OpenAsync()).SessionId;
        var refusal = await RefusalAsync(desk, session, Request(1, sender: Desk.Payee));
        Assert.Equal(
            (DenialReason.UserOperationNotAllowed, "session.account", Desk.Payee.ToString(), Desk.Account.ToString()),
            (refusal.Reason, refusal.Rule, refusal.Observed, refusal.Limit)
        );
        Assert.Equal("1000", desk.Remaining(session));
    }

    [Fact]
    public async Task Everything_that_the_hash_depends_on_is_part_of_the_request()
    {
        await using var desk = new Desk();
        var session = (await desk.OpenAsync()).SessionId;
        var request = Request(1);
        await desk.Pipeline.SignUserOperationAsync(Desk.Trader, session, "op-1", request, default);
        foreach (
            var other in (UserOperationRequest[])
                [
                    request with
                    {
                        ChainId = 2,
                    },
                    request with
                    {
                        EntryPoint = Desk.Token,
                    },
                    request with
                    {
                        Version = EntryPointVersion.V08,
                    },
                    request with
                    {
                        Form = UserOperationForm.PersonalMessage,
                    },
                    Request(2),
                ]
        )
        {
            var failure = await Assert.ThrowsAsync<SignerException>(() =>
                desk.Pipeline.SignUserOperationAsync(Desk.Trader, session, "op-1", other, default)
            );
            Assert.Equal(ErrorCode.RequestIdReused, failure.Code);
        }
        var again = await desk.Pipeline.SignUserOperationAsync(Desk.Trader, session, "op-1", request, default);
        Assert.NotNull(again.UserOperationHash);
        Assert.Equal("999", desk.Remaining(session));
    }

    [Fact]
    public async Task Operations_with_the_same_nonce_count_as_the_largest()
    {
        await using var desk = new Desk(limit: 100);
        var session = (await desk.OpenAsync()).SessionId;
        foreach (var (amount, left) in new[] { (40UL, "60"), (70UL, "30"), (10UL, "30") })
        {
            await SignAsync(desk, session, Request(amount, nonce: "0x5"));
            Assert.Equal(left, desk.Remaining(session));
        }
        // Another nonce, and a transaction with the same one, replace nothing.
        await SignAsync(desk, session, Request(10, nonce: "0x6"));
        Assert.Equal("20", desk.Remaining(session));
        await desk.Pipeline.SignTransactionAsync(Desk.Trader, session, Desk.NextRequestId(), Desk.Transfer(10, nonce: 5), default);
        Assert.Equal("10", desk.Remaining(session));
    }

    [Theory]
    [InlineData(UserOperationForm.Unspecified, EntryPointVersion.V07)]
    [InlineData((UserOperationForm)3, EntryPointVersion.V07)]
    [InlineData(UserOperationForm.Hash, EntryPointVersion.Unspecified)]
    [InlineData(UserOperationForm.Hash, (EntryPointVersion)9)]
    public async Task What_is_not_stated_is_refused(UserOperationForm form, EntryPointVersion version)
    {
        await using var desk = new Desk();
        var session = (await desk.OpenAsync()).SessionId;
        var refusal = await RefusalAsync(desk, session, Request(1) with { Form = form, Version = version });
        Assert.Equal((DenialReason.Undecodable, "payload.user_operation"), (refusal.Reason, refusal.Rule));
    }

    [Fact]
    public async Task An_empty_or_too_large_operation_is_refused_before_it_is_looked_at()
    {
        await using var desk = new Desk();
        var session = (await desk.OpenAsync()).SessionId;
        foreach (var size in (int[])[0, UserOperation.SizeMax + 1])
        {
            var failure = await Assert.ThrowsAsync<SignerException>(() =>
                SignAsync(desk, session, Request(1) with { Json = new byte[size] })
            );
            Assert.Equal((ErrorCode.InvalidRequest, "user_operation.json"), (failure.Code, failure.Field));
        }
    }

    private static async Task<Denial> RefusalAsync(Desk desk, string session, UserOperationRequest request)
    {
        var evaluated = desk.Pipeline.Evaluate(Desk.Trader, session, PayloadKind.UserOperation, request.ToBody());
        var failure = await Assert.ThrowsAsync<SignerException>(() => SignAsync(desk, session, request));
        Assert.Equal(failure.Denial, evaluated.Denial);
        return failure.Denial!;
    }

    private static Task<SignResult> SignAsync(Desk desk, string session, UserOperationRequest request) =>
        desk.Pipeline.SignUserOperationAsync(Desk.Trader, session, Desk.NextRequestId(), request, default);

    private static UserOperationRequest Request(ulong amount, string nonce = "0x5", Address? sender = null)
    {
        var transfer = "0x" + Convert.ToHexStringLower(Desk.TransferData(amount));
        var json = UserOperations.Json(Containers.Execute(Desk.Token.ToString(), 0, transfer));
        (json["sender"], json["nonce"]) = ((sender ?? Desk.Account).ToString(), nonce);
        return UserOperations.Request(json);
    }
}
