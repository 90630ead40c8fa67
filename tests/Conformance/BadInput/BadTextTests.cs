using System.Text;
using Google.Protobuf;
using Grpc.Core;
using SessionSigner.V1;

namespace Conformance;

/// <summary>Texts that a person would read as something else, sign-ins that say something else than they seem to, and digests that are none.</summary>
[Collection(DaemonCollection.Name)]
public class BadTextTests(DaemonFixture daemon)
{
    private static readonly (string What, Func<Session, string> Text, DenialReason Reason, string Observed)[] s_rows =
    [
        ("NUL", _ => Texts.Quote() + "\0", DenialReason.Undecodable, "U+0000"),
        ("an escape", _ => "\u001b[2J" + Texts.Quote(), DenialReason.Undecodable, "U+001B at byte 0"),
        ("a C1 control", _ => Texts.Quote() + "\u009b", DenialReason.Undecodable, "U+009B"),
        ("a carriage return", _ => Texts.Quote() + "\r\n", DenialReason.Undecodable, "U+000D"),
        ("right to left", _ => "\u202e" + Texts.Quote(), DenialReason.Undecodable, "U+202E"),
        ("an isolate", _ => "\u2066" + Texts.Quote(), DenialReason.Undecodable, "U+2066"),
        ("a line separator", _ => Texts.Quote() + "\u2028", DenialReason.Undecodable, "U+2028"),
        ("a zero width space", _ => Texts.Quote() + "\u200b", DenialReason.Undecodable, "U+200B"),
        ("a byte order mark", _ => "\ufeff" + Texts.Quote(), DenialReason.Undecodable, "U+FEFF"),
        ("a space that does not break", _ => Texts.Quote().Replace(' ', '\u00a0'), DenialReason.Undecodable, "U+00A0"),
        ("a tag", _ => Texts.Quote() + "\U000e0041", DenialReason.Undecodable, "U+E0041"),
        (
            "a homoglyph",
            _ => Texts.Quote().Replace("Quote", "Qu\u043ete", StringComparison.Ordinal),
            DenialReason.MessageNotAllowed,
            "at byte 2"
        ),
        (
            "other digits",
            _ => Texts.Quote().Replace("100", "\u0661\u0660\u0660", StringComparison.Ordinal),
            DenialReason.MessageNotAllowed,
            "at byte 18"
        ),
        (
            "a leading zero",
            _ => Texts.Quote().Replace("100", "0100", StringComparison.Ordinal),
            DenialReason.MessageNotAllowed,
            "at byte 18"
        ),
        (
            "2^256",
            _ =>
                Texts
                    .Quote()
                    .Replace(
                        "100",
                        "115792089237316195423570985008687907853269984665640564039457584007913129639936",
                        StringComparison.Ordinal
                    ),
            DenialReason.MessageNotAllowed,
            "at byte 18"
        ),
        ("text before", _ => " " + Texts.Quote(), DenialReason.MessageNotAllowed, "at byte 0"),
        ("text after", _ => Texts.Quote() + "\n", DenialReason.MessageNotAllowed, "at byte"),
        ("a time long ago", _ => Texts.Quote()[..^20] + "2020-01-01T00:00:00Z", DenialReason.MessageNotAllowed, "at byte"),
        ("nothing of the kind", _ => "I owe you everything", DenialReason.MessageNotAllowed, "at byte 0"),
        ("a transaction's bytes as text", _ => "0x02e0", DenialReason.MessageNotAllowed, "at byte 0"),
        ("an EIP-712 prefix", _ => "\u0019\u0001", DenialReason.Undecodable, "U+0019"),
        (
            "a sign-in of another domain",
            s => SignIn(s, "desk.example wants", "evil.example wants"),
            DenialReason.MessageNotAllowed,
            "evil.example"
        ),
        (
            "a sign-in of a longer domain",
            s => SignIn(s, "desk.example wants", "desk.example.evil.example wants"),
            DenialReason.MessageNotAllowed,
            "evil.example"
        ),
        (
            "a user in the domain",
            s => SignIn(s, "desk.example wants", "desk.example@evil.example wants"),
            DenialReason.Undecodable,
            "domain"
        ),
        (
            "a user in the URI",
            s => SignIn(s, "https://desk.example/login", "https://desk.example@evil.example/"),
            DenialReason.MessageNotAllowed,
            "@evil"
        ),
        (
            "two first lines",
            s => SignIn(s, "desk.example wants", "evil.example wants you to sign in with your Ethereum account:\ndesk.example wants"),
            DenialReason.Undecodable,
            "address"
        ),
        ("another case", s => SignIn(s, "wants you to sign in", "Wants you to sign in"), DenialReason.Undecodable, "domain"),
        ("a line more", s => SignIn(s, "Sign in to trade.", "Sign in to trade.\nAnd send everything."), DenialReason.Undecodable, "uri"),
        ("a field twice", s => SignIn(s, "Version: 1", "Version: 1\nVersion: 1"), DenialReason.Undecodable, "chain_id"),
        (
            "fields in another order",
            s => SignIn(s, "Version: 1\nChain ID: 31337", "Chain ID: 31337\nVersion: 1"),
            DenialReason.Undecodable,
            "version"
        ),
        ("an address without checksum", s => SignIn(s, s.Address, s.Address.ToLowerInvariant()), DenialReason.Undecodable, "address"),
        ("another address", s => SignIn(s, s.Address, Policies.Account), DenialReason.MessageNotAllowed, Policies.Account),
        ("another chain", s => SignIn(s, "Chain ID: 31337", "Chain ID: 1"), DenialReason.MessageNotAllowed, "1"),
        ("no end", s => Expiring(s, _ => ""), DenialReason.MessageNotAllowed, "no expiration time"),
        ("another time zone", s => Expiring(s, line => line[..^1] + "+02:00"), DenialReason.Undecodable, "expiration_time"),
        (
            "a resource more",
            s => SignIn(s, "/terms", "/terms\n- https://desk.example/everything"),
            DenialReason.MessageNotAllowed,
            "everything"
        ),
    ];

    public static TheoryData<string> Rows => [.. s_rows.Select(row => row.What)];

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task Is_refused_with_what_was_seen(string what)
    {
        await using var probe = await Probe.OpenAsync(daemon, "words");
        var (_, text, reason, observed) = s_rows.Single(row => row.What == what);
        var message = text(await daemon.Alice.GetAsync(probe.Id));
        var denial = await Refusal.DenialOfAsync(daemon.Alice.SignMessageAsync(probe.Id, message), reason);
        Assert.Contains(observed, denial.Observed, StringComparison.Ordinal);
        var request = new EvaluateRequest { SessionId = probe.Id, Message = message };
        var evaluated = (await daemon.Alice.Signing.EvaluateAsync(request, Caller.Options())).Denial;
        Assert.Equal((denial.Rule, denial.Reason), (evaluated.Rule, evaluated.Reason));
        await probe.AssertUnharmedAsync();
    }

    [Fact]
    public async Task A_text_has_bounds()
    {
        await using var probe = await Probe.OpenAsync(daemon, "words");
        foreach (var text in new[] { "", new string('a', 8_193), new string('a', 100_000) })
        {
            var refusal = await Refusal.OfAsync(daemon.Alice.SignMessageAsync(probe.Id, text));
            Assert.Equal((StatusCode.InvalidArgument, "message"), (refusal.Code, refusal.Field));
        }
        await probe.AssertUnharmedAsync();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(31)]
    [InlineData(33)]
    [InlineData(64)]
    [InlineData(200)]
    [InlineData(65_536)]
    public async Task A_digest_has_32_bytes(int length)
    {
        await using var probe = await Probe.OpenAsync(daemon, "words");
        var opened = await daemon.Alice.OpenAsync("digests");
        foreach (var sessionId in new[] { probe.Id, opened.Session.SessionId })
        {
            var refusal = await Refusal.OfAsync(daemon.Alice.SignDigestAsync(sessionId, [.. Enumerable.Repeat((byte)7, length)]));
            Assert.Equal((StatusCode.InvalidArgument, "digest"), (refusal.Code, refusal.Field));
            var request = new EvaluateRequest { SessionId = sessionId, Digest = ByteString.CopyFrom(new byte[length]) };
            refusal = await Refusal.OfAsync(daemon.Alice.Signing.EvaluateAsync(request, Caller.Options()).ResponseAsync);
            Assert.Equal((StatusCode.InvalidArgument, "digest"), (refusal.Code, refusal.Field));
        }
        await probe.AssertUnharmedAsync();
    }

    [Theory]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141")]
    [InlineData("ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff")]
    public async Task A_digest_is_a_number_that_only_it_stands_for(string hex)
    {
        await using var probe = await Probe.OpenAsync(daemon, "words");
        var opened = await daemon.Alice.OpenAsync("digests");
        var denial = await Refusal.DenialOfAsync(
            daemon.Alice.SignDigestAsync(opened.Session.SessionId, Convert.FromHexString(hex)),
            DenialReason.Undecodable
        );
        Assert.Equal("payload.digest", denial.Rule);
        await probe.AssertUnharmedAsync();
    }

    [Fact]
    public async Task Hexadecimal_digits_are_no_digest()
    {
        var opened = await daemon.Alice.OpenAsync("digests");
        var digits = Encoding.ASCII.GetBytes(new string('1', 64));
        var refusal = await Refusal.OfAsync(daemon.Alice.SignDigestAsync(opened.Session.SessionId, digits));
        Assert.Equal((StatusCode.InvalidArgument, "digest"), (refusal.Code, refusal.Field));
    }

    /// <summary>The rows differ from these in one thing each.</summary>
    [Fact]
    public async Task What_the_rows_are_made_from_is_signed()
    {
        await using var probe = await Probe.OpenAsync(daemon, "words");
        await daemon.Alice.SignMessageAsync(probe.Id, Texts.Quote());
        await daemon.Alice.SignMessageAsync(probe.Id, Texts.SignIn((await daemon.Alice.GetAsync(probe.Id)).Address));
    }

    private static string SignIn(Session session, string from, string to)
    {
        var text = Texts.SignIn(session.Address);
        var changed = text.Replace(from, to, StringComparison.Ordinal);
        return changed != text ? changed : throw new ArgumentException($"The sign-in does not have {from}", nameof(from));
    }

    private static string Expiring(Session session, Func<string, string> change)
    {
        var text = Texts.SignIn(session.Address);
        var line = "\n" + text.Split('\n').Single(candidate => candidate.StartsWith("Expiration Time: ", StringComparison.Ordinal));
        return text.Replace(line, change(line), StringComparison.Ordinal);
    }
}
