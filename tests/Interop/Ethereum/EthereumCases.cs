using System.Text;
using System.Text.Json.Nodes;
using SessionSigner.Ethereum;
using SessionSigner.Ethereum.Tests;

namespace Interop;

/// <summary>What this project makes of a case, in the form that the scripts print and read.</summary>
internal static class EthereumCases
{
    public static JsonObject Transaction(string unsigned, string key)
    {
        Assert.True(UnsignedTransaction.TryDecode(Vector.Bytes(unsigned), out var transaction, out var fault), $"{fault}: {unsigned}");
        var signature = new byte[65];
        Assert.True(Secp256k1.TrySignRecoverable(Vector.Bytes(key), transaction!.SigningHash, signature));
        var signed = transaction.EncodeSigned(signature);
        return new JsonObject
        {
            ["kind"] = "transaction",
            ["key"] = key,
            ["unsigned"] = unsigned,
            ["signingHash"] = transaction.SigningHash.ToString(),
            ["signed"] = Vector.Hex(signed),
            ["hash"] = Keccak256.Hash(signed).ToString(),
            ["sender"] = Recover(transaction.SigningHash, signature),
        };
    }

    public static JsonObject Calldata(string signature, string encoded)
    {
        Assert.True(AbiFunction.TryParse(signature, out var function, out var signatureFault), $"{signatureFault}: {signature}");
        Assert.True(
            AbiDecoder.TryDecode(function!.Inputs, Vector.Bytes(encoded), out var values, out var fault),
            $"{fault}: {signature} {encoded}"
        );
        if (function.StaticLayout is { } layout)
        {
            Assert.True(layout.IsCanonical(Vector.Bytes(encoded)), signature);
        }
        return new JsonObject
        {
            ["kind"] = "calldata",
            ["signature"] = signature,
            ["canonical"] = function.CanonicalSignature,
            ["selector"] = Vector.Hex(function.Selector4.Span),
            ["encoded"] = Vector.Hex(AbiEncoding.Encode(values!)),
            ["values"] = Plain(values!),
        };
    }

    /// <summary>The arguments as hexadecimal text if they are accepted, otherwise null.</summary>
    public static string? Accepts(string signature, byte[] arguments)
    {
        Assert.True(AbiFunction.TryParse(signature, out var function, out _), signature);
        return AbiDecoder.TryDecode(function!.Inputs, arguments, out _, out _) ? Vector.Hex(arguments) : null;
    }

    public static JsonObject TypedData(string payload, string key)
    {
        Assert.True(
            SessionSigner.Ethereum.TypedData.TryParse(Encoding.UTF8.GetBytes(payload), out var data, out var fault),
            $"{fault}: {payload}"
        );
        Assert.True(TypedDataStruct.TryParse(data!.EncodedType, out var definition, out var typeFault), $"{typeFault}: {data.EncodedType}");
        Assert.Equal(data.TypeHash, definition!.TypeHash);
        var signature = new byte[65];
        Assert.True(Secp256k1.TrySignRecoverable(Vector.Bytes(key), data.Digest, signature));
        return new JsonObject
        {
            ["kind"] = "typed data",
            ["payload"] = payload,
            ["encodedType"] = data.EncodedType,
            ["domainSeparator"] = data.DomainSeparator.ToString(),
            ["digest"] = data.Digest.ToString(),
            ["key"] = key,
            ["signature"] = Vector.WalletSignature(Vector.Bytes(key), data.Digest),
            ["signer"] = Recover(data.Digest, signature),
        };
    }

    private static string Recover(Hash32 digest, byte[] signature)
    {
        var compressed = new byte[33];
        Assert.True(Secp256k1.TryRecover(digest, signature, compressed));
        return Address.FromPublicKey(compressed).ToString();
    }

    private static JsonNode Plain(AbiValue value) =>
        value switch
        {
            AbiValue.Tuple tuple => new JsonArray([.. tuple.Items.Select(Plain)]),
            AbiValue.Array array => new JsonArray([.. array.Items.Select(Plain)]),
            _ => JsonValue.Create(value.ToString()!),
        };
}
