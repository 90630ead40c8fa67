using System.Text.Json.Nodes;
using SessionSigner.Ethereum;

namespace SessionSigner.Grants.Tests;

/// <summary>Permissions of kind "user_operation" are read strictly: everything that decides is stated.</summary>
public class UserOperationPermissionTests
{
    private const string Json = $$"""
        {"name":"operate","kind":"user_operation","chain":"1","entry_point":{"address":"0x0000000071727De22E5E9d8BAf0edAc6f37da032","version":"0.7"},
         "senders":["{{Samples.Recipient}}"],"nonce_keys":["0","6277101735386680763835789423207666416102355444464034512895"],
         "signature_form":"personal_message","unwrap":["account","erc7579"],"paymasters":["{{Samples.Token}}"],"max_paymaster_post_op_gas":"7",
         "max_fee_per_gas":"5","meters":[{"budget":"usdc","gas_cost":true}]}
        """;

    [Fact]
    public void Is_read_as_it_is_written()
    {
        var scope = Samples.Scope(document => document["permissions"]!.AsArray().Add(JsonNode.Parse(Json)));
        var permission = Assert.IsType<UserOperationPermission>(scope.Permissions[^1]);
        Assert.Equal(
            ((UInt256)1, EntryPointVersion.V07, UserOperationForm.PersonalMessage),
            (permission.Chain, permission.EntryPointVersion, permission.SignatureForm)
        );
        Assert.Equal([CallContainerKind.Account, CallContainerKind.Erc7579], permission.Unwrap);
        Assert.Equal([0, 192], permission.NonceKeys.Select(key => key.BitLength));
        Assert.Equal((Samples.Recipient, Samples.Token), ($"{permission.Senders[0]}", $"{permission.Paymasters![0]}"));
        Assert.Null(permission.Factories);
        Assert.Equal(((UInt256?)7, (UInt256?)5, null), (permission.MaxPaymasterPostOpGas, permission.MaxFeePerGas, permission.MaxCallGas));
        Assert.True(Assert.Single(permission.Meters).OfGasCost);
    }

    [Theory]
    [InlineData("chain", null, "chain: Missing.")]
    [InlineData("chain", "\"0\"", "chain: Must be")]
    [InlineData("chain", "\"5\"", "permissions: The chain of \"operate\" is not")]
    [InlineData("entry_point", null, "entry_point: Must be an object.")]
    [InlineData("entry_point", "{}", "entry_point.address: Missing.")]
    [InlineData("entry_point", "\"0x0000000071727De22E5E9d8BAf0edAc6f37da032\"", "entry_point: Must be an object.")]
    [InlineData(
        "entry_point",
        "{\"address\":\"0x0000000071727De22E5E9d8BAf0edAc6f37da032\",\"version\":\"7\"}",
        "entry_point.version: Must be \"0.6\""
    )]
    [InlineData(
        "entry_point",
        "{\"address\":\"0x0000000071727De22E5E9d8BAf0edAc6f37da032\",\"version\":\"0.7\",\"x\":1}",
        "entry_point.x: Unknown member."
    )]
    [InlineData("senders", null, "senders: Missing.")]
    [InlineData("senders", "[]", "senders: Must be a list of 1 to 256")]
    [InlineData("senders", "\"*\"", "senders: Must be a list")]
    [InlineData("senders", "[\"0x0000000000000000000000000000000000000000\"]", "senders[0]: Must not be the zero address.")]
    [InlineData("nonce_keys", null, "nonce_keys: Missing.")]
    [InlineData("nonce_keys", "[]", "nonce_keys: Must be a list of 1 to 256")]
    [InlineData("nonce_keys", "[\"6277101735386680763835789423207666416102355444464034512896\"]", "nonce_keys[0]: Must be a decimal")]
    [InlineData("nonce_keys", "[0]", "nonce_keys[0]: Must be a decimal")]
    [InlineData("signature_form", null, "signature_form: Missing.")]
    [InlineData("signature_form", "\"raw\"", "signature_form: Must be")]
    [InlineData("signature_form", "[\"hash\"]", "signature_form: Must be")]
    [InlineData("unwrap", null, "unwrap: Missing.")]
    [InlineData("unwrap", "[]", "unwrap: Must be a list of 1 to 3")]
    [InlineData("unwrap", "\"account\"", "unwrap: Must be a list")]
    [InlineData("unwrap", "[\"safe\"]", "unwrap[0]: Must be one of account, erc7579, multicall.")]
    [InlineData("unwrap", "[\"account\",\"account\"]", "unwrap[1]: Given twice.")]
    [InlineData("paymasters", null, "max_paymaster_post_op_gas: Only with paymasters")]
    [InlineData("paymasters", "[]", "paymasters: Must be a list of 1 to 256")]
    [InlineData("paymasters", "[\"0x0000000000000000000000000000000000000000\"]", "paymasters[0]: Must not be the zero address.")]
    [InlineData("factories", "[\"0x0000000000000000000000000000000000000000\"]", "factories[0]: Must not be the zero address.")]
    [InlineData("max_call_gas", "100", "max_call_gas: Must be a decimal string")]
    [InlineData("max_gas", "\"100\"", "max_gas: Unknown member.")]
    [InlineData("constraints", "[]", "constraints: A user operation has none")]
    [InlineData("meters", "[{\"budget\":\"usdc\",\"native_value\":true}]", "meters: Only gas_cost is counted here")]
    [InlineData("meters", "[{\"budget\":\"usdc\",\"path\":\"amount\"}]", "meters: Only gas_cost is counted here")]
    [InlineData("meters", "[{\"budget\":\"eur\",\"gas_cost\":true}]", "names the budget \"eur\", which does not exist")]
    public void Everything_else_is_refused_with_the_member(string member, string? value, string fault)
    {
        var permission = JsonNode.Parse(Json)!.AsObject();
        permission.Remove(member);
        if (value is not null)
        {
            permission[member] = JsonNode.Parse(value);
        }
        AssertFault(document => document["permissions"]!.AsArray().Add(permission), fault);
    }

    [Fact]
    public void A_message_counts_no_gas() =>
        AssertFault(
            document => document["permissions"]![1]!["meters"] = JsonNode.Parse("""[{"budget":"usdc","gas_cost":true}]"""),
            "permissions[1].meters: A message carries no native value and no gas"
        );

    private static void AssertFault(Action<JsonObject> change, string fault)
    {
        var document = JsonNode.Parse(Samples.ScopeJson)!.AsObject();
        change(document);
        Assert.False(Scope.TryParse(Samples.Utf8(document.ToJsonString()), out _, out var faults));
        Assert.Contains(faults, text => text.Contains(fault, StringComparison.Ordinal));
    }
}
