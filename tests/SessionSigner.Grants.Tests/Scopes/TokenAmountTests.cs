using System.Text.Json.Nodes;

namespace SessionSigner.Grants.Tests;

public class TokenAmountTests
{
    [Theory]
    [InlineData(6, "2500.5", "2500500000")]
    [InlineData(6, "0.000001", "1")]
    [InlineData(6, "0", "0")]
    [InlineData(18, "1", "1000000000000000000")]
    [InlineData(
        36,
        "115792089237316195423570985008687907853269.984665640564039457584007913129639935",
        "115792089237316195423570985008687907853269984665640564039457584007913129639935"
    )]
    public void Reads_limits_in_tokens(int decimals, string limit, string baseUnits)
    {
        var scope = Samples.Scope(document =>
        {
            document["budgets"]![0]!["decimals"] = decimals;
            document["budgets"]![0]!["limit"] = limit;
        });
        var budget = Assert.Single(scope.Budgets);
        Assert.Equal((baseUnits, decimals), (budget.Limit.ToString(), budget.Decimals));
        Assert.Equal(limit, TokenAmount.Format(budget.Limit, budget.Decimals));
    }

    [Theory]
    [InlineData("2500.50")]
    [InlineData("2500.")]
    [InlineData(".5")]
    [InlineData("02500")]
    [InlineData("-1")]
    [InlineData("1e3")]
    [InlineData("1,000")]
    [InlineData("1.2.3")]
    [InlineData("0.0000001")]
    [InlineData("1.\u0661")]
    [InlineData("115792089237316195423570985008687907853269984665640564039457584007913129639935")]
    public void Refuses_limits_in_tokens_of_any_other_form(string limit) =>
        AssertFault(
            scope =>
            {
                scope["budgets"]![0]!["decimals"] = 6;
                scope["budgets"]![0]!["limit"] = limit;
            },
            "budgets[0].limit: Must be a number of tokens"
        );

    [Theory]
    [InlineData("0")]
    [InlineData("37")]
    [InlineData("-1")]
    [InlineData("\"6\"")]
    public void Refuses_decimals_out_of_range(string decimals) =>
        AssertFault(
            scope => scope["budgets"]![0]!["decimals"] = JsonNode.Parse(decimals),
            "budgets[0].decimals: Must be a whole number from 1 to 36"
        );

    private static void AssertFault(Action<JsonObject> change, string expected)
    {
        var document = JsonNode.Parse(Samples.ScopeJson)!.AsObject();
        change(document);
        Assert.False(Scope.TryParse(Samples.Utf8(document.ToJsonString()), out _, out var faults));
        Assert.Contains(faults, fault => fault.Contains(expected, StringComparison.Ordinal));
    }
}
