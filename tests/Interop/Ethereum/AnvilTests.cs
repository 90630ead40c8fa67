using System.Globalization;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using SessionSigner.Ethereum;
using SessionSigner.Ethereum.Tests;

namespace Interop;

/// <summary>
/// A real Ethereum node mines what this project signs, of every type. The blobs of type 3, their commitments and their proofs are not signed; they
/// are made by viem and c-kzg.
/// </summary>
public sealed class AnvilTests : IDisposable
{
    private const int Chain = 31_337;

    private readonly HttpClient _http = new();
    private readonly byte[] _key = [1, .. RandomNumberGenerator.GetBytes(31)];
    private readonly byte[] _recipient = RandomNumberGenerator.GetBytes(20);
    private string _node = "";

    [Fact]
    public async Task A_node_mines_transactions_of_every_type_from_the_address_that_signed()
    {
        await NodeModules.EnsureInstalledAsync();
        await using var node = await AnvilNode.StartAsync();
        _node = node.Address;
        var sender = AddressOf(_key);
        await CallAsync("anvil_setBalance", sender.ToString(), "0xde0b6b3a7640000");
        byte[] delegateKey = [1, .. RandomNumberGenerator.GetBytes(31)];
        var implementation = RandomNumberGenerator.GetBytes(20);

        byte[][] unsigned =
        [
            Rlp.Items([Number(0), Number(2_000_000_000), .. Tail(1)]),
            Rlp.Items([Number(1), Number(2_000_000_000), .. Tail(2), Number(Chain), Rlp.Text(), Rlp.Text()]),
            [1, .. Rlp.Items([Number(Chain), Number(2), Number(2_000_000_000), .. Tail(3), AccessList()])],
            [2, .. Rlp.Items([Number(Chain), Number(3), Number(1), Number(2_000_000_000), .. Tail(4), AccessList()])],
            [
                4,
                .. Rlp.Items([
                    Number(Chain),
                    Number(4),
                    Number(1),
                    Number(2_000_000_000),
                    .. Tail(5),
                    AccessList(),
                    Rlp.Items([Authorization(delegateKey, implementation)]),
                ]),
            ],
        ];
        var hashes = new List<string>();
        foreach (var bytes in unsigned)
        {
            hashes.Add((await CallAsync("eth_sendRawTransaction", Sign(bytes))).GetValue<string>());
        }
        hashes.Add(await SendBlobsAsync());
        await CallAsync("anvil_mine", "0x1");

        string[] types = ["0x0", "0x0", "0x1", "0x2", "0x4", "0x3"];
        foreach (var (hash, type) in hashes.Zip(types))
        {
            var receipt = await CallAsync("eth_getTransactionReceipt", hash);
            Assert.Equal(("0x1", type), (receipt["status"]!.GetValue<string>(), receipt["type"]!.GetValue<string>()));
            Assert.Equal(sender.ToString(), receipt["from"]!.GetValue<string>(), ignoreCase: true);
        }
        var received = (await CallAsync("eth_getBalance", Vector.Hex(_recipient), "latest")).GetValue<string>();
        Assert.Equal(1 + 2 + 3 + 4 + 5 + 6, int.Parse(received.AsSpan(2), NumberStyles.HexNumber, CultureInfo.InvariantCulture));
        var code = (await CallAsync("eth_getCode", AddressOf(delegateKey).ToString(), "latest")).GetValue<string>();
        Assert.Equal("0xef0100" + Convert.ToHexStringLower(implementation), code);
    }

    private async Task<string> SendBlobsAsync()
    {
        var made = await ForeignProgram.RunNodeAsync("Ethereum/blobs.mjs", TimeSpan.FromMinutes(5), "what the blobs hold");
        Assert.True(made.ExitCode == 0, made.Error);
        var sidecar = JsonNode.Parse(made.Output)!;
        byte[][] fees = [Number(1), Number(2_000_000_000)];
        var signed = Sign([
            3,
            .. Rlp.Items([Number(Chain), Number(5), .. fees, .. Tail(6), AccessList(), Number(1_000_000_000), Texts("hashes")]),
        ]);
        // SPEC: EIP-4844 "rlp([tx_payload_body, blobs, commitments, proofs])" after the type byte.
        byte[] body = Vector.Bytes(signed)[1..];
        byte[] wrapped = [3, .. Rlp.Items([body, Texts("blobs"), Texts("commitments"), Texts("proofs")])];
        var hash = (await CallAsync("eth_sendRawTransaction", Vector.Hex(wrapped))).GetValue<string>();
        Assert.Equal(Keccak256.Hash(Vector.Bytes(signed)).ToString(), hash);
        return hash;

        byte[] Texts(string name) =>
            Rlp.Items([.. sidecar[name]!.AsArray().Select(item => Rlp.Text(Vector.Bytes(item!.GetValue<string>())))]);
    }

    public void Dispose() => _http.Dispose();

    private static byte[] Number(long value) => Rlp.Number((ulong)value);

    private byte[][] Tail(long value) => [Number(100_000), Rlp.Text(_recipient), Number(value), Rlp.Text()];

    private byte[] AccessList() => Rlp.Items([Rlp.Items([Rlp.Text(_recipient), Rlp.Items([Rlp.Text(new byte[32])])])]);

    /// <summary>SPEC: EIP-7702, "authority = ecrecover(msg, y_parity, r, s)" with msg = keccak(0x05 || rlp([chain_id, address, nonce])).</summary>
    private static byte[] Authorization(byte[] key, byte[] implementation)
    {
        byte[][] said = [Number(Chain), Rlp.Text(implementation), Number(0)];
        var signature = new byte[65];
        Assert.True(Secp256k1.TrySignRecoverable(key, Keccak256.Hash([5, .. Rlp.Items(said)]), signature));
        return Rlp.Items([
            .. said,
            Number(signature[64]),
            Rlp.Number(UInt256.FromBigEndian(signature.AsSpan(0, 32))),
            Rlp.Number(UInt256.FromBigEndian(signature.AsSpan(32, 32))),
        ]);
    }

    private string Sign(byte[] unsigned)
    {
        Assert.True(UnsignedTransaction.TryDecode(unsigned, out var transaction, out var fault), fault);
        var signature = new byte[65];
        Assert.True(Secp256k1.TrySignRecoverable(_key, transaction!.SigningHash, signature));
        return Vector.Hex(transaction.EncodeSigned(signature));
    }

    private static Address AddressOf(byte[] key)
    {
        var compressed33 = new byte[33];
        Assert.True(Secp256k1.TryCreatePublicKey(key, compressed33));
        return Address.FromPublicKey(compressed33);
    }

    private async Task<JsonNode> CallAsync(string method, params string[] parameters)
    {
        var request = new
        {
            jsonrpc = "2.0",
            id = 1,
            method,
            @params = parameters,
        };
        using var response = await _http.PostAsJsonAsync(_node, request);
        var answer = (await response.Content.ReadFromJsonAsync<JsonObject>())!;
        Assert.False(answer.ContainsKey("error"), $"{method}: {answer.ToJsonString()}");
        return answer["result"] ?? JsonValue.Create("");
    }
}
