using System.Text.Json.Nodes;
using SessionSigner.Ethereum;
using SessionSigner.Ethereum.Tests;

namespace Interop;

/// <summary>What this project makes of arguments and of a change to them, in the form that generate-abi.mjs prints.</summary>
internal static class AbiCase
{
    public static JsonObject Read(string signature, string encoded, string changed)
    {
        var valid = EthereumCases.Calldata(signature, encoded);
        Assert.Equal(encoded, valid["encoded"]!.GetValue<string>());
        return new JsonObject
        {
            ["signature"] = signature,
            ["encoded"] = encoded,
            ["values"] = valid["values"]!.DeepClone(),
            ["changed"] = changed,
            ["accepted"] = IsAccepted(signature, Vector.Bytes(changed)),
        };
    }

    private static bool IsAccepted(string signature, byte[] arguments)
    {
        Assert.True(AbiFunction.TryParse(signature, out var function, out _), signature);
        var isAccepted = AbiDecoder.TryDecode(function!.Inputs, arguments, out var values, out var fault);
        Assert.NotEqual(isAccepted, fault.Length > 0);
        // What is accepted is encoded as it came, whatever was changed.
        Assert.True(!isAccepted || AbiEncoding.Encode(values!).AsSpan().SequenceEqual(arguments), $"{signature} {Vector.Hex(arguments)}");
        // The two ways to read arguments that have a static layout agree.
        Assert.True(function.StaticLayout is not { } layout || layout.IsCanonical(arguments) == isAccepted, signature);
        return isAccepted;
    }
}
