using System.Text.Json;
using Google.Protobuf;
using Interop;
using SessionSigner.Ethereum;
using SessionSigner.V1;

namespace Conformance;

/// <summary>Personal messages, sign-ins and raw digests against the real daemon.</summary>
[Collection(DaemonCollection.Name)]
public class MessageTests(DaemonFixture daemon)
{
    [Fact]
    public async Task A_text_that_follows_its_template_is_signed_and_counted()
    {
        var opened = await daemon.Alice.OpenAsync("words");
        var text = Texts.Quote(700);
        var answer = await daemon.Alice.SignMessageAsync(opened.Session.SessionId, text);
        AssertSignedBy(opened.Session, SignedMessage.Digest(text), answer.Signature, 27);
        Assert.Equal(SignedMessage.Digest(text).ToArray(), answer.Digest.ToByteArray());
        Assert.Equal("1800", Assert.Single(answer.Headroom, h => h.Rule == "ceiling.budgets[usdc]").Remaining);

        var again = await Refusal.DenialOfAsync(
            daemon.Alice.SignMessageAsync(opened.Session.SessionId, Texts.Quote(1001)),
            DenialReason.MessageNotAllowed
        );
        Assert.Equal("ceiling.permissions[1].template", again.Rule);
        var entries = await daemon.Auditor.EntriesAsync();
        Assert.True(SessionSigner.Audit.EntryCodec.TryDecode(entries[(int)answer.AuditIndex].Entry.Span, out var entry, out _));
        Assert.Equal("message", entry!.PayloadKind);
    }

    [Fact]
    public async Task A_narrowing_must_allow_the_text_too()
    {
        var narrowing = $$"""
            {"version":1,"chains":["{{Policies.Chain}}"],"permissions":[{"name":"only","kind":"message","template":"Quote 0x{id}: 5 USDC at {time}",
             "holes":[{"name":"id","type":"text","alphabet":"lower_hex","max_length":8},{"name":"time","type":"time","past_seconds":60,"future_seconds":60}]}]}
            """;
        var opened = await daemon.Alice.OpenAsync("words", narrowing);
        var sessionId = opened.Session.SessionId;
        await daemon.Alice.SignMessageAsync(sessionId, Texts.Quote(5));
        var denial = await Refusal.DenialOfAsync(daemon.Alice.SignMessageAsync(sessionId, Texts.Quote(6)), DenialReason.MessageNotAllowed);
        Assert.Equal("narrowing.permissions[0].template", denial.Rule);
        denial = await Refusal.DenialOfAsync(
            daemon.Alice.SignMessageAsync(sessionId, Texts.SignIn(opened.Session.Address)),
            DenialReason.MessageNotAllowed
        );
        Assert.Equal("narrowing.permissions", denial.Rule);
    }

    [Fact]
    public async Task The_session_signs_in_as_itself_and_as_nobody_else()
    {
        var opened = await daemon.Alice.OpenAsync("words");
        var text = Texts.SignIn(opened.Session.Address);
        var answer = await daemon.Alice.SignMessageAsync(opened.Session.SessionId, text);
        AssertSignedBy(opened.Session, SignedMessage.Digest(text), answer.Signature, 27);
        var denial = await Refusal.DenialOfAsync(
            daemon.Alice.SignMessageAsync(opened.Session.SessionId, Texts.SignIn(Policies.Account)),
            DenialReason.MessageNotAllowed
        );
        Assert.Equal(("ceiling.permissions[2]", Policies.Account), (denial.Rule, denial.Observed));
    }

    [Fact]
    public async Task A_digest_is_signed_as_often_as_the_policy_says()
    {
        var opened = await daemon.Alice.OpenAsync("digests");
        var digest = Keccak256.Hash("any"u8);
        for (var i = 0; i < 3; i++)
        {
            var answer = await daemon.Alice.SignDigestAsync(opened.Session.SessionId, digest.ToArray());
            AssertSignedBy(opened.Session, digest, answer.Signature, 0);
        }
        await Refusal.DenialOfAsync(
            daemon.Alice.SignDigestAsync(opened.Session.SessionId, digest.ToArray()),
            DenialReason.MaxSignaturesReached
        );
    }

    [Fact]
    public async Task A_digest_is_refused_unless_ceiling_and_narrowing_say_so()
    {
        var digest = Keccak256.Hash("any"u8).ToArray();
        var desk = await daemon.Alice.OpenAsync("desk");
        var denial = await Refusal.DenialOfAsync(
            daemon.Alice.SignDigestAsync(desk.Session.SessionId, digest),
            DenialReason.DigestNotAllowed
        );
        Assert.Equal("ceiling.permissions", denial.Rule);

        var pay = $$"""{"name":"pay","kind":"call","targets":["{{Policies.Token}}"],"function":"transfer(address to, uint256 amount)"}""";
        var scope = $$"""{"version":1,"chains":["{{Policies.Chain}}"],"permissions":[{{pay}}]}""";
        var narrowed = await daemon.Alice.OpenAsync("digests", scope);
        denial = await Refusal.DenialOfAsync(
            daemon.Alice.SignDigestAsync(narrowed.Session.SessionId, digest),
            DenialReason.DigestNotAllowed
        );
        Assert.Equal("narrowing.permissions", denial.Rule);

        var unbounded = scope.Replace(pay, """{"name":"any","kind":"raw_digest"}""", StringComparison.Ordinal);
        var refusal = await Refusal.OfAsync(daemon.Alice.OpenAsync("digests", unbounded));
        Assert.Equal((Grpc.Core.StatusCode.InvalidArgument, "narrowing_json"), (refusal.Code, refusal.Field));
        var counted = unbounded.Replace("\"permissions\"", "\"max_signatures\":1,\"permissions\"", StringComparison.Ordinal);
        var opened = await daemon.Alice.OpenAsync("digests", counted);
        await daemon.Alice.SignDigestAsync(opened.Session.SessionId, digest);
    }

    [Fact]
    public async Task Evaluate_explains_texts_and_digests()
    {
        var opened = await daemon.Alice.OpenAsync("words");
        var request = new EvaluateRequest { SessionId = opened.Session.SessionId, Message = Texts.Quote(100) };
        var allowed = await daemon.Alice.Signing.EvaluateAsync(request, Caller.Options());
        Assert.Null(allowed.Denial);
        Assert.Equal(SignedMessage.Digest(request.Message).ToArray(), allowed.Digest.ToByteArray());
        request.Digest = ByteString.CopyFrom(Keccak256.Hash("any"u8).ToArray());
        var refused = await daemon.Alice.Signing.EvaluateAsync(request, Caller.Options());
        Assert.Equal(DenialReason.DigestNotAllowed, refused.Denial.Reason);
        Assert.Equal(0UL, (await daemon.Alice.GetAsync(opened.Session.SessionId)).Signatures);
    }

    [Fact]
    public async Task Viem_and_ethers_verify_what_was_signed()
    {
        await NodeModules.EnsureInstalledAsync();
        var arguments = daemon.BotArguments("", "words", transactions: 0);
        var result = await ForeignProgram.RunNodeAsync("bots/messages.mjs", TimeSpan.FromMinutes(1), arguments);
        Assert.True(result.ExitCode == 0, result.Error + result.Output);
        using var json = JsonDocument.Parse(result.Output);
        Assert.Equal(5, json.RootElement.GetProperty("verified").GetInt32());
    }

    private static void AssertSignedBy(Session session, Hash32 digest, ByteString signature, int vBase)
    {
        Assert.Equal(65, signature.Length);
        Assert.InRange(signature[64], vBase, vBase + 1);
        Assert.True(Secp256k1.IsLowS(signature.Span[..64]));
        var key = new byte[33];
        Assert.True(Secp256k1.TryRecover(digest, [.. signature.Span[..64], (byte)(signature[64] - vBase)], key));
        Assert.Equal(session.PublicKey.ToByteArray(), key);
    }
}
