using System.Numerics;
using SessionSigner.Ethereum;
using SessionSigner.V1;

namespace Conformance;

/// <summary>User operations of ERC-4337: what is signed, what is counted, what is refused.</summary>
[Collection(DaemonCollection.Name)]
public class UserOperationTests(DaemonFixture daemon)
{
    private static readonly Dictionary<string, string> s_paymaster07 = new()
    {
        ["paymaster"] = Policies.Exchange,
        ["paymasterData"] = "0x",
        ["paymasterVerificationGasLimit"] = "0x0",
        ["paymasterPostOpGasLimit"] = "0x0",
    };

    private static readonly Dictionary<string, string> s_old = new()
    {
        ["initCode"] = "0x",
        ["paymasterAndData"] = Policies.Exchange.ToLowerInvariant() + "beef",
    };

    private static readonly UserOperation s_oldOperation = new()
    {
        EntryPoint = UserOperation.EntryPoint06,
        Version = SessionSigner.V1.EntryPointVersion.V06,
        Form = UserOperationSignatureForm.PersonalMessage,
        More = s_old,
    };

    private static readonly (string What, UserOperation Operation, DenialReason Reason, string Rule, string Observed)[] s_rows =
    [
        ("another sender", new() { Sender = Policies.Stranger }, DenialReason.UserOperationNotAllowed, "permissions", Policies.Stranger),
        (
            "another EntryPoint",
            new() { EntryPoint = Policies.Exchange },
            DenialReason.UserOperationNotAllowed,
            "permissions",
            Policies.Exchange
        ),
        (
            "an EntryPoint as another version",
            new() { Version = SessionSigner.V1.EntryPointVersion.V08 },
            DenialReason.UserOperationNotAllowed,
            "permissions",
            "0.8"
        ),
        ("another chain", new() { Chain = "1" }, DenialReason.ChainNotAllowed, "chains", "1"),
        (
            "another form of the signature",
            new() { Form = UserOperationSignatureForm.PersonalMessage },
            DenialReason.UserOperationNotAllowed,
            "permissions[4].signature_form",
            "personal_message"
        ),
        (
            "another nonce key",
            new() { Nonce = BigInteger.One << 64 },
            DenialReason.UserOperationNotAllowed,
            "permissions[4].nonce_keys",
            "1"
        ),
        (
            "the largest nonce",
            new() { Nonce = (BigInteger.One << 256) - 1 },
            DenialReason.UserOperationNotAllowed,
            "permissions[4].nonce_keys",
            ((BigInteger.One << 192) - 1).ToString()
        ),
        ("a paymaster", new() { More = s_paymaster07 }, DenialReason.PaymasterNotAllowed, "permissions[4].paymasters", Policies.Exchange),
        (
            "another paymaster",
            s_oldOperation with
            {
                More = new Dictionary<string, string>(s_old) { ["paymasterAndData"] = Policies.Stranger.ToLowerInvariant() },
            },
            DenialReason.PaymasterNotAllowed,
            "permissions[5].paymasters",
            Policies.Stranger
        ),
        (
            "no paymaster where one must pay",
            s_oldOperation with
            {
                More = new Dictionary<string, string>(s_old) { ["paymasterAndData"] = "0x" },
            },
            DenialReason.PaymasterNotAllowed,
            "permissions[5].paymasters",
            "no paymaster"
        ),
        (
            "a factory",
            new()
            {
                More = new Dictionary<string, string> { ["factory"] = Policies.Exchange, ["factoryData"] = "0x" },
            },
            DenialReason.UserOperationNotAllowed,
            "permissions[4].factories",
            Policies.Exchange
        ),
        ("too much gas", new() { CallGas = 200_001 }, DenialReason.FeeExceeded, "permissions[4].max_call_gas", "200001"),
        (
            "too much gas to verify",
            new() { VerificationGas = 300_001 },
            DenialReason.FeeExceeded,
            "permissions[4].max_verification_gas",
            "300001"
        ),
        (
            "too much gas before",
            new() { PreVerificationGas = 60_001 },
            DenialReason.FeeExceeded,
            "permissions[4].max_pre_verification_gas",
            "60001"
        ),
        ("too high a fee", new() { Fee = 101 }, DenialReason.FeeExceeded, "permissions[4].max_fee_per_gas", "101"),
        ("too high a priority fee", new() { PriorityFee = 11 }, DenialReason.FeeExceeded, "permissions[4].max_priority_fee_per_gas", "11"),
        ("no calldata", new() { CallData = [] }, DenialReason.FunctionNotAllowed, "permissions[4].unwrap", "no calldata"),
        (
            "a transfer by the account itself",
            new() { CallData = new Transfer().TransferData },
            DenialReason.FunctionNotAllowed,
            "permissions[4].unwrap",
            "selector 0xa9059cbb"
        ),
        (
            "a byte after the calldata",
            new() { CallData = [.. Calldata.Execute(Policies.Token, new Transfer().TransferData), 0] },
            DenialReason.Undecodable,
            "permissions[4].unwrap",
            "bytes follow"
        ),
        (
            "a delegatecall",
            new() { CallData = Calldata.Batch(0xff, (Policies.Token, new Transfer().TransferData)) },
            DenialReason.FeatureNotAllowed,
            "permissions[4].unwrap",
            "delegatecall"
        ),
        (
            "a call that is not allowed",
            new() { CallData = Calldata.Execute(Policies.Stranger, new Transfer().TransferData) },
            DenialReason.TargetNotAllowed,
            "permissions",
            $"call[0]: {Policies.Stranger}"
        ),
        (
            "a call over its cap",
            new()
            {
                CallData = Calldata.Batch(
                    1,
                    (Policies.Token, new Transfer().TransferData),
                    (Policies.Token, new Transfer { Amount = 1_001 }.TransferData)
                ),
            },
            DenialReason.ConstraintUnmet,
            "permissions[0].constraints[1]",
            "call[1]: 1001"
        ),
    ];

    public static TheoryData<string> Rows => [.. s_rows.Select(row => row.What)];

    [Fact]
    public async Task The_hash_is_signed_and_gas_and_calls_are_counted()
    {
        var opened = await daemon.Alice.OpenAsync("smart");
        var operation = new UserOperation
        {
            Nonce = 7,
            CallData = Calldata.Batch(
                1,
                (Policies.Token, new Transfer { Amount = 700 }.TransferData),
                (Policies.Token, new Transfer { Amount = 30 }.TransferData)
            ),
        };
        var answer = await daemon.Alice.SignAsync(opened.Session.SessionId, operation);

        Assert.Equal(operation.HashOf07().ToArray(), answer.UserOperationHash.ToByteArray());
        Assert.Equal(operation.HashOf07().ToArray(), answer.Digest.ToByteArray());
        Assert.Equal(opened.Session.PublicKey.ToByteArray(), Recover(operation.HashOf07(), answer));
        Assert.Equal($"{Policies.Budget - 730}", Remaining(answer.Headroom, "usdc"));
        Assert.Equal($"{100_000_000 - (350_000 * 100)}", Remaining(answer.Headroom, "gas"));
        var entry = (await daemon.Auditor.EntriesAsync())[(int)answer.AuditIndex].Entry;
        Assert.True(entry.Span.IndexOf("user_operation"u8) > 0 && entry.Span.IndexOf(answer.Digest.Span) > 0);
    }

    [Fact]
    public async Task A_personal_message_is_signed_where_the_permission_says_so()
    {
        var opened = await daemon.Alice.OpenAsync("smart");
        var answer = await daemon.Alice.SignAsync(opened.Session.SessionId, s_oldOperation);
        byte[] message = [.. "\u0019Ethereum Signed Message:\n32"u8, .. answer.UserOperationHash.Span];
        var digest = Keccak256.Hash(message);
        Assert.Equal(digest.ToArray(), answer.Digest.ToByteArray());
        Assert.Equal(opened.Session.PublicKey.ToByteArray(), Recover(digest, answer));
    }

    [Fact]
    public async Task Operations_with_the_same_nonce_count_as_the_largest()
    {
        var sessionId = (await daemon.Alice.OpenAsync("smart")).Session.SessionId;
        foreach (var (fee, left) in new[] { (50, 82_500_000), (100, 65_000_000), (20, 65_000_000) })
        {
            var answer = await daemon.Alice.SignAsync(sessionId, new UserOperation { Nonce = 7, Fee = fee });
            Assert.Equal($"{left}", Remaining(answer.Headroom, "gas"));
            Assert.Equal($"{Policies.Budget - 100}", Remaining(answer.Headroom, "usdc"));
        }
        var next = await daemon.Alice.SignAsync(sessionId, new UserOperation { Nonce = 8 });
        Assert.Equal("30000000", Remaining(next.Headroom, "gas"));
        var drained = await Refusal.DenialOfAsync(
            daemon.Alice.SignAsync(sessionId, new UserOperation { Nonce = 9 }),
            DenialReason.BudgetExceeded
        );
        Assert.Equal(("ceiling.budgets[gas]", "35000000"), (drained.Rule, drained.Observed));
    }

    [Fact]
    public async Task The_same_request_gives_the_same_answer_and_another_form_is_another_request()
    {
        var sessionId = (await daemon.Alice.OpenAsync("smart")).Session.SessionId;
        var requestId = Caller.NewId();
        var first = await daemon.Alice.SignAsync(sessionId, new UserOperation(), requestId);
        var again = await daemon.Alice.SignAsync(sessionId, new UserOperation(), requestId);
        Assert.Equal(
            (first.Signature, first.UserOperationHash, first.AuditIndex),
            (again.Signature, again.UserOperationHash, again.AuditIndex)
        );
        var other = new UserOperation { Form = UserOperationSignatureForm.PersonalMessage };
        Assert.Equal(Grpc.Core.StatusCode.AlreadyExists, (await Refusal.OfAsync(daemon.Alice.SignAsync(sessionId, other, requestId))).Code);
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task Is_refused_with_the_rule(string what)
    {
        await using var probe = await Probe.OpenAsync(daemon, "smart");
        var (_, operation, reason, rule, observed) = s_rows.Single(row => row.What == what);
        var denial = await Refusal.DenialOfAsync(daemon.Alice.SignAsync(probe.Id, operation), reason);
        Assert.Equal("ceiling." + rule, denial.Rule);
        Assert.Contains(observed, denial.Observed, StringComparison.Ordinal);
        var evaluated = (await daemon.Alice.EvaluateAsync(probe.Id, operation)).Denial;
        Assert.Equal((denial.Rule, denial.Observed), (evaluated.Rule, evaluated.Observed));
        await probe.AssertUnharmedAsync();
    }

    private static string Remaining(IEnumerable<Headroom> headroom, string budget) =>
        Assert.Single(headroom, h => h.Rule == $"ceiling.budgets[{budget}]").Remaining;

    private static byte[] Recover(Hash32 digest, SignUserOperationResponse answer)
    {
        Assert.Equal(65, answer.Signature.Length);
        Assert.InRange(answer.Signature[64], 27, 28);
        byte[] signature = [.. answer.Signature.Span[..64], (byte)(answer.Signature[64] - 27)];
        var key = new byte[33];
        Assert.True(Secp256k1.TryRecover(digest, signature, key));
        return key;
    }
}
