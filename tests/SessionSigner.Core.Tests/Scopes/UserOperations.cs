using System.Text;
using System.Text.Json.Nodes;
using SessionSigner.Ethereum;

namespace SessionSigner.Core.Tests;

/// <summary>Makes user operations, and permissions for them.</summary>
internal static class UserOperations
{
    public const string EntryPoint = Desk.EntryPoint;
    public const string Account = ScopeBuilder.Alice;
    public const string Paymaster = ScopeBuilder.Bob;

    /// <summary>A permission that caps everything: 100 of each gas, 10 wei and 5 wei each. Counts its cost if a budget is named.</summary>
    public static JsonObject Permission(string name = "operate", string? budget = null)
    {
        var permission = JsonNode
            .Parse(
                $$"""
                {"name":"{{name}}","kind":"user_operation","chain":"1","entry_point":{"address":"{{EntryPoint}}","version":"0.7"},
                 "senders":["{{Account}}"],"nonce_keys":["0"],"signature_form":"hash","unwrap":["account","multicall"],
                 "max_call_gas":"100","max_verification_gas":"100","max_pre_verification_gas":"100","max_fee_per_gas":"10","max_priority_fee_per_gas":"5"}
                """
            )!
            .AsObject();
        if (budget is not null)
        {
            permission["meters"] = JsonNode.Parse($$"""[{"budget":"{{budget}}","gas_cost":true}]""");
        }
        return permission;
    }

    /// <summary>Members of an operation that <see cref="Permission"/> allows, if it allows what is carried: 10 of each gas, 1 wei each.</summary>
    public static JsonObject Json(string callData) =>
        new()
        {
            ["sender"] = Account,
            ["nonce"] = "0x5",
            ["callData"] = callData,
            ["callGasLimit"] = "0xa",
            ["verificationGasLimit"] = "0xa",
            ["preVerificationGas"] = "0xa",
            ["maxFeePerGas"] = "0x1",
            ["maxPriorityFeePerGas"] = "0x0",
        };

    /// <summary>An operation with what its hash needs, as vectors have it.</summary>
    public static UserOperationPayload Payload(JsonObject input)
    {
        var request = Request(
            input["json"]!.AsObject(),
            input["chain"]!.GetValue<string>(),
            input["entry_point"]!.GetValue<string>(),
            input["entry_point_version"]!.GetValue<string>(),
            input["signature_form"]!.GetValue<string>()
        );
        return Decode(request);
    }

    /// <summary>An operation of v0.7 on chain 1.</summary>
    public static UserOperationPayload Payload(string callData, Action<JsonObject>? change = null)
    {
        var json = Json(callData);
        change?.Invoke(json);
        return Decode(Request(json));
    }

    public static UserOperationRequest Request(
        JsonObject json,
        string chain = "1",
        string entryPoint = EntryPoint,
        string version = "0.7",
        string form = "hash"
    )
    {
        Assert.True(Address.TryParseChecksummed(entryPoint, out var address));
        Assert.True(UInt256.TryParse(chain, out var chainId));
        return new UserOperationRequest(
            (EntryPointVersion)(version[^1] - '5'),
            address,
            chainId,
            form == "hash" ? UserOperationForm.Hash : UserOperationForm.PersonalMessage,
            Encoding.UTF8.GetBytes(json.ToJsonString())
        );
    }

    private static UserOperationPayload Decode(UserOperationRequest request)
    {
        var decoded = PayloadDecoder.Decode(PayloadKind.UserOperation, request.ToBody());
        Assert.True(decoded.IsDecoded, decoded.Denial.Observed);
        return Assert.IsType<UserOperationPayload>(decoded.Payload);
    }
}
