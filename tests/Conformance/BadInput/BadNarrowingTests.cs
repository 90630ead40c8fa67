using System.Numerics;
using SessionSigner.V1;

namespace Conformance;

/// <summary>Narrowings that are no scope, mean everything, or name amounts out of range.</summary>
[Collection(DaemonCollection.Name)]
public class BadNarrowingTests(DaemonFixture daemon)
{
    private const string Scope = $$"""
        {"version":1,"chains":["{{Policies.Chain}}"],"permissions":[{"name":"pay","kind":"call","targets":["{{Policies.Token}}"],
        "function":"transfer(address to, uint256 amount)","constraints":[{"path":"amount","op":"lte","value":"7"}],"meters":[{"budget":"own","path":"amount"}]}],
        "budgets":[{"name":"own","unit":"units","limit":"5","window":"lifetime","per":"session"}],"max_signatures":9}
        """;

    private static readonly (string From, string To, string Says)[] s_rows =
    [
        ("\"version\":1", "\"version\":2", "version"),
        ("\"version\":1", "\"version\":1,\"version\":1", "version"),
        ("\"version\":1", "\"version\":1,\"surprise\":true", "surprise"),
        ("\"version\":1", "\"version\":1,\"\\u202esurprise\":true", "Unknown member"),
        ("\"chains\":[\"31337\"]", "\"chains\":[\"*\"]", "chains[0]"),
        ("\"chains\":[\"31337\"]", "\"chains\":[]", "chains"),
        ("\"chains\":[\"31337\"]", "\"chains\":[31337]", "chains[0]"),
        ("\"chains\":[\"31337\"]", "\"chains\":[\"031337\"]", "chains[0]"),
        ("[\"0x5Fb", "[\"*\",\"0x5Fb", "targets[0]"),
        ("0x5Fb", "0x5fb", "targets[0]"),
        ("\"transfer(address to, uint256 amount)\"", "\"*\"", "function"),
        ("\"transfer(address to, uint256 amount)\"", "\"tr\u0430nsfer(address to, uint256 amount)\"", "function"),
        ("\"kind\":\"call\"", "\"kind\":\"any\"", "kind"),
        ("\"op\":\"lte\"", "\"op\":\"regex\"", "op"),
        ("\"value\":\"7\"", "\"value\":7", "value"),
        ("\"value\":\"7\"", "\"value\":\"7.0\"", "value"),
        ("\"path\":\"amount\",\"op\"", "\"path\":\"../amount\",\"op\"", "path"),
        ("\"budget\":\"own\"", "\"budget\":\"usdc\"", "budget"),
        ("\"limit\":\"5\"", "\"limit\":\"-1\"", "limit"),
        ("\"limit\":\"5\"", "\"limit\":\"05\"", "limit"),
        ("\"limit\":\"5\"", "\"limit\":5", "limit"),
        ("\"limit\":\"5\"", "\"limit\":\"115792089237316195423570985008687907853269984665640564039457584007913129639936\"", "limit"),
        ("\"max_signatures\":9", "\"max_signatures\":-1", "max_signatures"),
        ("\"max_signatures\":9", "\"max_signatures\":9223372036854775808", "max_signatures"),
        ("\"max_signatures\":9}", "\"max_signatures\":9}{}", ""),
        ("\"max_signatures\":9}", "\"max_signatures\":9", ""),
    ];

    public static TheoryData<int> Rows => [.. Enumerable.Range(0, s_rows.Length)];

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task Is_refused_with_the_place(int row)
    {
        await using var probe = await Probe.OpenAsync(daemon);
        var (from, to, says) = s_rows[row];
        Assert.Contains(from, Scope, StringComparison.Ordinal);

        var refusal = await Refusal.OfAsync(daemon.Alice.OpenAsync("desk", Scope.Replace(from, to, StringComparison.Ordinal)));

        Assert.Equal(("INVALID_REQUEST", "narrowing_json"), (refusal.ErrorReason, refusal.Field));
        Assert.Contains(says, refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(refusal.Message, character => character is < ' ' or > '~');
        await probe.AssertUnharmedAsync();
    }

    [Fact]
    public async Task The_smallest_and_the_largest_limit_are_what_they_say()
    {
        var nothing = await daemon.Alice.OpenAsync("desk", Scope.Replace("\"limit\":\"5\"", "\"limit\":\"0\"", StringComparison.Ordinal));
        var denial = await Refusal.DenialOfAsync(
            daemon.Alice.SignAsync(nothing.Session.SessionId, new Transfer { Amount = 1 }),
            DenialReason.BudgetExceeded
        );
        Assert.Equal(("narrowing.budgets[own]", "0"), (denial.Rule, denial.Limit));

        var most = (BigInteger.Pow(2, 256) - 1).ToString();
        var all = await daemon.Alice.OpenAsync("desk", Scope.Replace("\"limit\":\"5\"", $"\"limit\":\"{most}\"", StringComparison.Ordinal));
        var signed = await daemon.Alice.SignAsync(all.Session.SessionId, new Transfer { Amount = 7 });
        Assert.Contains(signed.Headroom, headroom => headroom is { Rule: "ceiling.budgets[usdc]", Remaining: "2493" });
        await daemon.Alice.CloseAsync(nothing.Session.SessionId);
        await daemon.Alice.CloseAsync(all.Session.SessionId);
    }
}
