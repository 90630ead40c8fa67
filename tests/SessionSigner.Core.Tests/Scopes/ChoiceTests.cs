using System.Text.Json.Nodes;
using SessionSigner.Ethereum;

namespace SessionSigner.Core.Tests;

/// <summary>any_of, quantifiers and lengths; further cases are vectors in proto/spec/vectors/scope-choices.json.</summary>
public class ChoiceTests
{
    private const string Small = """{"path":"x","op":"lte","value":"10"}""";
    private const string Odd = """{"path":"x","op":"in","values":["101","103"]}""";

    [Theory]
    [InlineData(10, true)]
    [InlineData(11, false)]
    [InlineData(101, true)]
    [InlineData(102, false)]
    public void One_alternative_is_enough(int value, bool allowed) =>
        Assert.Equal(allowed, Static($$"""[{"any_of":[[{{Small}}],[{{Odd}}]]}]""").Ask(X(value)).IsAllowed);

    [Fact]
    public void All_constraints_of_an_alternative_must_hold()
    {
        var scope = Static($$"""[{"any_of":[[{{Small}},{"path":"x","op":"gte","value":"5"}]]}]""");
        Assert.True(scope.Ask(X(5)).IsAllowed);
        Assert.Equal(
            new Denial(DenialReason.ConstraintUnmet, "ceiling.permissions[0].constraints[0].any_of[0][1]", "4", "x >= 5"),
            scope.Refusal(X(4))
        );
    }

    [Fact]
    public void A_choice_does_not_loosen_what_stands_beside_it()
    {
        var scope = Static($$"""[{"any_of":[[{{Small}}],[{{Odd}}]]},{"path":"x","op":"ne","value":"7"}]""");
        Assert.Equal("ceiling.permissions[0].constraints[1]", scope.Refusal(X(7)).Rule);
    }

    [Fact]
    public void Every_fault_inside_a_choice_is_found_with_its_path()
    {
        var faults = ScopeBuilder.Faults(
            ScopeBuilder.Call(
                "f(uint8 x, uint8[2] ys, uint8[] zs, string s)",
                """
                [{"any_of":[[{"path":"y","op":"eq","value":"1"}],[{"path":"x","op":"eq","value":"256"},{"any_of":[[{"path":"ys","op":"eq","value":"1"}]]}]]},
                 {"path":"ys","length":true,"op":"eq","value":"2"},{"path":"x","length":true,"op":"eq","value":"2"},{"path":"s","length":true,"op":"eq","value":"x"},
                 {"path":"zs[*]","op":"eq","quantifier":"any","value":"x"}]
                """
            )
        );
        string[] paths =
        [
            "ceiling.permissions[0].constraints[0].any_of[0][0].path",
            "ceiling.permissions[0].constraints[0].any_of[1][0].value",
            "ceiling.permissions[0].constraints[0].any_of[1][1].any_of[0][0].value",
            "ceiling.permissions[0].constraints[1].length",
            "ceiling.permissions[0].constraints[2].length",
            "ceiling.permissions[0].constraints[3].value",
            "ceiling.permissions[0].constraints[4].value",
        ];
        Assert.Equal(paths, faults.Select(fault => fault[..fault.IndexOf(": ", StringComparison.Ordinal)]));
    }

    [Theory]
    [InlineData(1, 2, 3, true, true)]
    [InlineData(9, 9, 3, true, false)]
    [InlineData(9, 9, 9, false, false)]
    public void Quantifiers_over_an_array_in_place(int a, int b, int c, bool any, bool all)
    {
        Assert.Equal(any, Fixed("any").Ask(Array(a, b, c)).IsAllowed);
        Assert.Equal(all, Fixed("all").Ask(Array(a, b, c)).IsAllowed);

        static TransactionPayload Array(params int[] values) =>
            ScopeBuilder.CallData("f(uint8[3])", [.. values.Select(value => TransactionBuilder.Word(value))]);
        static CompiledScope Fixed(string quantifier) =>
            ScopeBuilder.Compile(
                ScopeBuilder.Call("f(uint8[3] xs)", $$"""[{"path":"xs[*]","quantifier":"{{quantifier}}","op":"lt","value":"5"}]""")
            );
    }

    [Theory]
    [InlineData("lte")]
    [InlineData("ne")]
    [InlineData("not_in")]
    public void Nothing_is_not_all(string op)
    {
        var operand = op == "not_in" ? """ "values":["3"] """ : """ "value":"3" """;
        foreach (var quantifier in (string[])["all", "any"])
        {
            var scope = ScopeBuilder.Compile(
                ScopeBuilder.Call("f(uint256[] xs)", $$"""[{"path":"xs[*]","quantifier":"{{quantifier}}","op":"{{op}}",{{operand}}}]""")
            );
            Assert.Equal("an array without elements", scope.Refusal(Xs()).Observed);
        }
    }

    [Fact]
    public void Nothing_is_allowed_where_a_length_says_so()
    {
        var scope = ScopeBuilder.Compile(
            ScopeBuilder.Call(
                "f(uint256[] xs)",
                """[{"any_of":[[{"path":"xs","length":true,"op":"eq","value":"0"}],[{"path":"xs[*]","op":"lte","value":"3"}]]}]""",
                """[{"budget":"usdc","path":"xs[*]"}]"""
            )
        );
        var debits = new DebitBuffer();
        Assert.True(scope.Ask(Xs(), debits).IsAllowed);
        Assert.Equal(0, debits.Count);
        Assert.True(scope.Ask(Xs(3, 3), debits).IsAllowed);
        Assert.Equal<UInt256>(6, Assert.Single(debits.Items.ToArray()).Amount);
        Assert.False(scope.Ask(Xs(4)).IsAllowed);
    }

    [Theory]
    [InlineData("bytes", "eq", "\"value\":\"2\"", true)]
    [InlineData("bytes", "lt", "\"value\":\"2\"", false)]
    [InlineData("string", "between", "\"min\":\"2\",\"max\":\"3\"", true)]
    [InlineData("string", "in", "\"values\":[\"1\",\"3\"]", false)]
    public void Lengths_of_bytes_and_texts(string type, string op, string operands, bool allowed)
    {
        var scope = ScopeBuilder.Compile(
            ScopeBuilder.Call($"f({type} x)", $$"""[{"path":"x","length":true,"op":"{{op}}",{{operands}}}]""")
        );
        var data = ScopeBuilder.CallData($"f({type})", TransactionBuilder.Word(32), TransactionBuilder.Word(2), "6869".PadRight(64, '0'));
        Assert.Equal(allowed, scope.Ask(data).IsAllowed);
    }

    [Fact]
    public void A_choice_over_static_arguments_does_not_allocate_when_it_allows()
    {
        var scope = Static($$"""[{"any_of":[[{{Small}},{{Odd}}],[{{Odd}}]]}]""");
        var (payload, debits) = (X(103), new DebitBuffer());
        for (var i = 0; i < 1_000; i++)
        {
            Assert.True(scope.Evaluate(payload, ScopeBuilder.Now, debits).IsAllowed);
        }
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1_000; i++)
        {
            scope.Evaluate(payload, ScopeBuilder.Now, debits);
        }
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void Lint_sees_through_choices()
    {
        const string bob = $$"""{"path":"to","op":"eq","value":"{{ScopeBuilder.Bob}}"}""";
        const string cap = """{"path":"amount","op":"lte","value":"5"}""";
        const string meters = """[{"budget":"usdc","path":"amount"}]""";
        Assert.Empty(Lint($$"""[{"any_of":[[{{bob}},{{cap}}],[{{cap}},{{bob}}]]}]"""));
        Assert.Contains(
            "\"to\" may be anyone",
            Assert.Single(Lint($$"""[{"any_of":[[{{bob}},{{cap}}],[{{cap}}]]}]""")),
            StringComparison.Ordinal
        );
        Assert.Contains(
            "\"amount\" has no cap",
            Assert.Single(Lint($$"""[{"any_of":[[{{bob}},{{cap}}],[{{bob}}]]}]""")),
            StringComparison.Ordinal
        );

        static IReadOnlyList<string> Lint(string constraints) =>
            PolicyLint.Check(
                PolicyBuilder.Parse(PolicyBuilder.Document(ScopeBuilder.Call("transfer(address to, uint256 amount)", constraints, meters)))
            );
    }

    private static CompiledScope Static(string constraints) => ScopeBuilder.Compile(ScopeBuilder.Call("f(uint256 x)", constraints));

    private static TransactionPayload X(int value) => ScopeBuilder.CallData("f(uint256)", TransactionBuilder.Word(value));

    private static TransactionPayload Xs(params int[] values) =>
        ScopeBuilder.CallData(
            "f(uint256[])",
            [TransactionBuilder.Word(32), TransactionBuilder.Word(values.Length), .. values.Select(value => TransactionBuilder.Word(value))]
        );
}
