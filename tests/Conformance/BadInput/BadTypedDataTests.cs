using SessionSigner.V1;

namespace Conformance;

/// <summary>EIP-712 messages that mean nothing, two things, or something else than they seem to.</summary>
[Collection(DaemonCollection.Name)]
public class BadTypedDataTests(DaemonFixture daemon)
{
    private static readonly (string What, string Json, DenialReason Reason, string Observed)[] s_rows =
    [
        ("nothing", "null", DenialReason.Undecodable, ""),
        ("an unknown type", Change("\"type\": \"uint256\"}\n", "\"type\": \"uint\"}\n"), DenialReason.Undecodable, "types"),
        (
            "a type of another alphabet",
            Change("\"address\"}, {\"name\": \"token\"", "\"\u0430ddress\"}, {\"name\": \"token\""),
            DenialReason.Undecodable,
            "types"
        ),
        (
            "a type that contains itself",
            Change("\"type\": \"address\"}, {\"name\": \"token\"", "\"type\": \"Order[]\"}, {\"name\": \"token\""),
            DenialReason.Undecodable,
            "contains itself"
        ),
        ("1,000 types deep", Deep(1_000), DenialReason.Undecodable, "types"),
        ("1,000 arrays deep", Message("amount", new string('[', 1_000) + new string(']', 1_000)), DenialReason.Undecodable, ""),
        (
            "a member twice",
            Change("\"nonce\": \"1\"", "\"nonce\": \"1\", \"amount\": \"1\""),
            DenialReason.Undecodable,
            "message: has \"amount\" twice"
        ),
        (
            "a member twice, escaped",
            Change("\"nonce\": \"1\"", "\"nonce\": \"1\", \"\\u0061mount\": \"1\""),
            DenialReason.Undecodable,
            "message: has \"amount\" twice"
        ),
        ("a member more", Change("\"nonce\": \"1\"", "\"nonce\": \"1\", \"fee\": \"1\""), DenialReason.Undecodable, "message"),
        ("a member fewer", Change(", \"nonce\": \"1\"", ""), DenialReason.Undecodable, "message: lacks \"nonce\""),
        ("two domains", Change("\"primaryType\"", "\"domain\": {\"name\": \"x\"}, \"primaryType\""), DenialReason.Undecodable, ""),
        (
            "2^256",
            Message("amount", "\"115792089237316195423570985008687907853269984665640564039457584007913129639936\""),
            DenialReason.Undecodable,
            "message.amount"
        ),
        ("-1", Message("amount", "\"-1\""), DenialReason.Undecodable, "message.amount"),
        ("-1 as a number", Message("amount", "-1"), DenialReason.Undecodable, "message.amount"),
        ("a leading zero", Message("amount", "\"0100\""), DenialReason.Undecodable, "message.amount"),
        ("a leading zero as a number", Message("amount", "0100"), DenialReason.Undecodable, ""),
        ("NaN", Message("amount", "NaN"), DenialReason.Undecodable, ""),
        ("infinity as text", Message("amount", "\"Infinity\""), DenialReason.Undecodable, "message.amount"),
        ("an exponent", Message("amount", "1e2"), DenialReason.Undecodable, "message.amount"),
        ("a fraction", Message("amount", "100.0"), DenialReason.Undecodable, "message.amount"),
        ("other digits", Message("amount", "\"\u0661\u0660\u0660\""), DenialReason.Undecodable, "message.amount"),
        ("null", Message("amount", "null"), DenialReason.Undecodable, "message.amount"),
        ("a number that floats round", Message("amount", "9007199254740993"), DenialReason.Undecodable, "message.amount"),
        (
            "no chain",
            Change("\"chainId\": 31337, ", "").Replace("{\"name\": \"chainId\", \"type\": \"uint256\"}, ", "", StringComparison.Ordinal),
            DenialReason.DomainNotAllowed,
            ""
        ),
        ("a chain that is declared only", Change("\"chainId\": 31337, ", ""), DenialReason.Undecodable, "EIP712Domain"),
        ("chain 0", Change("\"chainId\": 31337", "\"chainId\": 0"), DenialReason.ChainNotAllowed, ""),
        ("chain 2^64", Change("\"chainId\": 31337", "\"chainId\": \"18446744073709551616\""), DenialReason.ChainNotAllowed, ""),
        (
            "chain 2^64 as a number",
            Change("\"chainId\": 31337", "\"chainId\": 18446744073709551616"),
            DenialReason.Undecodable,
            "domain.chainId"
        ),
        ("a wrong checksum", Message("token", $"\"{Policies.Token[..^1]}4\""), DenialReason.Undecodable, "message.token"),
        (
            "a homoglyph in an address",
            Message("token", $"\"{Policies.Token.Replace('a', '\u0430')}\""),
            DenialReason.Undecodable,
            "message.token"
        ),
        ("a short address", Message("token", $"\"{Policies.Token[..^2]}\""), DenialReason.Undecodable, "message.token"),
        ("a name of an address", Message("token", "\"vitalik.eth\""), DenialReason.Undecodable, "message.token"),
        ("a homoglyph in the domain", Change("\"Exchange\"", "\"\u0415xchange\""), DenialReason.DomainNotAllowed, ""),
        ("NUL in the domain", Change("\"Exchange\"", "\"Exchange\\u0000\""), DenialReason.DomainNotAllowed, ""),
        ("right to left in the domain", Change("\"Exchange\"", "\"\u202eegnahcxE\""), DenialReason.DomainNotAllowed, ""),
        ("half a surrogate", Change("\"Exchange\"", "\"\\ud800\""), DenialReason.Undecodable, ""),
        ("a permit", Change("\"Order\"", "\"Permit\""), DenialReason.TypeNotAllowed, ""),
        (
            "the type with a member more",
            Change(
                    "{\"name\": \"nonce\", \"type\": \"uint256\"}",
                    "{\"name\": \"nonce\", \"type\": \"uint256\"}, {\"name\": \"fee\", \"type\": \"uint256\"}"
                )
                .Replace("\"nonce\": \"1\"", "\"nonce\": \"1\", \"fee\": \"1\"", StringComparison.Ordinal),
            DenialReason.TypeNotAllowed,
            ""
        ),
        ("text after the end", new Order().ToJson() + "{}", DenialReason.Undecodable, ""),
        ("a comment", "/* */" + new Order().ToJson(), DenialReason.Undecodable, ""),
        ("a byte order mark", "\ufeff" + new Order().ToJson(), DenialReason.Undecodable, ""),
    ];

    public static TheoryData<string> Rows => [.. s_rows.Select(row => row.What)];

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task Is_refused_with_what_was_seen(string what)
    {
        await using var probe = await Probe.OpenAsync(daemon);
        var (_, json, reason, observed) = s_rows.Single(row => row.What == what);
        var request = new SignTypedDataRequest
        {
            SessionId = probe.Id,
            RequestId = Caller.NewId(),
            TypedDataJson = json,
        };
        var denial = await Refusal.DenialOfAsync(daemon.Alice.Signing.SignTypedDataAsync(request, Caller.Options()).ResponseAsync, reason);
        Assert.Contains(observed, denial.Observed, StringComparison.Ordinal);
        var evaluated = await EvaluateAsync(new EvaluateRequest { SessionId = probe.Id, TypedDataJson = json });
        Assert.Equal((denial.Rule, denial.Observed), (evaluated.Rule, evaluated.Observed));
        await probe.AssertUnharmedAsync();
    }

    /// <summary>The rows differ from this in one thing each.</summary>
    [Fact]
    public async Task What_the_rows_are_made_from_is_signed()
    {
        await using var probe = await Probe.OpenAsync(daemon);
        await daemon.Alice.SignAsync(probe.Id, new Order());
    }

    private async Task<Denial> EvaluateAsync(EvaluateRequest request) =>
        (await daemon.Alice.Signing.EvaluateAsync(request, Caller.Options())).Denial;

    private static string Change(string from, string to)
    {
        var json = new Order().ToJson();
        var changed = json.Replace(from, to, StringComparison.Ordinal);
        return changed != json ? changed : throw new ArgumentException($"The order does not have {from}", nameof(from));
    }

    private static string Message(string member, string value)
    {
        var order = new Order();
        return Change($"\"{member}\": \"{(member == "token" ? order.Token : order.Amount)}\"", $"\"{member}\": {value}");
    }

    private static string Deep(int depth)
    {
        var types = string.Concat(Enumerable.Range(0, depth).Select(i => $"\"T{i}\": [{{\"name\": \"a\", \"type\": \"T{i + 1}\"}}], "));
        return Change("\"Order\": [", $"{types}\"T{depth}\": [], \"Order\": [")
            .Replace("{\"name\": \"nonce\", \"type\": \"uint256\"}", "{\"name\": \"nonce\", \"type\": \"T0\"}", StringComparison.Ordinal);
    }
}
