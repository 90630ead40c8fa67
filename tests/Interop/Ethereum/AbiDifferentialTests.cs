using System.Globalization;
using System.Text.Json.Nodes;
using SessionSigner.Ethereum;
using SessionSigner.Ethereum.Tests;

namespace Interop;

/// <summary>
/// Random argument lists, and each with a change that a decoder may overlook: bits that are too high, offsets and lengths moved or shared, words cut,
/// doubled or added. Accepted is exactly what ethers and viem decode and encode to the same bytes again.
/// </summary>
public class AbiDifferentialTests
{
    // The default takes seconds. INTEROP_CASES=100000 dotnet test -c Release tests/Interop --filter AbiDifferentialTests takes minutes.
    private static readonly int Cases = Number("INTEROP_CASES", 4_000);

    private static readonly int Seed = Number("INTEROP_SEED", 1);

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1) + (Cases * TimeSpan.FromMilliseconds(10));

    [Fact]
    public async Task What_ethers_and_viem_encode_is_decoded_and_what_they_refuse_is_refused()
    {
        await NodeModules.EnsureInstalledAsync();
        var (valid, accepted) = (0, 0);
        await ForeignProgram.RunNodeLinesAsync(
            "Ethereum/generate-abi.mjs",
            Limit,
            line =>
            {
                var given = JsonNode.Parse(line)!.AsObject();
                var made = AbiCase.Read(given["signature"]!.GetValue<string>(), Text(given, "encoded"), Text(given, "changed"));
                Assert.True(JsonNode.DeepEquals(given, made), $"{made.ToJsonString()}\n{line}");
                valid++;
                accepted += given["accepted"]!.GetValue<bool>() ? 1 : 0;
            },
            $"{Seed}",
            $"{Cases / 2}"
        );
        Assert.Equal(Cases / 2, valid);
        Assert.InRange(accepted, Cases / 40, Cases / 4);
    }

    [Fact]
    public async Task What_is_encoded_here_ethers_and_viem_decode_and_they_refuse_what_is_refused_here()
    {
        await NodeModules.EnsureInstalledAsync();
        var random = new RandomCases(Seed);
        var file = Path.GetTempFileName();
        try
        {
            await using (var lines = new StreamWriter(file))
            {
                for (var i = 0; i < Cases / 2; i++)
                {
                    var (signature, arguments) = random.Calldata();
                    var made = AbiCase.Read(signature, Vector.Hex(arguments), Vector.Hex(random.Corrupted(arguments)));
                    await lines.WriteLineAsync(made.ToJsonString());
                }
            }
            var result = await ForeignProgram.RunNodeAsync("Ethereum/verify-abi.mjs", Limit, file);
            Assert.True(result.ExitCode == 0, result.Error);
            Assert.Equal($"{Cases / 2} cases agree\n", result.Output);
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static string Text(JsonObject given, string name) => given[name]!.GetValue<string>();

    private static int Number(string variable, int otherwise) =>
        int.Parse(Environment.GetEnvironmentVariable(variable) ?? $"{otherwise}", CultureInfo.InvariantCulture);
}
