using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Xunit;

namespace SessionSigner.Ethereum.Tests;

public class UserOperationTests
{
    private const string EntryPoint = "0x0000000071727De22E5E9d8BAf0edAc6f37da032";
    private const string Account = "0x1306b01bC3e4AD202612D3843387e94737673F53";
    private const string Other = "0x6942069420694206942069420694206942069420";

    // 2^120 - 1.
    private const string Widest = "0xffffffffffffffffffffffffffffff";

    public static TheoryData<string> Versions => ["0.6", "0.7", "0.8", "0.9"];

    [Theory]
    [InlineData("0.6")]
    [InlineData("0.7")]
    [InlineData("0.8")]
    public void The_hash_is_what_the_EntryPoint_itself_computes(string version)
    {
        var vectors = Vector.Load("erc4337-userophash.json");
        var vector = vectors["cases"]!.AsArray().Single(item => item!["version"]!.GetValue<string>() == version)!;
        var json = vector["userOperation"]!.DeepClone().AsObject();
        json.Remove("signature");
        foreach (var (name, value) in json.ToArray())
        {
            var text = value!.GetValue<string>();
            json[name] = text.StartsWith("0x", StringComparison.Ordinal)
                ? text
                : "0x" + ulong.Parse(text, CultureInfo.InvariantCulture).ToString("x", CultureInfo.InvariantCulture);
        }
        var operation = Parse(json, version, vector["entryPoint"]!.GetValue<string>(), vectors["chainId"]!.GetValue<ulong>());
        Assert.Equal(vector["onchain"]!.GetValue<string>(), operation.Hash.ToString());
        Assert.Equal(operation.Hash, operation.Digest(UserOperationForm.Hash));
        Assert.Equal(SignedMessage.Digest(operation.Hash.ToArray()), operation.Digest(UserOperationForm.PersonalMessage));
        if (vector["packed"] is { } packed)
        {
            Assert.Equal(packed["initCode"]!.GetValue<string>(), Vector.Hex(operation.InitCode.Span));
            Assert.Equal(packed["paymasterAndData"]!.GetValue<string>(), Vector.Hex(operation.PaymasterAndData.Span));
        }
    }

    [Fact]
    public void Nothing_is_signed_in_a_form_that_is_not_stated() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Parse(Operation("0.7"), "0.7").Digest(UserOperationForm.Unspecified));

    [Theory]
    [MemberData(nameof(Versions))]
    public void The_nonce_is_a_key_and_a_sequence(string version)
    {
        var json = Operation(version);
        json["nonce"] = "0x1" + new string('0', 14) + "7" + new string('f', 16);
        var operation = Parse(json, version);
        Assert.Equal("1152921504606846983", operation.NonceKey.ToString());
        json["nonce"] = "0x" + new string('f', 64);
        Assert.Equal(192, Parse(json, version).NonceKey.BitLength);
    }

    [Theory]
    [InlineData("0.6", false, 1 + 2 + 4)]
    [InlineData("0.6", true, 1 + (3 * 2) + 4)]
    [InlineData("0.7", false, 1 + 2 + 4)]
    [InlineData("0.7", true, 1 + 2 + 4 + 8 + 16)]
    [InlineData("0.8", true, 1 + 2 + 4 + 8 + 16)]
    public void The_cost_is_the_prefund_of_the_EntryPoint(string version, bool isSponsored, int gas)
    {
        var json = Operation(version);
        (json["callGasLimit"], json["verificationGasLimit"], json["preVerificationGas"]) = ("0x1", "0x2", "0x4");
        json["maxFeePerGas"] = "0x64";
        if (isSponsored && version == "0.6")
        {
            json["paymasterAndData"] = Other;
        }
        else if (isSponsored)
        {
            (json["paymaster"], json["paymasterData"]) = (Other, "0x");
            (json["paymasterVerificationGasLimit"], json["paymasterPostOpGasLimit"]) = ("0x8", "0x10");
        }
        Assert.Equal((UInt256)(ulong)(gas * 100), Parse(json, version).GasCostMax);
    }

    [Fact]
    public void The_cost_of_the_widest_numbers_is_exact()
    {
        var json = Operation("0.6");
        json["paymasterAndData"] = Other;
        foreach (var name in (string[])["callGasLimit", "verificationGasLimit", "preVerificationGas", "maxFeePerGas"])
        {
            json[name] = Widest;
        }
        var widest = (BigInteger.One << 120) - 1;
        Assert.Equal((5 * widest * widest).ToString(CultureInfo.InvariantCulture), Parse(json, "0.6").GasCostMax.ToString());
    }

    public static TheoryData<string, string, string?, string> Bad =>
        new()
        {
            { "0.7", "sender", null, "sender: missing" },
            { "0.7", "sender", "\"0x1306b01bC3e4AD202612D3843387e94737673f53\"", "sender: not an address" },
            { "0.7", "sender", "\"0x0000000000000000000000000000000000000000\"", "sender: not an address" },
            { "0.7", "sender", "\"0x1306\"", "sender: not an address" },
            { "0.7", "sender", "null", "sender: not a string" },
            { "0.7", "nonce", null, "nonce: missing" },
            { "0.7", "nonce", "1", "nonce: not a string" },
            { "0.7", "nonce", "\"1\"", "nonce: not 0x" },
            { "0.7", "nonce", "\"0x\"", "nonce: not 0x" },
            { "0.7", "nonce", "\"0x01\"", "nonce: not 0x" },
            { "0.7", "nonce", "\"0xA\"", "nonce: not 0x" },
            { "0.7", "nonce", "\"0X1\"", "nonce: not 0x" },
            { "0.7", "nonce", "\"0x-1\"", "nonce: not 0x" },
            { "0.7", "nonce", "\" 0x1\"", "nonce: not 0x" },
            { "0.7", "nonce", "\"0x1" + new string('0', 64) + "\"", "nonce: not 0x" },
            { "0.7", "callGasLimit", "\"0x1" + new string('0', 30) + "\"", "callGasLimit: more than 120 bits" },
            { "0.6", "callGasLimit", "\"0x1" + new string('0', 30) + "\"", "callGasLimit: more than 120 bits" },
            { "0.7", "verificationGasLimit", "\"0x1" + new string('0', 32) + "\"", "verificationGasLimit: more than 120 bits" },
            { "0.7", "preVerificationGas", "\"0x1" + new string('0', 63) + "\"", "preVerificationGas: more than 120 bits" },
            { "0.8", "maxFeePerGas", "\"0x1" + new string('0', 32) + "\"", "maxFeePerGas: more than 120 bits" },
            { "0.8", "maxPriorityFeePerGas", "\"0x1" + new string('0', 32) + "\"", "maxPriorityFeePerGas: more than 120 bits" },
            { "0.7", "callData", null, "callData: missing" },
            { "0.7", "callData", "\"0x1\"", "callData: not 0x" },
            { "0.7", "callData", "\"0xAB\"", "callData: not 0x" },
            { "0.7", "callData", "\"\"", "callData: not 0x" },
            { "0.7", "callData", "[]", "callData: not a string" },
            { "0.7", "signature", "\"0x\"", "signature: must be absent" },
            { "0.7", "initCode", "\"0x\"", "user operation: \"initCode\" is not a member" },
            { "0.7", "paymasterAndData", "\"0x\"", "user operation: \"paymasterAndData\" is not a member" },
            { "0.7", "eip7702Auth", "{}", "user operation: \"eip7702Auth\" is not a member" },
            { "0.9", "paymasterSignature", "\"0x\"", "user operation: \"paymasterSignature\" is not a member" },
            { "0.6", "factory", "\"0x\"", "user operation: \"factory\" is not a member" },
            { "0.6", "initCode", null, "initCode: missing" },
            { "0.6", "initCode", "\"0x7702\"", "initCode: does not begin with an address" },
            { "0.6", "initCode", "\"0x7702" + new string('0', 36) + "ff\"", "factory: the marker" },
            { "0.6", "paymasterAndData", "\"0x12\"", "paymasterAndData: does not begin" },
            { "0.7", "factory", $"\"{Other}\"", "factoryData: missing" },
            { "0.7", "factoryData", "\"0x\"", "factory: missing" },
            { "0.7", "factory", "\"0x7702\"", "factory: not an address" },
            { "0.8", "factory", "\"0x7702" + new string('0', 36) + "\",\"factoryData\":\"0x\"", "factory: the marker" },
            { "0.7", "paymaster", $"\"{Other}\"", "paymasterVerificationGasLimit: missing" },
            { "0.7", "paymasterPostOpGasLimit", "\"0x1\"", "paymaster: missing" },
            { "0.7", "paymasterData", "\"0x\"", "paymaster: missing" },
            {
                "0.9",
                "paymaster",
                $"\"{Other}\",\"paymasterVerificationGasLimit\":\"0x1\",\"paymasterPostOpGasLimit\":\"0x1\",\"paymasterData\":\"0x0022e325a297439656\"",
                "paymasterData: ends with the marker"
            },
            {
                "0.7",
                "paymaster",
                $"\"{Other}\",\"paymasterVerificationGasLimit\":\"0x1{new string('0', 32)}\",\"paymasterPostOpGasLimit\":\"0x1\",\"paymasterData\":\"0x\"",
                "paymasterVerificationGasLimit: more than 120 bits"
            },
            { "0.7", "nonce", "\"0x1\",\"nonce\":\"0x1\"", "nonce: there twice" },
            { "0.7", "nonce", "\"0x1\",\"n\\u006fnce\":\"0x2\"", "nonce: there twice" },
            { "0.7", "nonce", "\"0x1\",\"\":\"\"", "user operation: \"\" is not a member" },
        };

    [Theory]
    [MemberData(nameof(Bad))]
    public void Every_other_form_is_refused_with_the_member(string version, string member, string? value, string fault)
    {
        var json = Operation(version);
        json.Remove(member);
        var text = json.ToJsonString();
        text = value is null ? text : $"{text[..^1]},\"{member}\":{value}}}";
        Assert.StartsWith(fault, Refuse(text, version), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("\"0x\"")]
    [InlineData("{}{}")]
    [InlineData("{\"nonce\":\"0x1\",}")]
    [InlineData("{\"nonce\":\"\\ud800\"}")]
    [InlineData("{\"nonce\":[[[[]]]]}")]
    [InlineData("\ufeff{}")]
    [InlineData("/* */ {}")]
    public void What_is_no_object_of_strings_is_refused(string json) => Assert.NotEmpty(Refuse(json, "0.7"));

    [Fact]
    public void What_follows_the_operation_is_refused() => Assert.NotEmpty(Refuse(Operation("0.7").ToJsonString() + " {}", "0.7"));

    [Fact]
    public void More_than_the_largest_size_is_refused_before_it_is_read()
    {
        var json = Operation("0.7").ToJsonString();
        Assert.True(TryParse(json.PadRight(UserOperation.SizeMax), "0.7", out _));
        Assert.Equal("user operation: longer than 131072 bytes", Refuse(json.PadRight(UserOperation.SizeMax + 1), "0.7"));
    }

    [Fact]
    public void Version_EntryPoint_and_chain_must_be_stated()
    {
        var json = Encoding.UTF8.GetBytes(Operation("0.7").ToJsonString());
        var entryPoint = AddressOf(EntryPoint);
        Assert.False(UserOperation.TryParse(EntryPointVersion.Unspecified, entryPoint, 1, json, out _, out _));
        Assert.False(UserOperation.TryParse((EntryPointVersion)5, entryPoint, 1, json, out _, out _));
        Assert.False(UserOperation.TryParse(EntryPointVersion.V07, default, 1, json, out _, out _));
        Assert.False(UserOperation.TryParse(EntryPointVersion.V07, entryPoint, 0, json, out _, out _));
    }

    /// <summary>Two operations that differ in any way have other hashes: nothing that is executed is left out of what is signed.</summary>
    [Theory]
    [MemberData(nameof(Versions))]
    public void Every_member_is_in_the_hash(string version)
    {
        var full = Operation(version);
        if (version == "0.6")
        {
            (full["initCode"], full["paymasterAndData"]) = (Other + "01", Other + "02");
        }
        else
        {
            (full["factory"], full["factoryData"], full["paymaster"], full["paymasterData"]) = (Other, "0x01", Other, "0x02");
            (full["paymasterVerificationGasLimit"], full["paymasterPostOpGasLimit"]) = ("0x8", "0x10");
        }
        var hashes = new HashSet<Hash32>
        {
            Parse(full, version).Hash,
            Parse(full, version, chain: 2).Hash,
            Parse(full, version, entryPoint: Account).Hash,
        };
        foreach (var (name, value) in full.ToArray())
        {
            var changed = full.DeepClone().AsObject();
            changed[name] = value!.GetValue<string>() == "0x" ? "0x00" : Bump(value.GetValue<string>());
            Assert.True(hashes.Add(Parse(changed, version).Hash), name);
        }
        Assert.Equal(3 + full.Count, hashes.Count);
    }

    [Property]
    public void Any_text_is_read_or_refused_with_a_reason(string? text, int version)
    {
        var json = Encoding.UTF8.GetBytes(text ?? "");
        var entryPoint = AddressOf(EntryPoint);
        var isRead = UserOperation.TryParse((EntryPointVersion)(version % 5), entryPoint, 1, json, out var operation, out var fault);
        Assert.Equal(isRead, operation is not null);
        Assert.Equal(isRead, fault.Length == 0);
    }

    [Property]
    public void A_changed_character_is_refused_or_changes_the_hash(PositiveInt position, byte replacement)
    {
        var text = Operation("0.7").ToJsonString();
        var changed = Encoding.ASCII.GetBytes(text);
        changed[position.Get % changed.Length] = replacement;
        var entryPoint = AddressOf(EntryPoint);
        if (
            UserOperation.TryParse(EntryPointVersion.V07, entryPoint, 1, changed, out var operation, out _)
            && !changed.AsSpan().SequenceEqual(Encoding.ASCII.GetBytes(text))
        )
        {
            Assert.NotEqual(Parse(Operation("0.7"), "0.7").Hash, operation!.Hash);
        }
    }

    private static string Bump(string hex) => hex[..^1] + (hex[^1] == '1' ? '2' : '1');

    private static JsonObject Operation(string version)
    {
        var json = new JsonObject
        {
            ["sender"] = "0x1306b01bc3e4ad202612d3843387e94737673f53",
            ["nonce"] = "0x7",
            ["callData"] = "0xb61d27f6",
            ["callGasLimit"] = "0x2710",
            ["verificationGasLimit"] = "0x186a0",
            ["preVerificationGas"] = "0x64",
            ["maxFeePerGas"] = Widest,
            ["maxPriorityFeePerGas"] = "0x0",
        };
        if (version == "0.6")
        {
            (json["initCode"], json["paymasterAndData"]) = ("0x", "0x");
        }
        return json;
    }

    private static string Refuse(string json, string version)
    {
        Assert.False(TryParse(json, version, out var fault));
        Assert.NotEmpty(fault);
        return fault;
    }

    private static UserOperation Parse(JsonObject json, string version, string entryPoint = EntryPoint, ulong chain = 1)
    {
        var address = AddressOf(entryPoint);
        var utf8 = Encoding.UTF8.GetBytes(json.ToJsonString());
        Assert.True(UserOperation.TryParse(Version(version), address, chain, utf8, out var operation, out var fault), fault);
        return operation!;
    }

    private static bool TryParse(string json, string version, out string fault)
    {
        var address = AddressOf(EntryPoint);
        return UserOperation.TryParse(Version(version), address, 1, Encoding.UTF8.GetBytes(json), out _, out fault);
    }

    private static Address AddressOf(string text)
    {
        Assert.True(Address.TryParseChecksummed(text, out var address), text);
        return address;
    }

    private static EntryPointVersion Version(string text) => (EntryPointVersion)(text[^1] - '5');
}
