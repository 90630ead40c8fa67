using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;

namespace SessionSigner.Core.Tests;

/// <summary>What holds for every choice, quantifier and length, against a second, naive reading straight from the JSON.</summary>
public class ChoicePropertyTests
{
    private const string Function = "f(uint256 a, uint256[] xs, uint256[] ys)";

    [Property(MaxTest = 500)]
    public Property A_naive_reading_agrees() =>
        Prop.ForAll(
            Gen.Zip(Lists(2), Gen.Zip(Gen.Choose(0, 4), Gen.Zip(Numbers(), Numbers()))).ToArbitrary(),
            sample =>
            {
                var (text, (a, (xs, ys))) = sample;
                var constraints = JsonNode.Parse(text)!.AsArray();
                return Ask(text, a, xs, ys) == constraints.All(constraint => IsMet(constraint!, a, xs, ys));
            }
        );

    [Property(MaxTest = 300)]
    public Property Another_constraint_never_widens_and_another_alternative_never_narrows() =>
        Prop.ForAll(
            Gen.Zip(Gen.Zip(Lists(1), Lists(1)), Gen.Zip(Gen.Choose(0, 4), Gen.Zip(Numbers(), Numbers()))).ToArbitrary(),
            sample =>
            {
                var ((one, other), (a, (xs, ys))) = sample;
                var both = Ask($"[{one[1..^1]},{other[1..^1]}]", a, xs, ys);
                var either = Ask($$"""[{"any_of":[{{one}},{{other}}]}]""", a, xs, ys);
                var (left, right) = (Ask(one, a, xs, ys), Ask(other, a, xs, ys));
                return both == (left && right) && either == (left || right);
            }
        );

    [Property(MaxTest = 300)]
    public Property The_order_of_alternatives_and_constraints_does_not_decide() =>
        Prop.ForAll(
            Gen.Zip(Lists(2), Gen.Zip(Gen.Choose(0, 4), Gen.Zip(Numbers(), Numbers()))).ToArbitrary(),
            sample =>
            {
                var (text, (a, (xs, ys))) = sample;
                return Ask(text, a, xs, ys) == Ask(Reversed(JsonNode.Parse(text)!).ToJsonString(), a, xs, ys);
            }
        );

    private static bool Ask(string constraints, int a, int[] xs, int[] ys)
    {
        var decision = ScopeBuilder
            .Compile(ScopeBuilder.Call(Function, constraints))
            .Ask(
                ScopeBuilder.CallData(
                    "f(uint256,uint256[],uint256[])",
                    [
                        Word(a),
                        Word(96),
                        Word(128 + (32 * xs.Length)),
                        Word(xs.Length),
                        .. xs.Select(Word),
                        Word(ys.Length),
                        .. ys.Select(Word),
                    ]
                )
            );
        Assert.True(decision.IsAllowed || decision.Denial.Reason == DenialReason.ConstraintUnmet);
        return decision.IsAllowed;

        static string Word(int value) => TransactionBuilder.Word(value);
    }

    private static bool IsMet(JsonNode constraint, int a, int[] xs, int[] ys)
    {
        if (constraint["any_of"] is JsonArray alternatives)
        {
            return alternatives.Any(alternative => alternative!.AsArray().All(inner => IsMet(inner!, a, xs, ys)));
        }
        var path = (string)constraint["path"]!;
        int[] values = path[0] switch
        {
            'a' => [a],
            'x' => xs,
            _ => ys,
        };
        if (constraint["length"] is not null)
        {
            return Compare(values.Length);
        }
        return (string?)constraint["quantifier"] == "any" ? values.Any(Compare) : values.Length > 0 && values.All(Compare);

        bool Compare(int value)
        {
            var operand = int.Parse((string)constraint["value"]!);
            return (string)constraint["op"]! switch
            {
                "eq" => value == operand,
                "ne" => value != operand,
                "lt" => value < operand,
                _ => value >= operand,
            };
        }
    }

    private static JsonNode Reversed(JsonNode node) =>
        node switch
        {
            JsonArray array => new JsonArray([.. array.Reverse().Select(item => Reversed(item!))]),
            JsonObject { } choice when choice["any_of"] is { } alternatives => new JsonObject { ["any_of"] = Reversed(alternatives) },
            _ => node.DeepClone(),
        };

    private static Gen<string> Lists(int depth) =>
        from count in Gen.Choose(1, 3)
        from items in Gen.ArrayOf(depth == 0 ? Comparisons() : Gen.Frequency((2, Comparisons()), (1, Choices(depth - 1))), count)
        select $"[{string.Join(',', items)}]";

    private static Gen<string> Choices(int depth) =>
        from count in Gen.Choose(1, 3)
        from lists in Gen.ArrayOf(Lists(depth), count)
        select $$"""{"any_of":[{{string.Join(',', lists)}}]}""";

    private static Gen<string> Comparisons() =>
        from target in Gen.Elements(
            """ "path":"a" """,
            """ "path":"xs[*]" """,
            """ "path":"ys[*]","quantifier":"all" """,
            """ "path":"ys[*]","quantifier":"any" """,
            """ "path":"xs","length":true """
        )
        from op in Gen.Elements("eq", "ne", "lt", "gte")
        from value in Gen.Choose(0, 4)
        select $$"""{{{target}},"op":"{{op}}","value":"{{value}}"}""";

    private static Gen<int[]> Numbers() => from count in Gen.Choose(0, 3) from values in Gen.ArrayOf(Gen.Choose(0, 4), count) select values;
}
