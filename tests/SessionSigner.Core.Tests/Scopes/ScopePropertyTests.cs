using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using SessionSigner.Ethereum;

namespace SessionSigner.Core.Tests;

/// <summary>What holds for every scope and every payload.</summary>
public class ScopePropertyTests
{
    private static readonly string[] s_addresses = [ScopeBuilder.Token, ScopeBuilder.Other, ScopeBuilder.Alice, ScopeBuilder.Bob];
    private static readonly string[] s_functions =
    [
        "transfer(address to, uint256 amount)",
        "approve(address to, uint256 amount)",
        "pay(uint256 amount, address to, bytes note)",
        "",
    ];

    [Property(MaxTest = 300)]
    public Property A_session_never_exceeds_its_ceiling() =>
        Prop.ForAll(
            Gen.Zip(Gen.Zip(Documents(), Documents()), Payloads()).ToArbitrary(),
            sample =>
            {
                var ((upper, lower), payload) = sample;
                var ceiling = ScopeBuilder.CompileDocument(JsonNode.Parse(upper)!.AsObject());
                var narrowing = ScopeBuilder.CompileDocument(JsonNode.Parse(lower)!.AsObject(), "narrowing");
                var evaluation = new ScopeEvaluation();
                var decision = evaluation.Evaluate(ceiling, narrowing, payload, ScopeBuilder.Now, ScopeBuilder.Session);
                return decision.IsAllowed == (Allows(upper, payload) && Allows(lower, payload))
                    && (
                        !decision.IsAllowed
                        || (Counts(ceiling, payload, evaluation.Ceiling) && Counts(narrowing, payload, evaluation.Narrowing))
                    );
            }
        );

    [Property(MaxTest = 300)]
    public Property The_order_of_permissions_decides_nothing() =>
        Prop.ForAll(
            Gen.Zip(Documents(), Payloads()).ToArbitrary(),
            sample =>
            {
                var (text, payload) = sample;
                var document = JsonNode.Parse(text)!.AsObject();
                var debits = new DebitBuffer();
                var forwards = ScopeBuilder.CompileDocument(document).Ask(payload, debits);
                var reversed = document["permissions"]!.AsArray().Reverse().Select(permission => permission!.DeepClone()).ToArray();
                foreach (var permission in reversed)
                {
                    permission["constraints"] = new JsonArray([
                        .. permission["constraints"]!.AsArray().Reverse().Select(constraint => constraint!.DeepClone()),
                    ]);
                }
                document["permissions"] = new JsonArray(reversed);
                var backwards = ScopeBuilder.CompileDocument(document);
                return forwards.IsAllowed
                    ? Counts(backwards, payload, debits)
                    : !backwards.Ask(payload).IsAllowed && forwards.Denial.Reason == backwards.Refusal(payload).Reason;
            }
        );

    [Property(MaxTest = 300)]
    public Property What_is_taken_is_the_most_that_any_permission_counts_alone() =>
        Prop.ForAll(
            Gen.Zip(Documents(), Payloads()).ToArbitrary(),
            sample =>
            {
                var (text, payload) = sample;
                var most = new Dictionary<int, UInt256>();
                var allowed = false;
                foreach (var permission in JsonNode.Parse(text)!["permissions"]!.AsArray())
                {
                    var debits = new DebitBuffer();
                    allowed |= ScopeBuilder.Compile(permission!.DeepClone().AsObject()).Ask(payload, debits).IsAllowed;
                    foreach (var (budget, amount) in debits.Items)
                    {
                        most[budget] = most.TryGetValue(budget, out var other) && other > amount ? other : amount;
                    }
                }
                var taken = new DebitBuffer();
                var together = ScopeBuilder.CompileDocument(JsonNode.Parse(text)!.AsObject()).Ask(payload, taken);
                return together.IsAllowed == allowed
                    && most.OrderBy(pair => pair.Key).Select(pair => (pair.Key, pair.Value)).SequenceEqual(Sorted(taken));
            }
        );

    [Property(MaxTest = 300)]
    public Property A_refusal_always_says_why_within_bounds() =>
        Prop.ForAll(
            Gen.Zip(Documents(), Payloads()).ToArbitrary(),
            sample =>
            {
                var debits = new DebitBuffer();
                var decision = ScopeBuilder.CompileDocument(JsonNode.Parse(sample.Item1)!.AsObject()).Ask(sample.Item2, debits);
                if (decision.IsAllowed)
                {
                    return true;
                }
                var denial = decision.Denial;
                string[] texts = [denial.Rule, denial.Observed, denial.Limit];
                return denial.Reason != DenialReason.Unspecified
                    && debits.Count == 0
                    && denial.Rule.StartsWith("ceiling.", StringComparison.Ordinal)
                    && texts.All(text => text.Length is > 0 and <= 256 && text.All(c => c is >= ' ' and <= '~'));
            }
        );

    [Property(MaxTest = 500)]
    public void Calldata_of_any_bytes_is_decided_without_an_exception(byte[] bytes)
    {
        var function = s_functions[(bytes ??= []).Length % 3];
        Assert.True(AbiFunction.TryParse(function, out var parsed, out _));
        var scope = ScopeBuilder.Compile(
            ScopeBuilder.Call(function, """[{"path":"amount","op":"lte","value":"9"}]""", """[{"budget":"usdc","path":"amount"}]""")
        );
        var payload = new TransactionBuilder { Data = "0x" + Convert.ToHexString([.. parsed!.Selector4.Span, .. bytes]) }.Build();
        var decision = scope.Ask(payload);
        Assert.True(decision.IsAllowed || decision.Denial.Reason != DenialReason.Unspecified);
    }

    [Fact]
    public void The_zero_value_refuses()
    {
        Assert.False(default(ScopeDecision).IsAllowed);
        Assert.Equal(DenialReason.Unspecified, default(ScopeDecision).Denial.Reason);
        Assert.False(default(Outcome).IsMet);
    }

    private static bool Counts(CompiledScope scope, SigningPayload payload, DebitBuffer expected)
    {
        var debits = new DebitBuffer();
        return scope.Ask(payload, debits).IsAllowed && Sorted(debits).SequenceEqual(Sorted(expected));
    }

    private static IEnumerable<(int Budget, UInt256 Amount)> Sorted(DebitBuffer debits) =>
        debits.Items.ToArray().OrderBy(debit => debit.Budget);

    // A second, naive reading of the generated documents: every permission, one after the other, straight from the JSON.
    private static bool Allows(string document, TransactionPayload payload)
    {
        var transaction = payload.Transaction;
        foreach (var permission in JsonNode.Parse(document)!["permissions"]!.AsArray())
        {
            var signature = (string)permission!["function"]!;
            AbiFunction? function = null;
            var isCall = signature.Length > 0 && AbiFunction.TryParse(signature, out function, out _);
            AbiValue.Tuple? values = null;
            var matches = isCall
                ? transaction.Data.Span.StartsWith(function!.Selector4.Span)
                    && AbiDecoder.TryDecode(function.Inputs, transaction.Data[4..], out values, out _)
                : transaction.Data.IsEmpty;
            var isTarget = permission["targets"]!.AsArray().Any(target => (string)target! == transaction.To!.Value.ToString());
            if (
                matches
                && isTarget
                && transaction.Value.IsZero
                && permission["constraints"]!.AsArray().All(constraint => IsMet(constraint!, values!))
            )
            {
                return true;
            }
        }
        return false;
    }

    private static bool IsMet(JsonNode constraint, AbiValue.Tuple values)
    {
        var index = values.Members.ToList().FindIndex(member => member.Name == (string)constraint["path"]!);
        var value = values.Items[index].ToString();
        return (string)constraint["op"]! switch
        {
            "lte" => int.Parse(value!) <= int.Parse((string)constraint["value"]!),
            "ne" => value != (string)constraint["value"]!,
            "in" => constraint["values"]!.AsArray().Any(candidate => (string)candidate! == value),
            _ => throw new InvalidOperationException("unknown operator"),
        };
    }

    internal static Gen<string> Documents() =>
        Gen.ArrayOf(Permissions())
            .Select(permissions =>
            {
                var nodes = permissions.Append(s_permission).Take(6).Select((text, i) => Named(text, i)).ToArray();
                return ScopeBuilder.Document(nodes).ToJsonString();
            });

    private static readonly string s_permission = ScopeBuilder.Call("nothing()").ToJsonString();

    private static JsonObject Named(string text, int index)
    {
        var permission = JsonNode.Parse(text)!.AsObject();
        permission["name"] = $"p{index}";
        return permission;
    }

    private static Gen<string> Permissions() =>
        from function in Gen.Elements(s_functions)
        from targets in Gen.ArrayOf(Gen.Elements(s_addresses))
        from cap in Gen.Choose(0, 12)
        from parties in Gen.ArrayOf(Gen.Elements(s_addresses))
        from pick in Gen.Choose(0, 3)
        from budgets in Gen.ArrayOf(Gen.Elements("usdc", "eth"))
        select Permission(function, targets.Append(ScopeBuilder.Token), cap, parties.Append(ScopeBuilder.Alice), pick, budgets.Take(3))
            .ToJsonString();

    private static JsonObject Permission(
        string function,
        IEnumerable<string> targets,
        int cap,
        IEnumerable<string> parties,
        int pick,
        IEnumerable<string> budgets
    )
    {
        var permission = ScopeBuilder.Call(function);
        permission["targets"] = new JsonArray([.. targets.Distinct().Select(target => JsonValue.Create(target))]);
        var constraints = new JsonArray();
        if (function.Length > 0 && (pick & 1) != 0)
        {
            constraints.Add(JsonNode.Parse($$"""{"path":"amount","op":"lte","value":"{{cap}}"}"""));
            constraints.Add(JsonNode.Parse($$"""{"path":"amount","op":"ne","value":"{{cap / 2}}"}"""));
        }
        if (function.Length > 0 && (pick & 2) != 0)
        {
            constraints.Add(
                new JsonObject
                {
                    ["path"] = "to",
                    ["op"] = "in",
                    ["values"] = new JsonArray([.. parties.Distinct().Select(party => JsonValue.Create(party))]),
                }
            );
        }
        permission["constraints"] = constraints;
        // A budget that is named twice is counted into twice.
        permission["meters"] = new JsonArray([
            .. budgets.Where(_ => function.Length > 0).Select(budget => new JsonObject { ["budget"] = budget, ["path"] = "amount" }),
        ]);
        return permission;
    }

    internal static Gen<TransactionPayload> Payloads() =>
        from function in Gen.Elements(s_functions)
        from target in Gen.Elements(s_addresses)
        from party in Gen.Elements(s_addresses)
        from amount in Gen.Choose(0, 12)
        from value in Gen.Frequency((9, Gen.Constant(0)), (1, Gen.Constant(1)))
        select new TransactionBuilder
        {
            To = target,
            Value = value,
            Data = Data(function, party, amount),
        }.Build();

    private static string Data(string function, string party, int amount)
    {
        if (!AbiFunction.TryParse(function, out var parsed, out _))
        {
            return "0x";
        }
        var (to, number) = (TransactionBuilder.Word(party), TransactionBuilder.Word(amount));
        var arguments = parsed!.Name == "pay" ? number + to + TransactionBuilder.Word(96) + TransactionBuilder.Word(0) : to + number;
        return "0x" + Convert.ToHexStringLower(parsed.Selector4.Span) + arguments;
    }
}
