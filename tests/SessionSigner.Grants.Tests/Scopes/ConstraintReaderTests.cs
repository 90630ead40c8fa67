using System.Text.Json.Nodes;

namespace SessionSigner.Grants.Tests;

/// <summary>Choices, quantifiers and lengths in a scope document.</summary>
public class ConstraintReaderTests
{
    private const string Cap = """{"path":"amount","op":"lte","value":"1"}""";

    [Fact]
    public void Reads_choices_quantifiers_and_lengths()
    {
        var constraints = Read(
            $$"""[{"any_of":[[{{Cap}}],[{"path":"xs[*]","quantifier":"any","op":"eq","value":"2"},{"path":"xs","length":true,"op":"lt","value":"3"}]]},{"path":"xs[*]","quantifier":"all","op":"eq","value":"2"}]"""
        );
        var choice = Assert.IsType<AnyOf>(constraints[0]);
        Assert.Equal([1, 2], choice.Alternatives.Select(alternative => alternative.Count));
        Assert.Equal(Quantifier.All, Assert.IsType<Comparison>(choice.Alternatives[0][0]).Quantifier);
        Assert.Equal(Quantifier.Any, Assert.IsType<Comparison>(choice.Alternatives[1][0]).Quantifier);
        Assert.True(Assert.IsType<Comparison>(choice.Alternatives[1][1]).OfLength);
        Assert.Equal(Quantifier.All, Assert.IsType<Comparison>(constraints[1]).Quantifier);
    }

    [Theory]
    [InlineData("""{"any_of":[]}""", ".any_of: Must be a list of 1 to 16 elements.")]
    [InlineData("""{"any_of":{}}""", ".any_of: Must be a list of 1 to 16 elements.")]
    [InlineData("""{"any_of":null}""", ".any_of: Must be a list of 1 to 16 elements.")]
    [InlineData("""{"any_of":[[]]}""", ".any_of[0]: Must be a list of 1 to 16 constraints.")]
    [InlineData("""{"any_of":[{"path":"amount","op":"lte","value":"1"}]}""", ".any_of[0]: Must be a list of 1 to 16 constraints.")]
    [InlineData("""{"any_of":[[7]]}""", ".any_of[0][0]: Must be an object.")]
    [InlineData("""{"any_of":[[{"path":"amount","op":"lte","value":"1"}]],"path":"amount"}""", ".path: Unknown member.")]
    [InlineData("""{"any_of":[[{"path":"amount","op":"lte","value":"1","all_of":[]}]]}""", ".any_of[0][0].all_of: Unknown member.")]
    [InlineData("""{"path":"xs","quantifier":"any","op":"eq","value":"1"}""", ".quantifier: Only for a path with [*].")]
    [InlineData("""{"path":"xs[0]","quantifier":"all","op":"eq","value":"1"}""", ".quantifier: Only for a path with [*].")]
    [InlineData("""{"path":"xs[*]","quantifier":"some","op":"eq","value":"1"}""", ".quantifier: Must be \"all\" or \"any\".")]
    [InlineData("""{"path":"xs","length":"true","op":"eq","value":"1"}""", ".length: Must be true or false.")]
    public void Refuses_other_forms(string constraint, string fault) =>
        Assert.Contains($"permissions[0].constraints[0]{fault}", Faults($"[{constraint}]"));

    [Fact]
    public void Choices_nest_two_levels_deep()
    {
        Read($$"""[{"any_of":[[{"any_of":[[{{Cap}}]]}]]}]""");
        Assert.Contains(
            "permissions[0].constraints[0].any_of[0][0].any_of[0][0].any_of: At most 2 levels of any_of.",
            Faults($$"""[{"any_of":[[{"any_of":[[{"any_of":[[{{Cap}}]]}]]}]]}]""")
        );
    }

    [Fact]
    public void A_permission_has_at_most_128_comparisons()
    {
        var alternative = $"[{string.Join(',', Enumerable.Repeat(Cap, 16))}]";
        var eight = string.Join(',', Enumerable.Repeat(alternative, 8));
        Read($$"""[{"any_of":[{{eight}}]}]""");
        Assert.Contains(
            "permissions[0].constraints: At most 128 constraints, those inside any_of included.",
            Faults($$"""[{"any_of":[{{eight}}]},{{Cap}}]""")
        );
        Assert.Contains(
            "permissions[0].constraints[0].any_of[0]: Must be a list of 1 to 16 constraints.",
            Faults($$"""[{"any_of":[{{alternative[..^1]}},{{Cap}}]]}]""")
        );
    }

    private static IReadOnlyList<Constraint> Read(string constraints)
    {
        Assert.True(Scope.TryParse(Document(constraints), out var scope, out var faults), string.Join('\n', faults));
        return scope!.Permissions[0].Constraints;
    }

    private static IReadOnlyList<string> Faults(string constraints)
    {
        Assert.False(Scope.TryParse(Document(constraints), out _, out var faults));
        return faults;
    }

    private static byte[] Document(string constraints)
    {
        var document = JsonNode.Parse(Samples.ScopeJson)!.AsObject();
        document["permissions"]![0]!["constraints"] = JsonNode.Parse(constraints);
        return Samples.Utf8(document.ToJsonString());
    }
}
