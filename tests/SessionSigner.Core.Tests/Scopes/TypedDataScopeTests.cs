using System.Text.Json.Nodes;
using SessionSigner.Ethereum;

namespace SessionSigner.Core.Tests;

public class TypedDataScopeTests
{
    private const string Order = "Order(address maker,uint256 amount)";
    private const string OrderTypes = """ "Order":[{"name":"maker","type":"address"},{"name":"amount","type":"uint256"}] """;
    private const string Constraints = """[{"path":"amount","op":"between","min":"1","max":"5"}]""";

    [Fact]
    public void Allows_a_message_of_the_domain_and_type()
    {
        var debits = new DebitBuffer();
        var decision = Scope().Ask(Message(5), debits);
        Assert.Equal("ceiling.permissions[0]", decision.AllowedBy);
        Assert.Equal<UInt256>(5, Assert.Single(debits.Items.ToArray()).Amount);
    }

    [Fact]
    public void Names_the_constraint() =>
        Assert.Equal(
            new Denial(DenialReason.ConstraintUnmet, "ceiling.permissions[0].constraints[0]", "6", "amount from 1 to 5"),
            Scope().Refusal(Message(6))
        );

    [Theory]
    [InlineData("name", "\"venue\"", DenialReason.DomainNotAllowed)]
    [InlineData("version", "\"2\"", DenialReason.DomainNotAllowed)]
    [InlineData("verifyingContract", "\"" + ScopeBuilder.Other + "\"", DenialReason.DomainNotAllowed)]
    [InlineData("chainId", "\"10\"", DenialReason.ChainNotAllowed)]
    [InlineData("chainId", "\"18446744073709551617\"", DenialReason.ChainNotAllowed)]
    public void Every_member_of_the_domain_must_equal(string member, string value, DenialReason reason) =>
        Assert.Equal(reason, Scope().Refusal(Message(5, data => data["domain"]![member] = JsonNode.Parse(value))).Reason);

    [Fact]
    public void A_member_that_is_not_named_must_be_absent()
    {
        var salted = Message(
            5,
            data =>
            {
                data["types"]!["EIP712Domain"]!.AsArray().Add(JsonNode.Parse("""{"name":"salt","type":"bytes32"}"""));
                data["domain"]!["salt"] = "0x" + new string('0', 64);
            }
        );
        var denial = Scope().Refusal(salted);
        Assert.Equal((DenialReason.DomainNotAllowed, "ceiling.permissions"), (denial.Reason, denial.Rule));
        Assert.Contains("salt 0x0000", denial.Observed, StringComparison.Ordinal);
    }

    [Fact]
    public void A_salt_that_is_named_must_equal()
    {
        var permission = ScopeBuilder.Typed(Order);
        permission["domain"]!["salt"] = "0x" + new string('5', 64);
        var scope = ScopeBuilder.Compile(permission);
        Assert.True(scope.Ask(Salted('5')).IsAllowed);
        var denial = scope.Refusal(Salted('6'));
        Assert.Equal(DenialReason.DomainNotAllowed, denial.Reason);
        Assert.Contains("salt 0x5555", denial.Limit, StringComparison.Ordinal);
        Assert.Equal(DenialReason.DomainNotAllowed, scope.Refusal(Message(5)).Reason);

        static TypedDataPayload Salted(char digit) =>
            Message(
                5,
                data =>
                {
                    data["types"]!["EIP712Domain"]!.AsArray().Add(JsonNode.Parse("""{"name":"salt","type":"bytes32"}"""));
                    data["domain"]!["salt"] = "0x" + new string(digit, 64);
                }
            );
    }

    [Fact]
    public void A_member_that_is_named_must_be_present()
    {
        var unversioned = Message(
            5,
            data =>
            {
                data["types"]!["EIP712Domain"]!.AsArray().RemoveAt(1);
                data["domain"]!.AsObject().Remove("version");
            }
        );
        var denial = Scope().Refusal(unversioned);
        Assert.Equal(DenialReason.DomainNotAllowed, denial.Reason);
        Assert.Equal($"name \"Venue\" chain 1 contract {ScopeBuilder.Token}", denial.Observed);
        Assert.Equal($"name \"Venue\" version \"1\" chain 1 contract {ScopeBuilder.Token}", denial.Limit);
    }

    [Fact]
    public void The_type_must_be_the_same_to_the_letter()
    {
        var other = ScopeBuilder.TypedData(
            """ "Order":[{"name":"maker","type":"address"},{"name":"amount","type":"uint128"}] """,
            "Order",
            $$"""{"maker":"{{ScopeBuilder.Alice}}","amount":"5"}"""
        );
        Assert.Equal(
            new Denial(DenialReason.TypeNotAllowed, "ceiling.permissions", "Order(address maker,uint128 amount)", Order),
            Scope().Refusal(other)
        );
    }

    [Fact]
    public void All_permissions_that_allow_count_and_the_trace_says_what_was_considered()
    {
        const string Wide = """[{"path":"amount","op":"lte","value":"50"},{"path":"maker","op":"eq","value":"$maker"}]""";
        var scope = ScopeBuilder.Compile(
            ScopeBuilder.Typed("Cancel(uint256 id)", name: "cancel"),
            ScopeBuilder.Typed(Order, Constraints, """[{"budget":"usdc","path":"amount"}]""", "small"),
            ScopeBuilder.Typed(
                Order,
                Wide.Replace("$maker", ScopeBuilder.Alice, StringComparison.Ordinal),
                """[{"budget":"eth","path":"amount"}]""",
                "large"
            )
        );
        var debits = new DebitBuffer();
        Assert.Equal("ceiling.permissions[1]", scope.Ask(Message(5), debits).AllowedBy);
        Assert.Equal([(0, (UInt256)5), (1, (UInt256)5)], debits.Items.ToArray());
        Assert.Equal("ceiling.permissions[2]", scope.Ask(Message(6), debits).AllowedBy);
        Assert.Equal((1, (UInt256)6), Assert.Single(debits.Items.ToArray()));
        Assert.Equal(["ceiling.permissions[2]"], Trace(6));
        Assert.Equal(["ceiling.permissions[1].constraints[0]", "ceiling.permissions[2].constraints[0]"], Trace(51));
        var other = ScopeBuilder.TypedData(""" "Order":[{"name":"amount","type":"uint256"}] """, "Order", """{"amount":"5"}""");
        Assert.Equal($"Cancel(uint256 id), {Order}", scope.Refusal(other).Limit);

        IEnumerable<string> Trace(int amount) =>
            TracePropertyTests.Explain(scope, Message(amount)).Trace.Steps.Select(step => step.Unmet?.Rule ?? step.Permission);
    }

    [Theory]
    [InlineData("bool", "true", "true", "false", "false")]
    [InlineData("bool", "false", "false", "true", "true")]
    [InlineData("bytes4", "\"0x01020304\"", "\"0x01020304\"", "\"0x01020305\"", "0x01020305")]
    [InlineData("address", $"\"{ScopeBuilder.Alice}\"", $"\"{ScopeBuilder.Alice}\"", $"\"{ScopeBuilder.Bob}\"", ScopeBuilder.Bob)]
    [InlineData("int8", "\"-1\"", "\"-1\"", "\"-2\"", "-2")]
    public void Values_of_every_one_word_type_are_compared_and_shown(string type, string operand, string met, string unmet, string shown)
    {
        var scope = ScopeBuilder.Compile(
            ScopeBuilder.Typed($"Note({type} x,string text)", $$"""[{"path":"x","op":"eq","value":{{operand}}}]""")
        );
        Assert.True(scope.Ask(Note(met)).IsAllowed);
        Assert.Equal(shown, scope.Refusal(Note(unmet)).Observed);

        TypedDataPayload Note(string value) =>
            ScopeBuilder.TypedData(
                $$""" "Note":[{"name":"x","type":"{{type}}"},{"name":"text","type":"string"}] """,
                "Note",
                $$"""{"x":{{value}},"text":""}"""
            );
    }

    [Fact]
    public void A_counted_element_that_is_not_there_is_a_refusal()
    {
        var scope = ScopeBuilder.Compile(
            ScopeBuilder.Typed(
                "Batch(Leg[] legs,string note)Leg(address asset,int256 size,uint256 price)",
                meters: """[{"budget":"usdc","path":"legs[1].price"}]"""
            )
        );
        Assert.True(scope.Ask(Batch("", (1, 1), (1, 1))).IsAllowed);
        Assert.Equal(("ceiling.budgets[usdc]", "no such element"), Why(scope.Refusal(Batch("", (1, 1)))));
    }

    [Fact]
    public void Members_of_nested_structs_and_arrays_are_constrained_and_counted()
    {
        var scope = ScopeBuilder.Compile(
            ScopeBuilder.Typed(
                "Batch(Leg[] legs,string note)Leg(address asset,int256 size,uint256 price)",
                """[{"path":"legs[*].size","op":"between","min":"-10","max":"10"},{"path":"legs[0].asset","op":"eq","value":"0x6B175474E89094C44Da98b954EedeAC495271d0F"},{"path":"note","op":"eq","value":"ok"}]""",
                """[{"budget":"usdc","path":"legs[*].price"}]"""
            )
        );
        var debits = new DebitBuffer();
        Assert.True(scope.Ask(Batch("ok", (-10, 3), (10, 4)), debits).IsAllowed);
        Assert.Equal<UInt256>(7, Assert.Single(debits.Items.ToArray()).Amount);
        Assert.Equal(("ceiling.permissions[0].constraints[0]", "-11"), Why(scope.Refusal(Batch("ok", (1, 1), (-11, 1)))));
        Assert.Equal(("ceiling.permissions[0].constraints[0]", "an array without elements"), Why(scope.Refusal(Batch("ok"))));
        Assert.Equal(("ceiling.permissions[0].constraints[2]", "\"no\""), Why(scope.Refusal(Batch("no", (1, 1)))));
        var overflow = UInt256Max();
        Assert.Equal(DenialReason.BudgetExceeded, scope.Refusal(Batch("ok", [(1, overflow), (1, "1")])).Reason);
    }

    [Fact]
    public void A_transaction_is_no_message() =>
        Assert.Equal(DenialReason.TargetNotAllowed, Scope().Refusal(new TransactionBuilder().Build()).Reason);

    private static CompiledScope Scope() =>
        ScopeBuilder.Compile(ScopeBuilder.Typed(Order, Constraints, """[{"budget":"usdc","path":"amount"}]"""));

    private static TypedDataPayload Message(int amount, Action<JsonObject>? change = null) =>
        ScopeBuilder.TypedData(OrderTypes, "Order", $$"""{"maker":"{{ScopeBuilder.Alice}}","amount":"{{amount}}"}""", change);

    private static TypedDataPayload Batch(string note, params (int Size, int Price)[] legs) =>
        Batch(note, [.. legs.Select(leg => (leg.Size, $"{leg.Price}"))]);

    private static TypedDataPayload Batch(string note, IReadOnlyList<(int Size, string Price)> legs) =>
        ScopeBuilder.TypedData(
            """ "Batch":[{"name":"legs","type":"Leg[]"},{"name":"note","type":"string"}],"Leg":[{"name":"asset","type":"address"},{"name":"size","type":"int256"},{"name":"price","type":"uint256"}] """,
            "Batch",
            $$"""{"note":"{{note}}","legs":[{{string.Join(',', legs.Select(leg => $$"""{"asset":"{{ScopeBuilder.Other}}","size":"{{leg.Size}}","price":"{{leg.Price}}"}"""))}}]}"""
        );

    private static string UInt256Max() => UInt256.MaxValue.ToString();

    private static (string Rule, string Observed) Why(Denial denial) => (denial.Rule, denial.Observed);
}
