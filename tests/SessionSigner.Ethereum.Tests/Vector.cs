using System.Text.Json.Nodes;

namespace SessionSigner.Ethereum.Tests;

/// <summary>Known answers, as data with their origin, from the folder Vectors.</summary>
internal static class Vector
{
    public static JsonObject Load(string file) =>
        JsonNode.Parse(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Vectors", file)))!.AsObject();

    public static byte[] Bytes(JsonNode? hex) => Bytes(hex!.GetValue<string>());

    public static byte[] Bytes(string hex) => Convert.FromHexString(hex.StartsWith("0x", StringComparison.Ordinal) ? hex[2..] : hex);

    public static string Hex(ReadOnlySpan<byte> bytes) => "0x" + Convert.ToHexStringLower(bytes);

    /// <summary>r, s and v = 27 + recovery id, as wallets return signatures.</summary>
    public static string WalletSignature(byte[] privateKey, Hash32 digest)
    {
        var signature = new byte[65];
        Assert.True(Secp256k1.TrySignRecoverable(privateKey, digest, signature));
        signature[64] += 27;
        return Hex(signature);
    }
}
