using SessionSigner.Ethereum;

namespace SessionSigner.Core.Tests;

/// <summary>Every operator on every type, through calldata.</summary>
public class ConstraintTests
{
    [Theory]
    [InlineData("eq", "7", "7", true)]
    [InlineData("eq", "7", "8", false)]
    [InlineData("ne", "7", "7", false)]
    [InlineData("ne", "7", "8", true)]
    [InlineData("lt", "7", "6", true)]
    [InlineData("lt", "7", "7", false)]
    [InlineData("lte", "7", "7", true)]
    [InlineData("lte", "7", "8", false)]
    [InlineData("gt", "7", "8", true)]
    [InlineData("gt", "7", "7", false)]
    [InlineData("gte", "7", "7", true)]
    [InlineData("gte", "7", "6", false)]
    public void Unsigned(string op, string operand, string value, bool allowed)
    {
        Check("uint64", $$"""{"path":"x","op":"{{op}}","value":"{{operand}}"}""", TransactionBuilder.Word(int.Parse(value)), allowed);
        Check("int64", $$"""{"path":"x","op":"{{op}}","value":"{{operand}}"}""", TransactionBuilder.Word(int.Parse(value)), allowed);
    }

    [Theory]
    [InlineData("uint8", """{"path":"x","op":"eq","value":"7"}""", 1, "x = 7")]
    [InlineData("uint8", """{"path":"x","op":"ne","value":"1"}""", 1, "x not 1")]
    [InlineData("uint8", """{"path":"x","op":"lt","value":"1"}""", 1, "x < 1")]
    [InlineData("uint8", """{"path":"x","op":"lte","value":"0"}""", 1, "x <= 0")]
    [InlineData("uint8", """{"path":"x","op":"gt","value":"7"}""", 1, "x > 7")]
    [InlineData("uint8", """{"path":"x","op":"gte","value":"7"}""", 1, "x >= 7")]
    [InlineData("uint8", """{"path":"x","op":"between","min":"7","max":"8"}""", 1, "x from 7 to 8")]
    [InlineData("uint8", """{"path":"x","op":"in","values":["7","8"]}""", 1, "x one of 7, 8")]
    [InlineData("uint8", """{"path":"x","op":"not_in","values":["1","8"]}""", 1, "x none of 1, 8")]
    [InlineData("bool", """{"path":"x","op":"eq","value":true}""", 0, "x = true")]
    [InlineData("bool", """{"path":"x","op":"eq","value":false}""", 1, "x = false")]
    public void What_is_allowed_is_said(string type, string constraint, int value, string limit)
    {
        var scope = ScopeBuilder.Compile(ScopeBuilder.Call($"f({type} x)", $"[{constraint}]"));
        Assert.Equal(limit, scope.Refusal(ScopeBuilder.CallData($"f({type} x)", TransactionBuilder.Word(value))).Limit);
    }

    [Theory]
    [InlineData("lt", "0", -1, true)]
    [InlineData("lt", "-1", -1, false)]
    [InlineData("gt", "-2", -1, true)]
    [InlineData("gt", "-1", 0, true)]
    [InlineData("gt", "0", -1, false)]
    [InlineData("eq", "-5", -5, true)]
    [InlineData("lte", "-128", -128, true)]
    [InlineData("gte", "127", 127, true)]
    [InlineData("gte", "127", 126, false)]
    public void Signed(string op, string operand, int value, bool allowed) =>
        Check("int8", $$"""{"path":"x","op":"{{op}}","value":"{{operand}}"}""", TransactionBuilder.Word(value), allowed);

    [Theory]
    [InlineData(0, false)]
    [InlineData(1, true)]
    [InlineData(5, true)]
    [InlineData(6, false)]
    public void Between_includes_both_ends(int value, bool allowed)
    {
        Check("uint8", """{"path":"x","op":"between","min":"1","max":"5"}""", TransactionBuilder.Word(value), allowed);
        Check("int16", """{"path":"x","op":"between","min":"1","max":"5"}""", TransactionBuilder.Word(value), allowed);
    }

    [Theory]
    [InlineData("ufixed128x18", "lte", "1500000000000000000", 1_500_000_000_000_000_000, true)]
    [InlineData("ufixed128x18", "lte", "1500000000000000000", 1_500_000_000_000_000_001, false)]
    [InlineData("fixed128x18", "gt", "-1", -2, false)]
    [InlineData("fixed128x18", "gt", "-2", -1, true)]
    [InlineData("fixed8x2", "eq", "-128", -128, true)]
    public void Fixed_point_numbers_are_compared_by_the_integer_that_is_encoded(
        string type,
        string op,
        string operand,
        long value,
        bool allowed
    ) => Check(type, $$"""{"path":"x","op":"{{op}}","value":"{{operand}}"}""", TransactionBuilder.Word(value), allowed);

    [Fact]
    public void A_fixed_point_amount_is_counted_by_the_integer_that_is_encoded()
    {
        var scope = ScopeBuilder.Compile(ScopeBuilder.Call("f(ufixed8x2 x)", meters: """[{"budget":"usdc","path":"x"}]"""));
        var debits = new DebitBuffer();
        Assert.True(scope.Ask(ScopeBuilder.CallData("f(ufixed8x2)", TransactionBuilder.Word(150)), debits).IsAllowed);
        Assert.Equal((0, (UInt256)150), Assert.Single(debits.Items.ToArray()));
    }

    [Fact]
    public void Functions_are_compared_by_address_and_selector()
    {
        const string function = "a0b86991c6218b36c1d19d4a2e9eb0ce3606eb48a9059cbb";
        var constraint = $$"""{"path":"x","op":"eq","value":"0x{{function}}"}""";
        Check("function", constraint, function.PadRight(64, '0'), true);
        Check("function", constraint, (function[..^1] + "c").PadRight(64, '0'), false);
    }

    [Fact]
    public void Between_across_zero()
    {
        const string constraint = """{"path":"x","op":"between","min":"-3","max":"2"}""";
        Check("int256", constraint, TransactionBuilder.Word(-4), false);
        Check("int256", constraint, TransactionBuilder.Word(-3), true);
        Check("int256", constraint, TransactionBuilder.Word(2), true);
        Check("int256", constraint, TransactionBuilder.Word(3), false);
    }

    [Theory]
    [InlineData("in", 1, true)]
    [InlineData("in", 2, false)]
    [InlineData("not_in", 1, false)]
    [InlineData("not_in", 2, true)]
    public void Membership(string op, int value, bool allowed)
    {
        Check("uint256", $$"""{"path":"x","op":"{{op}}","values":["1","3"]}""", TransactionBuilder.Word(value), allowed);
        Check("bool", $$"""{"path":"x","op":"{{op}}","values":[true]}""", TransactionBuilder.Word(value % 2), allowed);
        Check("bytes2", $$"""{"path":"x","op":"{{op}}","values":["0x000{{(value == 1 ? 2 : 3)}}"]}""", "0002".PadRight(64, '0'), allowed);
        Check(
            "address",
            $$"""{"path":"x","op":"{{op}}","values":["{{ScopeBuilder.Alice}}"]}""",
            TransactionBuilder.Word(value == 1 ? ScopeBuilder.Alice : ScopeBuilder.Bob),
            allowed
        );
    }

    [Theory]
    [InlineData("eq", "0xabcd", true)]
    [InlineData("eq", "0xabce", false)]
    [InlineData("eq", "0xabcd00", false)]
    [InlineData("ne", "0xabcd", false)]
    [InlineData("ne", "0x", true)]
    public void Byte_strings(string op, string operand, bool allowed) =>
        Check(
            "bytes",
            $$"""{"path":"x","op":"{{op}}","value":"{{operand}}"}""",
            TransactionBuilder.Word(32) + TransactionBuilder.Word(2) + "abcd".PadRight(64, '0'),
            allowed
        );

    [Theory]
    [InlineData("in", "hi", true)]
    [InlineData("in", "Hi", false)]
    [InlineData("not_in", "hi", false)]
    [InlineData("not_in", "h", true)]
    public void Texts(string op, string operand, bool allowed) =>
        Check(
            "string",
            $$"""{"path":"x","op":"{{op}}","values":["{{operand}}"]}""",
            TransactionBuilder.Word(32) + TransactionBuilder.Word(2) + "6869".PadRight(64, '0'),
            allowed
        );

    [Fact]
    public void Members_of_tuples_and_elements_of_arrays()
    {
        const string function = "fill((address maker, uint256[2] sizes)[2] orders, uint256[] extra)";
        const string constraints =
            """[{"path":"orders[*].sizes[*]","op":"lte","value":"10"},{"path":"extra[*]","op":"lt","value":"5"},{"path":"orders[1].sizes[0]","op":"gt","value":"2"}]""";
        var scope = ScopeBuilder.Compile(
            ScopeBuilder.Call(
                function,
                constraints,
                """[{"budget":"usdc","path":"orders[*].sizes[*]"},{"budget":"usdc","path":"extra[*]"}]"""
            )
        );
        var debits = new DebitBuffer();
        Assert.True(scope.Ask(Fill([1, 2, 3, 4], 3, 4), debits).IsAllowed);
        Assert.Equal<UInt256>(17, Assert.Single(debits.Items.ToArray()).Amount);
        Assert.Equal(("ceiling.permissions[0].constraints[1]", "an array without elements"), Why(scope.Refusal(Fill([1, 2, 3, 4]))));
        Assert.Equal(("ceiling.permissions[0].constraints[0]", "11"), Why(scope.Refusal(Fill([1, 2, 3, 11], 1))));
        Assert.Equal(("ceiling.permissions[0].constraints[1]", "5"), Why(scope.Refusal(Fill([1, 2, 3, 4], 1, 5))));
        Assert.Equal(("ceiling.permissions[0].constraints[2]", "2"), Why(scope.Refusal(Fill([1, 2, 2, 4], 1))));
    }

    [Fact]
    public void Members_of_static_tuples_are_read_in_place()
    {
        const string function = "fill((address maker, uint256[2] sizes)[2] orders, uint8 kind)";
        var scope = ScopeBuilder.Compile(
            ScopeBuilder.Call(
                function,
                """[{"path":"orders[*].sizes[1]","op":"lte","value":"10"},{"path":"kind","op":"eq","value":"7"}]""",
                """[{"budget":"usdc","path":"orders[*].sizes[*]"}]"""
            )
        );
        var debits = new DebitBuffer();
        Assert.True(scope.Ask(Call([ScopeBuilder.Alice, 50, 1, ScopeBuilder.Bob, 50, 10, 7]), debits).IsAllowed);
        Assert.Equal<UInt256>(111, Assert.Single(debits.Items.ToArray()).Amount);
        Assert.Equal(
            ("ceiling.permissions[0].constraints[0]", "11"),
            Why(scope.Refusal(Call([ScopeBuilder.Alice, 50, 1, ScopeBuilder.Bob, 50, 11, 7])))
        );
        Assert.Equal(
            ("ceiling.permissions[0].constraints[1]", "8"),
            Why(scope.Refusal(Call([ScopeBuilder.Alice, 50, 1, ScopeBuilder.Bob, 50, 10, 8])))
        );

        static TransactionPayload Call(object[] words) =>
            ScopeBuilder.CallData(
                function,
                [.. words.Select(word => word is string address ? TransactionBuilder.Word(address) : TransactionBuilder.Word((int)word))]
            );
    }

    [Fact]
    public void An_element_that_is_missing_refuses()
    {
        var scope = ScopeBuilder.Compile(ScopeBuilder.Call("f(uint256[] xs)", """[{"path":"xs[1]","op":"ne","value":"0"}]"""));
        var one = ScopeBuilder.CallData(
            "f(uint256[])",
            TransactionBuilder.Word(32),
            TransactionBuilder.Word(1),
            TransactionBuilder.Word(9)
        );
        Assert.Equal(
            new Denial(DenialReason.ConstraintUnmet, "ceiling.permissions[0].constraints[0]", "no such element", "xs[1] not 0"),
            scope.Refusal(one)
        );
    }

    [Fact]
    public void Parameters_without_names_are_reached_by_position()
    {
        var scope = ScopeBuilder.Compile(ScopeBuilder.Call("transfer(address,uint256)", """[{"path":"[1]","op":"lte","value":"5"}]"""));
        Assert.True(
            scope
                .Ask(
                    ScopeBuilder.CallData(
                        "transfer(address,uint256)",
                        TransactionBuilder.Word(ScopeBuilder.Alice),
                        TransactionBuilder.Word(5)
                    )
                )
                .IsAllowed
        );
        Assert.Equal(
            "6",
            scope
                .Refusal(
                    ScopeBuilder.CallData(
                        "transfer(address,uint256)",
                        TransactionBuilder.Word(ScopeBuilder.Alice),
                        TransactionBuilder.Word(6)
                    )
                )
                .Observed
        );
    }

    [Fact]
    public void Texts_of_requests_are_shown_harmlessly()
    {
        var scope = ScopeBuilder.Compile(ScopeBuilder.Call("f(string x)", """[{"path":"x","op":"eq","value":"ok"}]"""));
        var hostile = ScopeBuilder.CallData(
            "f(string)",
            TransactionBuilder.Word(32),
            TransactionBuilder.Word(5),
            "0a1b5b316d".PadRight(64, '0')
        );
        Assert.Equal("\"\\u000a\\u001b[1m\"", scope.Refusal(hostile).Observed);
    }

    private static (string Rule, string Observed) Why(Denial denial) => (denial.Rule, denial.Observed);

    private static void Check(string type, string constraint, string data, bool allowed)
    {
        var scope = ScopeBuilder.Compile(ScopeBuilder.Call($"f({type} x)", $"[{constraint}]"));
        var decision = scope.Ask(ScopeBuilder.CallData($"f({type})", data));
        Assert.True(decision.IsAllowed == allowed, $"{type} {constraint} {data}: {decision.Denial}");
    }

    private static TransactionPayload Fill(int[] sizes, params int[] extra) =>
        ScopeBuilder.CallData(
            "fill((address maker, uint256[2] sizes)[2] orders, uint256[] extra)",
            [
                TransactionBuilder.Word(ScopeBuilder.Alice),
                TransactionBuilder.Word(sizes[0]),
                TransactionBuilder.Word(sizes[1]),
                TransactionBuilder.Word(ScopeBuilder.Bob),
                TransactionBuilder.Word(sizes[2]),
                TransactionBuilder.Word(sizes[3]),
                TransactionBuilder.Word(7 * 32),
                TransactionBuilder.Word(extra.Length),
                .. extra.Select(value => TransactionBuilder.Word(value)),
            ]
        );
}
