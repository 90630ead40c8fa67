using System.Globalization;
using System.Numerics;
using System.Text.Json.Nodes;
using SessionSigner.Ethereum;
using SessionSigner.V1;

namespace Conformance;

/// <summary>User operations of the account of <see cref="Policies"/>, encoded and hashed here and not by the code under test.</summary>
internal sealed record UserOperation
{
    public const string EntryPoint06 = "0x5FF137D4b0FDCD49DcA30c7CF57E578a026d2789";
    public const string EntryPoint07 = "0x0000000071727De22E5E9d8BAf0edAc6f37da032";

    public string Chain { get; init; } = Policies.Chain;
    public string EntryPoint { get; init; } = EntryPoint07;
    public SessionSigner.V1.EntryPointVersion Version { get; init; } = SessionSigner.V1.EntryPointVersion.V07;
    public UserOperationSignatureForm Form { get; init; } = UserOperationSignatureForm.Hash;
    public string Sender { get; init; } = Policies.Account;
    public BigInteger Nonce { get; init; }
    public byte[] CallData { get; init; } = Calldata.Execute(Policies.Token, new Transfer().TransferData);
    public long CallGas { get; init; } = 100_000;
    public long VerificationGas { get; init; } = 200_000;
    public long PreVerificationGas { get; init; } = 50_000;
    public long Fee { get; init; } = 100;
    public long PriorityFee { get; init; } = 10;

    /// <summary>Members of JSON besides those above.</summary>
    public IReadOnlyDictionary<string, string> More { get; init; } = new Dictionary<string, string>();

    public UserOperationInput ToInput() =>
        new()
        {
            Json = ToJson(),
            Chain = Chain,
            EntryPoint = EntryPoint,
            EntryPointVersion = Version,
            SignatureForm = Form,
        };

    public string ToJson()
    {
        var json = new JsonObject
        {
            ["sender"] = Sender,
            ["nonce"] = Quantity(Nonce),
            ["callData"] = Hex(CallData),
            ["callGasLimit"] = Quantity(CallGas),
            ["verificationGasLimit"] = Quantity(VerificationGas),
            ["preVerificationGas"] = Quantity(PreVerificationGas),
            ["maxFeePerGas"] = Quantity(Fee),
            ["maxPriorityFeePerGas"] = Quantity(PriorityFee),
        };
        foreach (var (name, value) in More)
        {
            json[name] = value;
        }
        return json.ToJsonString();
    }

    /// <summary>userOpHash of EntryPoint v0.7 for an operation without factory and paymaster.</summary>
    public Hash32 HashOf07()
    {
        var empty = Keccak256.Hash([]).ToArray();
        byte[] operation =
        [
            .. new byte[12],
            .. Transfer.Address(Sender),
            .. Transfer.Word(Nonce),
            .. empty,
            .. Keccak256.Hash(CallData).ToArray(),
            .. Transfer.Word((new BigInteger(VerificationGas) << 128) | CallGas),
            .. Transfer.Word(PreVerificationGas),
            .. Transfer.Word((new BigInteger(PriorityFee) << 128) | Fee),
            .. empty,
        ];
        byte[] bound =
        [
            .. Keccak256.Hash(operation).ToArray(),
            .. new byte[12],
            .. Transfer.Address(EntryPoint),
            .. Transfer.Word(BigInteger.Parse(Chain, CultureInfo.InvariantCulture)),
        ];
        return Keccak256.Hash(bound);
    }

    public static string Hex(ReadOnlySpan<byte> bytes) => "0x" + Convert.ToHexStringLower(bytes);

    private static string Quantity(BigInteger value) =>
        value.IsZero ? "0x0" : "0x" + Convert.ToHexStringLower(value.ToByteArray(isUnsigned: true, isBigEndian: true)).TrimStart('0');
}

/// <summary>Calldata that carries calls, encoded word by word.</summary>
internal static class Calldata
{
    /// <summary>execute(address,uint256,bytes).</summary>
    public static byte[] Execute(string target, byte[] data) =>
        [0xb6, 0x1d, 0x27, 0xf6, .. Address(target), .. Transfer.Word(0), .. Transfer.Word(96), .. Bytes(data)];

    /// <summary>multicall(bytes[]).</summary>
    public static byte[] Multicall(params byte[][] calls) =>
        [0xac, 0x96, 0x50, 0xd8, .. Transfer.Word(32), .. Array([.. calls.Select(Bytes)])];

    /// <summary>execute(bytes32,bytes) of ERC-7579, a batch of calls without value.</summary>
    public static byte[] Batch(byte callType, params (string Target, byte[] Data)[] calls)
    {
        byte[][] items = [.. calls.Select(Item)];
        byte[] batch = [.. Transfer.Word(32), .. Array(items)];
        return [0xe9, 0xae, 0x5c, 0x53, callType, .. new byte[31], .. Transfer.Word(64), .. Bytes(batch)];
    }

    /// <summary>multiSend(bytes) of calls without value.</summary>
    public static byte[] MultiSend(byte operation, params (string Target, byte[] Data)[] calls)
    {
        byte[] packed =
        [
            .. calls.SelectMany(call =>
                (byte[])[operation, .. Transfer.Address(call.Target), .. Transfer.Word(0), .. Transfer.Word(call.Data.Length), .. call.Data]
            ),
        ];
        return [0x8d, 0x80, 0xff, 0x0a, .. Transfer.Word(32), .. Bytes(packed)];
    }

    private static byte[] Item((string Target, byte[] Data) call) =>
        [.. Address(call.Target), .. Transfer.Word(0), .. Transfer.Word(96), .. Bytes(call.Data)];

    private static byte[] Array(byte[][] tails)
    {
        var heads = new List<byte>(Transfer.Word(tails.Length));
        var offset = 32 * tails.Length;
        foreach (var tail in tails)
        {
            heads.AddRange(Transfer.Word(offset));
            offset += tail.Length;
        }
        return [.. heads, .. tails.SelectMany(tail => tail)];
    }

    private static byte[] Address(string text) => [.. new byte[12], .. Transfer.Address(text)];

    private static byte[] Bytes(byte[] data) => [.. Transfer.Word(data.Length), .. data, .. new byte[(32 - (data.Length % 32)) % 32]];
}
