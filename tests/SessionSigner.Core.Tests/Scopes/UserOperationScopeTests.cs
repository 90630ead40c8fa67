using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using SessionSigner.Ethereum;

namespace SessionSigner.Core.Tests;

/// <summary>Permissions of kind "user_operation"; each refusal is a vector in proto/spec/vectors/scope-user-operations.json.</summary>
public class UserOperationScopeTests
{
    private const string CapTen = """[{"path":"x","op":"lte","value":"10"}]""";
    private const string CountX = """[{"budget":"usdc","path":"x"}]""";

    private static JsonObject F => ScopeBuilder.Call("f(uint256 x)", CapTen, CountX, "f");

    [Fact]
    public void What_the_operation_costs_and_what_its_calls_take_add_up()
    {
        var scope = ScopeBuilder.Compile(F, UserOperations.Permission(budget: "usdc"));
        var debits = new DebitBuffer();
        var decision = scope.Ask(UserOperations.Payload(Carry(7)), debits);
        Assert.Equal("ceiling.permissions[1]", decision.AllowedBy);
        Assert.Equal((0, (UInt256)37), Assert.Single(debits.Items.ToArray()));
    }

    [Fact]
    public void A_call_permission_does_not_allow_an_operation_by_itself()
    {
        var scope = ScopeBuilder.Compile(F, Containers.Unwrap("execute(address to, uint256 value, bytes data)", "account"));
        Assert.Equal(
            (DenialReason.UserOperationNotAllowed, "ceiling.permissions", "no user operations"),
            (
                scope.Refusal(UserOperations.Payload(Carry(1))).Reason,
                scope.Refusal(UserOperations.Payload(Carry(1))).Rule,
                scope.Refusal(UserOperations.Payload(Carry(1))).Limit
            )
        );
    }

    [Fact]
    public void An_operation_permission_does_not_allow_what_is_carried()
    {
        var scope = ScopeBuilder.Compile(UserOperations.Permission());
        Assert.Equal(DenialReason.TargetNotAllowed, scope.Refusal(UserOperations.Payload(Carry(1))).Reason);
    }

    [Fact]
    public void An_operation_permission_allows_no_transaction()
    {
        var scope = ScopeBuilder.Compile(F, UserOperations.Permission());
        var call = new TransactionBuilder { To = UserOperations.Account, Data = Carry(1) }.Build();
        Assert.Equal(DenialReason.TargetNotAllowed, scope.Refusal(call).Reason);
    }

    [Fact]
    public void Calls_in_containers_of_the_called_contract_are_looked_into_as_well()
    {
        var scope = ScopeBuilder.Compile(F, Containers.Unwrap("multicall(bytes[] data)", "multicall"), UserOperations.Permission());
        var debits = new DebitBuffer();
        Assert.True(scope.Ask(UserOperations.Payload(CarryData(Containers.MulticallData(Data(3), Data(4)))), debits).IsAllowed);
        Assert.Equal((0, (UInt256)7), Assert.Single(debits.Items.ToArray()));
        var refusal = scope.Refusal(UserOperations.Payload(CarryData(Containers.MulticallData(Data(3), Data(11)))));
        Assert.Equal((DenialReason.ConstraintUnmet, "call[0]: call[1]: 11"), (refusal.Reason, refusal.Observed));
        var deep = Containers.MulticallData(Containers.MulticallData(Containers.MulticallData(Data(1))));
        Assert.Contains(
            "calls in more than 3 containers",
            scope.Refusal(UserOperations.Payload(CarryData(deep))).Observed,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void A_multicall_of_the_account_calls_the_account()
    {
        var onAccount = F;
        onAccount["targets"] = new JsonArray(UserOperations.Account);
        var payload = UserOperations.Payload(Containers.MulticallData(Data(3)));
        Assert.True(ScopeBuilder.Compile(onAccount, UserOperations.Permission()).Ask(payload).IsAllowed);
        Assert.Equal(DenialReason.TargetNotAllowed, ScopeBuilder.Compile(F, UserOperations.Permission()).Refusal(payload).Reason);
    }

    [Fact]
    public void Every_permission_that_allows_counts()
    {
        var (cheap, dear) = (UserOperations.Permission("cheap"), UserOperations.Permission("dear", budget: "usdc"));
        cheap["max_fee_per_gas"] = "1";
        var scope = ScopeBuilder.Compile(F, cheap, dear);
        var debits = new DebitBuffer();
        Assert.Equal("ceiling.permissions[1]", scope.Ask(UserOperations.Payload(Carry(0)), debits).AllowedBy);
        Assert.Equal((UInt256)30, Assert.Single(debits.Items.ToArray()).Amount);
        var fee = UserOperations.Payload(Carry(0), json => json["maxFeePerGas"] = "0x2");
        Assert.Equal("ceiling.permissions[2]", scope.Ask(fee, debits).AllowedBy);
        Assert.Equal((UInt256)60, Assert.Single(debits.Items.ToArray()).Amount);
    }

    [Fact]
    public void The_trace_says_what_was_considered()
    {
        var (cheap, dear) = (UserOperations.Permission("cheap"), UserOperations.Permission("dear"));
        cheap["max_fee_per_gas"] = "1";
        dear["max_fee_per_gas"] = "2";
        var scope = ScopeBuilder.Compile(F, cheap, dear);
        Assert.Equal(["ceiling.permissions[2]", "ceiling.permissions[0]"], Trace("0x2"));
        Assert.Equal(["ceiling.permissions[1].max_fee_per_gas", "ceiling.permissions[2].max_fee_per_gas"], Trace("0x3"));

        IEnumerable<string> Trace(string fee)
        {
            var trace = new TraceBuilder(TraceBounds.Answer);
            var payload = UserOperations.Payload(Carry(1), json => json["maxFeePerGas"] = fee);
            _ = scope.Evaluate(payload, ScopeBuilder.Now, new DebitBuffer(), ScopeBuilder.Session, trace);
            return trace.Build().Steps.Select(step => step.Unmet?.Rule ?? step.Permission);
        }
    }

    [Fact]
    public void A_paymaster_that_is_demanded_must_be_there()
    {
        var sponsored = UserOperations.Permission();
        sponsored["paymasters"] = new JsonArray(UserOperations.Paymaster);
        var refusal = ScopeBuilder.Compile(F, sponsored).Refusal(UserOperations.Payload(Carry(1)));
        Assert.Equal(("ceiling.permissions[1].paymasters", "no paymaster"), (refusal.Rule, refusal.Observed));
    }

    [Fact]
    public void Without_a_permission_for_its_kind_of_payload_nothing_is_allowed()
    {
        var scope = ScopeBuilder.Compile(F);
        Assert.False(scope.Ask(UserOperations.Payload(Carry(1))).IsAllowed);
    }

    [Fact]
    public void An_array_that_claims_more_calls_than_may_be_is_not_decoded()
    {
        var scope = ScopeBuilder.Compile(F, UserOperations.Permission());
        const string batch = "executeBatch((address target, uint256 value, bytes data)[] calls)";
        var data = Containers.Calldata(batch, [32, 65, .. Enumerable.Repeat(System.Numerics.BigInteger.Zero, 1_900)]);
        var payload = UserOperations.Payload(data);
        scope.Ask(payload);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var decision = scope.Ask(payload);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 8_192);
        Assert.Equal((DenialReason.FeatureNotAllowed, "more than 64 calls"), (decision.Denial.Reason, decision.Denial.Observed));
    }

    /// <summary>One wish after the other, against a naive reading of the permission.</summary>
    [Property(MaxTest = 500)]
    public Property A_naive_reading_agrees() =>
        Prop.ForAll(
            Gen.ArrayOf(Gen.Choose(0, 5), 9).ToArbitrary(),
            picks =>
            {
                // Mostly what is allowed, so that every criterion is the one that decides now and then.
                bool Is(int index) => picks[index] == 5;
                string Gas(int index) => Is(index) ? "0x65" : "0x64";
                var payload = UserOperations.Payload(
                    Carry(Is(0) ? 11 : 10),
                    json =>
                    {
                        json["nonce"] = Is(1) ? "0x10000000000000000" : "0xffffffffffffffff";
                        (json["callGasLimit"], json["verificationGasLimit"]) = (Gas(2), Gas(3));
                        (json["preVerificationGas"], json["maxFeePerGas"]) = (Gas(4), Is(5) ? "0xb" : "0xa");
                        json["maxPriorityFeePerGas"] = Is(6) ? "0x6" : "0x5";
                        if (Is(7))
                        {
                            (json["paymaster"], json["paymasterData"]) = (UserOperations.Paymaster, "0x");
                            (json["paymasterVerificationGasLimit"], json["paymasterPostOpGasLimit"]) = ("0x0", "0x0");
                        }
                        if (Is(8))
                        {
                            (json["factory"], json["factoryData"]) = (UserOperations.Paymaster, "0x");
                        }
                    }
                );
                var debits = new DebitBuffer();
                var decision = ScopeBuilder.Compile(F, UserOperations.Permission(budget: "eth")).Ask(payload, debits);
                var expected = picks.All(pick => pick != 5);
                var cost = debits.Items.ToArray().Where(item => item.Budget == 1).Select(item => item.Amount).SingleOrDefault();
                return decision.IsAllowed == expected && cost == (expected ? payload.Operation.GasCostMax : UInt256.Zero);
            }
        );

    [Property(MaxTest = 300)]
    public void Calldata_of_any_bytes_is_decided_without_an_exception(byte[]? bytes, bool isExecute)
    {
        var data = (isExecute ? "0xb61d27f6" : "0x") + Convert.ToHexStringLower(bytes ?? []);
        var decision = ScopeBuilder.Compile(F, UserOperations.Permission()).Ask(UserOperations.Payload(data));
        Assert.False(decision.IsAllowed);
        Assert.NotEqual(DenialReason.Unspecified, decision.Denial.Reason);
    }

    [Fact]
    public void Lint_is_content_with_a_permission_that_caps_and_counts() =>
        Assert.Empty(PolicyLint.Check(PolicyBuilder.Parse(PolicyBuilder.Document(UserOperations.Permission(budget: "usdc")))));

    [Theory]
    [InlineData("max_fee_per_gas", null, "ceiling.permissions[0]: No max_fee_per_gas; whoever pays can be drained by gas.")]
    [InlineData("meters", null, "ceiling.permissions[0].meters: No budget counts gas_cost")]
    [InlineData("entry_point", $$"""{"address":"{{ScopeBuilder.Token}}","version":"0.7"}""", "ceiling.permissions[0].entry_point: ")]
    [InlineData("entry_point", $$"""{"address":"{{UserOperations.EntryPoint}}","version":"0.6"}""", "ceiling.permissions[0].entry_point: ")]
    [InlineData("senders", $"""["{UserOperations.Account}","{ScopeBuilder.Token}"]""", "ceiling.permissions[0].senders: ")]
    [InlineData("factories", $"""["{UserOperations.Paymaster}"]""", "ceiling.permissions[0].factories: ")]
    public void Lint_names_what_is_usually_not_meant(string member, string? value, string warning)
    {
        var permission = UserOperations.Permission(budget: "usdc");
        permission.Remove(member);
        if (value is not null)
        {
            permission[member] = JsonNode.Parse(value);
        }
        var found = Assert.Single(PolicyLint.Check(PolicyBuilder.Parse(PolicyBuilder.Document(permission))));
        Assert.StartsWith(warning, found, StringComparison.Ordinal);
    }

    [Fact]
    public void Lint_says_what_a_paymaster_may_take()
    {
        var permission = UserOperations.Permission(budget: "usdc");
        permission["paymasters"] = new JsonArray(UserOperations.Paymaster);
        var warnings = PolicyLint.Check(PolicyBuilder.Parse(PolicyBuilder.Document(permission)));
        Assert.Equal(
            [
                "ceiling.permissions[0]: No max_paymaster_verification_gas, max_paymaster_post_op_gas",
                "ceiling.permissions[0].paymasters: What a paymaster is told",
            ],
            warnings.Select((text, i) => text[..(i == 0 ? 84 : 59)])
        );
    }

    private static string Data(int amount) => Containers.Calldata("f(uint256)", amount);

    private static string Carry(int amount) => CarryData(Data(amount));

    private static string CarryData(string data) => Containers.Execute(ScopeBuilder.Token, 0, data);
}
