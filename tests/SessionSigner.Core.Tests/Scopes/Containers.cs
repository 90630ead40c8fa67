using System.Numerics;
using System.Text.Json.Nodes;
using SessionSigner.Ethereum;

namespace SessionSigner.Core.Tests;

/// <summary>Encodes calls that carry calls, word by word.</summary>
internal static class Containers
{
    public static JsonObject Unwrap(string function, string kind, string name = "container")
    {
        var permission = ScopeBuilder.Call(function, name: name);
        permission["unwrap"] = kind;
        return permission;
    }

    /// <summary>Selector and words.</summary>
    public static string Calldata(string function, params BigInteger[] words) =>
        Selector(function) + string.Concat(words.Select(word => TransactionBuilder.Word(word)));

    public static TransactionPayload Multicall(params string[] calls) => new TransactionBuilder { Data = MulticallData(calls) }.Build();

    public static string MulticallData(params string[] calls) =>
        Selector("multicall(bytes[])") + TransactionBuilder.Word(32) + Array(calls);

    public static TransactionPayload MulticallUntil(int deadline, params string[] calls) =>
        new TransactionBuilder
        {
            Data = Selector("multicall(uint256,bytes[])") + TransactionBuilder.Word(deadline) + TransactionBuilder.Word(64) + Array(calls),
        }.Build();

    /// <summary>execute(address,uint256,bytes).</summary>
    public static string Execute(string target, int value, string data) =>
        Selector("execute(address,uint256,bytes)")
        + TransactionBuilder.Word(target)
        + TransactionBuilder.Word(value)
        + TransactionBuilder.Word(96)
        + Bytes(data[2..]);

    /// <summary>multiSend(bytes) of calls without value.</summary>
    public static string MultiSend(params (string Target, string Data)[] calls)
    {
        var packed = string.Concat(
            calls.Select(call =>
                "00" + call.Target[2..] + TransactionBuilder.Word(0) + TransactionBuilder.Word((call.Data.Length / 2) - 1) + call.Data[2..]
            )
        );
        return Selector("multiSend(bytes)") + TransactionBuilder.Word(32) + Bytes(packed);
    }

    private static string Selector(string function)
    {
        Assert.True(AbiFunction.TryParse(function, out var parsed, out var fault), fault);
        return "0x" + Convert.ToHexStringLower(parsed!.Selector4.Span);
    }

    private static string Array(string[] calls)
    {
        var (heads, tails) = (TransactionBuilder.Word(calls.Length), "");
        foreach (var call in calls)
        {
            heads += TransactionBuilder.Word((32 * calls.Length) + (tails.Length / 2));
            tails += Bytes(call[2..]);
        }
        return heads + tails;
    }

    private static string Bytes(string digits) =>
        TransactionBuilder.Word(digits.Length / 2) + digits.PadRight((digits.Length + 63) / 64 * 64, '0');
}
