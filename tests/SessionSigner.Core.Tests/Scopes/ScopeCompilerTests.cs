using System.Text.Json.Nodes;

namespace SessionSigner.Core.Tests;

/// <summary>What cannot be enforced is a fault when a scope is loaded, never a surprise when a request comes.</summary>
public class ScopeCompilerTests
{
    [Theory]
    [InlineData("transfer")]
    [InlineData("transfer(")]
    [InlineData("transfer(address to, uint256 amount")]
    [InlineData("transfer(adress to)")]
    [InlineData("transfer(uint257 x)")]
    [InlineData("function transfer(address to)")]
    [InlineData("transfer(address to) returns (bool)")]
    [InlineData("(address)")]
    public void A_signature_that_cannot_be_read(string function) =>
        Assert.StartsWith(
            "ceiling.permissions[0].function: Must be an ABI signature",
            Assert.Single(ScopeBuilder.Faults(ScopeBuilder.Call(function))),
            StringComparison.Ordinal
        );

    [Theory]
    [InlineData("""{"path":"x","op":"between","min":"256","max":"1"}""", "min: Must be ")]
    [InlineData("""{"path":"x","op":"between","min":"1","max":"256"}""", "max: Must be ")]
    [InlineData("""{"path":"x","op":"between","min":"2","max":"1"}""", "max: Must be at least min.")]
    [InlineData("""{"path":"x","op":"in","values":["1","256"]}""", "values[1]: Must be ")]
    [InlineData(
        """{"path":"x","op":"eq","value":"1","length":true}""",
        "length: A uint8 has no length of its own; only T[], bytes and string have."
    )]
    public void A_fault_names_the_operand(string constraint, string fault) =>
        Assert.StartsWith(
            "ceiling.permissions[0].constraints[0]." + fault,
            Assert.Single(ScopeBuilder.Faults(ScopeBuilder.Call("f(uint8 x)", $"[{constraint}]"))),
            StringComparison.Ordinal
        );

    [Theory]
    [InlineData(
        "ufixed8x2",
        "\"256\"",
        "Must be the number times 10^2, as a decimal string without leading zeros, and ufixed8x2 must be able to hold it."
    )]
    [InlineData(
        "fixed8x2",
        "\"128\"",
        "Must be the number times 10^2, as a decimal string without leading zeros, and fixed8x2 must be able to hold it."
    )]
    [InlineData("int8", "\"128\"", "Must be a decimal string that int8 can hold, without leading zeros.")]
    [InlineData("uint8", "\"256\"", "Must be a decimal string that uint8 can hold, without leading zeros.")]
    [InlineData("string", "true", "Must be a string of at most 4096 bytes.")]
    public void A_fault_says_what_the_operand_must_be(string type, string operand, string rule) =>
        Assert.Equal(
            "ceiling.permissions[0].constraints[0].value: " + rule,
            Assert.Single(ScopeBuilder.Faults(ScopeBuilder.Call($"f({type} x)", $$"""[{"path":"x","op":"eq","value":{{operand}}}]""")))
        );

    [Fact]
    public void Texts_are_compared_with_up_to_4096_bytes()
    {
        ScopeBuilder.Compile(ScopeBuilder.Call("f(string x)", Of(4_096)));
        Assert.Single(ScopeBuilder.Faults(ScopeBuilder.Call("f(string x)", Of(4_097))));

        static string Of(int length) => $$"""[{"path":"x","op":"eq","value":"{{new string('x', length)}}"}]""";
    }

    [Theory]
    [InlineData("uint8", "256")]
    [InlineData("uint8", "-1")]
    [InlineData("uint8", "01")]
    [InlineData("uint256", "115792089237316195423570985008687907853269984665640564039457584007913129639936")]
    [InlineData("uint256", "NaN")]
    [InlineData("uint256", "0x10")]
    [InlineData("int8", "128")]
    [InlineData("int8", "-129")]
    [InlineData("int8", "-0")]
    [InlineData("int8", "- 1")]
    [InlineData("address", "0xa0b86991c6218b36c1d19d4a2e9eb0ce3606eb48")]
    [InlineData("address", "1")]
    [InlineData("bytes4", "0x0102")]
    [InlineData("bytes4", "0x0102030405")]
    [InlineData("bytes4", "0xABCDEF01")]
    [InlineData("bytes4", "01020304")]
    [InlineData("bytes", "0x0")]
    [InlineData("bool", "true")]
    [InlineData("ufixed8x2", "256")]
    [InlineData("ufixed8x2", "1.0")]
    [InlineData("fixed8x2", "-129")]
    [InlineData("function", "0xa0b86991c6218b36c1d19d4a2e9eb0ce3606eb48")]
    public void An_operand_that_its_type_cannot_hold(string type, string operand)
    {
        var faults = ScopeBuilder.Faults(ScopeBuilder.Call($"f({type} x)", $$"""[{"path":"x","op":"eq","value":"{{operand}}"}]"""));
        Assert.StartsWith("ceiling.permissions[0].constraints[0].value: Must be ", Assert.Single(faults), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(
        """{"path":"x","op":"in","values":["1","256"]}""",
        "constraints[0].values[1]: Must be a decimal string that uint8 can hold"
    )]
    [InlineData("""{"path":"x","op":"between","min":"300","max":"1"}""", "constraints[0].min: Must be a decimal string")]
    [InlineData("""{"path":"x","op":"between","min":"3","max":"2"}""", "constraints[0].max: Must be at least min.")]
    [InlineData("""{"path":"y","op":"eq","value":"1"}""", "constraints[0].path: There is no \"y\"; there are: x, to, p, xs.")]
    [InlineData("""{"path":"x.y","op":"eq","value":"1"}""", "constraints[0].path: A uint8 has no member \"y\".")]
    [InlineData("""{"path":"x[0]","op":"eq","value":"1"}""", "constraints[0].path: A uint8 has no element [0].")]
    [InlineData("""{"path":"x[*]","op":"eq","value":"1"}""", "constraints[0].path: A uint8 has no element [*].")]
    [InlineData("""{"path":"[4]","op":"eq","value":"1"}""", "constraints[0].path: The list of arguments has no element [4].")]
    [InlineData("""{"path":"[*]","op":"eq","value":"1"}""", "constraints[0].path: The list of arguments has no element [*].")]
    [InlineData("""{"path":"xs[2]","op":"eq","value":"1"}""", "constraints[0].path: A uint8[2] has no element [2].")]
    [InlineData("""{"path":"p","op":"eq","value":"1"}""", "constraints[0].value: A (uint8) cannot be compared")]
    [InlineData("""{"path":"xs","op":"lte","value":"1"}""", "constraints[0].value: A uint8[2] cannot be compared")]
    [InlineData(
        """{"path":"to","op":"lte","value":"0xA0b86991c6218b36c1d19D4a2e9Eb0cE3606eB48"}""",
        "constraints[0].op: A address has no order"
    )]
    public void A_constraint_that_makes_no_sense(string constraint, string fault) =>
        Assert.Contains(
            "ceiling.permissions[0]." + fault,
            Assert.Single(ScopeBuilder.Faults(ScopeBuilder.Call("f(uint8 x, address to, (uint8 q) p, uint8[2] xs)", $"[{constraint}]"))),
            StringComparison.Ordinal
        );

    [Theory]
    [InlineData("to", "Only unsigned numbers are counted; this is a address.")]
    [InlineData("i", "Only unsigned numbers are counted; this is a int8.")]
    [InlineData("r", "Only unsigned numbers are counted; this is a fixed8x1.")]
    [InlineData("y", "There is no \"y\"")]
    public void A_meter_on_something_that_is_no_amount(string path, string fault) =>
        Assert.Contains(
            "ceiling.permissions[0].meters[0].path: " + fault,
            Assert.Single(
                ScopeBuilder.Faults(
                    ScopeBuilder.Call("f(int8 i, address to, fixed8x1 r)", meters: $$"""[{"budget":"usdc","path":"{{path}}"}]""")
                )
            ),
            StringComparison.Ordinal
        );

    [Theory]
    [InlineData("Order(uint amount)")]
    [InlineData("Order(uint256 amount")]
    [InlineData("Order(uint256 amount) ")]
    [InlineData("Order(uint256  amount)")]
    [InlineData("Order(uint256 amount, address to)")]
    [InlineData("Order(Item item)")]
    [InlineData("Order(uint256 amount)Item(uint256 x)")]
    [InlineData("Order(B b,A a)B(uint256 x)A(uint256 x)")]
    [InlineData("Order(uint256 amount)Order(uint256 amount)")]
    public void A_type_that_is_no_encodeType(string type) =>
        Assert.StartsWith(
            "ceiling.permissions[0].type: Must be an EIP-712 type",
            Assert.Single(ScopeBuilder.Faults(ScopeBuilder.Typed(type))),
            StringComparison.Ordinal
        );

    [Fact]
    public void Typed_data_in_the_domain_of_user_operations()
    {
        var permission = ScopeBuilder.Typed("Order(uint256 amount)");
        permission["domain"]!["name"] = "ERC4337";
        Assert.Equal(
            "ceiling.permissions[0].domain.name: Is the domain of user operations; use a permission of kind user_operation.",
            Assert.Single(ScopeBuilder.Faults(permission))
        );
    }

    [Fact]
    public void A_primary_type_that_is_not_the_first()
    {
        var permission = ScopeBuilder.Typed("Order(uint256 amount)");
        permission["primary_type"] = "Item";
        Assert.Equal(
            "ceiling.permissions[0].primary_type: Must be \"Order\", the first struct of the type.",
            Assert.Single(ScopeBuilder.Faults(permission))
        );
    }

    [Fact]
    public void All_faults_are_reported_at_once()
    {
        var faults = ScopeBuilder.Faults(
            ScopeBuilder.Call("f(uint8 x)", """[{"path":"x","op":"eq","value":"256"},{"path":"y","op":"eq","value":"1"}]""", name: "a"),
            ScopeBuilder.Call("g", name: "b")
        );
        Assert.Equal(3, faults.Count);
    }

    [Fact]
    public void Compile_throws_the_first_fault()
    {
        var scope = ScopeBuilder.Parse(ScopeBuilder.Document(ScopeBuilder.Call("g")));
        Assert.Equal(ErrorCode.InvalidRequest, Assert.Throws<SignerException>(() => CompiledScope.Compile("narrowing", scope)).Code);
    }

    [Fact]
    public void Budgets_and_rates_have_paths()
    {
        var document = ScopeBuilder.Document(ScopeBuilder.Call("g()"));
        document["rates"] = JsonNode.Parse("""[{"max":10,"window_seconds":1},{"max":100,"window_seconds":60}]""");
        document["max_signatures"] = 5;
        var scope = ScopeBuilder.CompileDocument(document, "narrowing");
        Assert.Equal(["narrowing.budgets[usdc]", "narrowing.budgets[eth]"], scope.Budgets.Select(budget => budget.Path));
        Assert.Equal([new RateRule("narrowing.rates[0]", 10, 1), new RateRule("narrowing.rates[1]", 100, 60)], scope.Rates);
        Assert.Equal((5, "narrowing.max_signatures"), (scope.MaxSignatures, scope.MaxSignaturesPath));
    }
}
