using SessionSigner.V1;

namespace Conformance;

/// <summary>User operations that mean nothing, two things, or something else than they seem to.</summary>
[Collection(DaemonCollection.Name)]
public class BadUserOperationTests(DaemonFixture daemon)
{
    private static readonly string s_json = new UserOperation().ToJson();

    private static readonly (string What, string Json, string Observed)[] s_rows =
    [
        ("nothing", "null", "not an object"),
        ("a list", "[]", "not an object"),
        ("the parameters of the call", $"[{s_json},\"{UserOperation.EntryPoint07}\"]", "not an object"),
        ("text after the end", s_json + "{}", "not valid JSON"),
        ("a comment", "/* */" + s_json, "not valid JSON"),
        ("a byte order mark", "\ufeff" + s_json, "not valid JSON"),
        ("1,000 lists deep", Change("\"nonce\":\"0x0\"", $"\"nonce\":{new string('[', 1_000)}{new string(']', 1_000)}"), ""),
        ("a member twice", Change("\"nonce\":\"0x0\"", "\"nonce\":\"0x0\",\"nonce\":\"0x1\""), "nonce: there twice"),
        ("a member twice, escaped", Change("\"nonce\":\"0x0\"", "\"nonce\":\"0x0\",\"n\\u006fnce\":\"0x0\""), "nonce: there twice"),
        ("a member fewer", Change("\"nonce\":\"0x0\",", ""), "nonce: missing"),
        ("a member more", Change("{", "{\"chainId\":\"0x1\","), "\"chainId\" is not a member"),
        ("a member of other characters", Change("\"nonce\"", "\"n\u043ence\""), "is not a member"),
        ("a signature", Change("{", "{\"signature\":\"0x\","), "signature: must be absent"),
        ("an authorisation", Change("{", "{\"eip7702Auth\":{},"), "\"eip7702Auth\" is not a member"),
        ("members of v0.6", Change("{", "{\"initCode\":\"0x\",\"paymasterAndData\":\"0x\","), "\"initCode\" is not a member"),
        ("a paymaster's signature", Change("{", "{\"paymasterSignature\":\"0x\","), "\"paymasterSignature\" is not a member"),
        (
            "the marker of an EIP-7702 account",
            Change("{", $"{{\"factory\":\"0x7702{new string('0', 36)}\",\"factoryData\":\"0x\","),
            "factory: the marker"
        ),
        (
            "the short marker of an EIP-7702 account",
            Change("{", "{\"factory\":\"0x7702\",\"factoryData\":\"0x\","),
            "factory: not an address"
        ),
        ("data without its factory", Change("{", "{\"factoryData\":\"0x\","), "factory: missing"),
        ("a paymaster without limits", Change("{", $"{{\"paymaster\":\"{Policies.Exchange}\","), "paymasterVerificationGasLimit: missing"),
        ("a number", Change("\"0x0\"", "0"), "nonce: not a string"),
        ("a decimal number", Change("\"0x0\"", "\"0\""), "nonce: not 0x"),
        ("a leading zero", Change("\"0x0\"", "\"0x00\""), "nonce: not 0x"),
        ("a sign", Change("\"0x0\"", "\"-0x1\""), "nonce: not 0x"),
        ("capital digits", Change("\"0x0\"", "\"0xA\""), "nonce: not 0x"),
        ("2^256", Change("\"0x0\"", $"\"0x1{new string('0', 64)}\""), "nonce: not 0x"),
        ("2^120", Change("\"0x186a0\"", $"\"0x1{new string('0', 30)}\""), "callGasLimit: more than 120 bits"),
        ("2^128", Change("\"0x64\"", $"\"0x1{new string('0', 32)}\""), "maxFeePerGas: more than 120 bits"),
        ("half a byte", Change("\"callData\":\"0x", "\"callData\":\"0x0"), "callData: not 0x"),
        ("capital bytes", Change("\"callData\":\"0x", "\"callData\":\"0xAB"), "callData: not 0x"),
        ("a wrong checksum", Change(Policies.Account, Policies.Account[..^1] + "7"), "sender: not an address"),
        ("a short address", Change(Policies.Account, Policies.Account[..^2]), "sender: not an address"),
        ("the zero address", Change(Policies.Account, $"0x{new string('0', 40)}"), "sender: not an address"),
    ];

    private static readonly (string What, Action<UserOperationInput> Change, string Field)[] s_fields =
    [
        ("no JSON", input => input.Json = "", "user_operation.json"),
        ("no chain", input => input.Chain = "", "user_operation.chain"),
        ("chain 0", input => input.Chain = "0", "user_operation.chain"),
        ("a chain in hexadecimal", input => input.Chain = "0x7a69", "user_operation.chain"),
        ("a chain with a leading zero", input => input.Chain = "031337", "user_operation.chain"),
        (
            "chain 2^256",
            input => input.Chain = "115792089237316195423570985008687907853269984665640564039457584007913129639936",
            "user_operation.chain"
        ),
        ("no EntryPoint", input => input.EntryPoint = "", "user_operation.entry_point"),
        ("an EntryPoint without checksum", input => input.EntryPoint = input.EntryPoint.ToLowerInvariant(), "user_operation.entry_point"),
        ("the zero EntryPoint", input => input.EntryPoint = $"0x{new string('0', 40)}", "user_operation.entry_point"),
        ("no version", input => input.EntryPointVersion = EntryPointVersion.Unspecified, "user_operation.entry_point_version"),
        ("an unknown version", input => input.EntryPointVersion = (EntryPointVersion)9, "user_operation.entry_point_version"),
        ("no form", input => input.SignatureForm = UserOperationSignatureForm.Unspecified, "user_operation.signature_form"),
        ("an unknown form", input => input.SignatureForm = (UserOperationSignatureForm)3, "user_operation.signature_form"),
    ];

    public static TheoryData<string> Rows => [.. s_rows.Select(row => row.What)];

    public static TheoryData<string> Fields => [.. s_fields.Select(row => row.What)];

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task Is_refused_with_what_was_seen(string what)
    {
        await using var probe = await Probe.OpenAsync(daemon, "smart");
        var (_, json, observed) = s_rows.Single(row => row.What == what);
        var input = new UserOperation().ToInput();
        input.Json = json;
        var denial = await Refusal.DenialOfAsync(SignAsync(probe, input), DenialReason.Undecodable);
        Assert.Equal("payload.user_operation", denial.Rule);
        Assert.Contains(observed, denial.Observed, StringComparison.Ordinal);
        var evaluated = (await EvaluateAsync(probe, input)).Denial;
        Assert.Equal((denial.Rule, denial.Observed), (evaluated.Rule, evaluated.Observed));
        await probe.AssertUnharmedAsync();
    }

    [Theory]
    [MemberData(nameof(Fields))]
    public async Task What_is_not_stated_is_refused_with_the_field(string what)
    {
        await using var probe = await Probe.OpenAsync(daemon, "smart");
        var (_, change, field) = s_fields.Single(row => row.What == what);
        var input = new UserOperation().ToInput();
        change(input);
        foreach (var call in (Task[])[SignAsync(probe, input), EvaluateAsync(probe, input)])
        {
            var refusal = await Refusal.OfAsync(call);
            Assert.Equal((Grpc.Core.StatusCode.InvalidArgument, field), (refusal.Code, refusal.Field));
        }
        await probe.AssertUnharmedAsync();
    }

    [Fact]
    public async Task No_operation_at_all_is_refused()
    {
        await using var probe = await Probe.OpenAsync(daemon, "smart");
        Assert.Equal("user_operation", (await Refusal.OfAsync(SignAsync(probe, null))).Field);
        await probe.AssertUnharmedAsync();
    }

    /// <summary>The rows differ from this in one thing each.</summary>
    [Fact]
    public async Task What_the_rows_are_made_from_is_signed()
    {
        await using var probe = await Probe.OpenAsync(daemon, "smart");
        await daemon.Alice.SignAsync(probe.Id, new UserOperation());
    }

    private Task SignAsync(Probe probe, UserOperationInput? input)
    {
        var request = new SignUserOperationRequest
        {
            SessionId = probe.Id,
            RequestId = Caller.NewId(),
            UserOperation = input,
        };
        return daemon.Alice.Signing.SignUserOperationAsync(request, Caller.Options()).ResponseAsync;
    }

    private Task<EvaluateResponse> EvaluateAsync(Probe probe, UserOperationInput input) =>
        daemon
            .Alice.Signing.EvaluateAsync(new EvaluateRequest { SessionId = probe.Id, UserOperation = input }, Caller.Options())
            .ResponseAsync;

    private static string Change(string from, string to)
    {
        var at = s_json.IndexOf(from, StringComparison.Ordinal);
        return at >= 0
            ? string.Concat(s_json.AsSpan(0, at), to, s_json.AsSpan(at + from.Length))
            : throw new ArgumentException($"The operation does not have {from}", nameof(from));
    }
}
