using System.Text;
using System.Text.Json.Nodes;

namespace SessionSigner.Ethereum.Tests;

public class KnownAnswerTests
{
    [Fact]
    public void Transactions_of_all_types()
    {
        var file = Vector.Load("tx-all-types.json");
        var key = Vector.Bytes(file["privateKey"]);
        var cases = file["cases"]!.AsArray();
        Assert.Equal(5, cases.Count);
        foreach (var vector in cases)
        {
            Assert.True(UnsignedTransaction.TryDecode(Vector.Bytes(vector!["unsigned"]), out var transaction, out var fault), fault);
            Assert.Equal(vector["sighash"]!.GetValue<string>(), transaction!.SigningHash.ToString());
            Assert.Equal(vector["tx"]!["gas"]!.GetValue<string>(), transaction.GasLimit.ToString());
            Assert.Equal(vector["tx"]!["value"]?.GetValue<string>() ?? "0", transaction.Value.ToString());
            var signature = new byte[65];
            Assert.True(Secp256k1.TrySignRecoverable(key, transaction.SigningHash, signature));
            var signed = transaction.EncodeSigned(signature);
            Assert.Equal(vector["signed"]!.GetValue<string>(), Vector.Hex(signed));
            Assert.Equal(vector["hash"]!.GetValue<string>(), Keccak256.Hash(signed).ToString());
            var sender = new byte[33];
            Assert.True(Secp256k1.TryRecover(transaction.SigningHash, signature, sender));
            Assert.Equal(file["address"]!.GetValue<string>(), Address.FromPublicKey(sender).ToString());
        }
    }

    [Fact]
    public void Signed_messages()
    {
        var file = Vector.Load("eip191.json");
        var key = Vector.Bytes(file["privateKey"]);
        foreach (var vector in file["cases"]!.AsArray())
        {
            var message = vector!["raw"] is { } raw ? Vector.Bytes(raw) : Encoding.UTF8.GetBytes(vector["message"]!.GetValue<string>());
            var digest = SignedMessage.Digest(message);
            Assert.Equal(vector["hash"]!.GetValue<string>(), digest.ToString());
            Assert.Equal(vector["signature"]!.GetValue<string>(), Vector.WalletSignature(key, digest));
        }
    }

    [Fact]
    public void The_example_of_EIP_712()
    {
        var vector = Vector.Load("eip712-mail.json");
        var data = ParsePayload(vector);
        Assert.Equal("Mail(Person from,Person to,string contents)Person(string name,address wallet)", data.EncodedType);
        Assert.Equal("0xa0cedeb2dc280ba39b857546d74f5549c3a1d7bdc2dd96bf881f76108e23dac2", data.TypeHash.ToString()); // SPEC: EIP-712 Example.js
        Assert.Equal(vector["domainSeparator"]!.GetValue<string>(), data.DomainSeparator.ToString());
        Assert.Equal(vector["digest"]!.GetValue<string>(), data.Digest.ToString());
        Assert.Equal(vector["signature"]!.GetValue<string>(), Vector.WalletSignature(Vector.Bytes(vector["privateKey"]), data.Digest));
        Assert.Equal((UInt256)1, data.Domain.ChainId);
        Assert.Equal("Ether Mail", data.Domain.Name);
        Assert.Null(data.Domain.Salt);
        var message = Assert.IsType<AbiValue.Tuple>(data.Message);
        Assert.Equal("Hello, Bob!", message.Items[2].ToString());
    }

    [Fact]
    public void Orders_and_approvals_of_exchanges()
    {
        var cases = Vector.Load("eip712-exchanges.json")["cases"]!.AsArray();
        foreach (var vector in cases)
        {
            Assert.Equal(vector!["digest"]!.GetValue<string>(), ParsePayload(vector.AsObject()).Digest.ToString());
        }
        Assert.Equal(7, cases.Count);
    }

    private static TypedData ParsePayload(JsonObject vector)
    {
        var payload = new JsonObject();
        foreach (var member in new[] { "domain", "types", "primaryType", "message" })
        {
            payload[member] = vector[member]!.DeepClone();
        }
        Assert.True(TypedData.TryParse(Encoding.UTF8.GetBytes(payload.ToJsonString()), out var data, out var fault), fault);
        return data!;
    }
}
