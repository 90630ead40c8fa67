using System.Text;
using System.Text.Json.Nodes;
using SessionSigner.Ethereum;
using SessionSigner.Ethereum.Tests;

namespace Interop;

/// <summary>ethers and viem make random cases and say what is right; then this project does, and they check it.</summary>
public class EthereumInteropTests
{
    private const int CasesPerKind = 500;

    // Another seed makes other cases; a failure names the case itself.
    private static readonly int Seed = int.Parse(Environment.GetEnvironmentVariable("INTEROP_SEED") ?? "1");

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    [Fact]
    public async Task What_ethers_and_viem_make_is_understood_alike()
    {
        await NodeModules.EnsureInstalledAsync();
        var result = await ForeignProgram.RunNodeAsync("Ethereum/generate.mjs", Limit, Seed.ToString(), CasesPerKind.ToString());
        Assert.True(result.ExitCode == 0, result.Error);
        var lines = result.Output.TrimEnd().Split('\n');
        Assert.Equal(4 * CasesPerKind, lines.Length);
        foreach (var line in lines)
        {
            var given = JsonNode.Parse(line)!.AsObject();
            var made = given["kind"]!.GetValue<string>() switch
            {
                "transaction" => EthereumCases.Transaction(Text(given, "unsigned"), Text(given, "key")),
                "calldata" => EthereumCases.Calldata(Text(given, "signature"), Text(given, "encoded")),
                "typed data" => EthereumCases.TypedData(Text(given, "payload"), Text(given, "key")),
                "user operation" => UserOperationCases.Read(given),
                var kind => throw new InvalidOperationException(kind),
            };
            foreach (var (name, expected) in given)
            {
                Assert.True(JsonNode.DeepEquals(expected, made[name]), $"{name}: {made[name]?.ToJsonString()}\n{line}");
            }
        }
    }

    [Fact]
    public async Task What_is_made_here_ethers_and_viem_understand_alike()
    {
        await NodeModules.EnsureInstalledAsync();
        var random = new RandomCases(Seed);
        var lines = new StringBuilder();
        var changes = 0;
        for (var i = 0; i < CasesPerKind; i++)
        {
            var key = Vector.Hex(random.Key());
            lines.Append(EthereumCases.Transaction(Vector.Hex(random.UnsignedTransaction()), key).ToJsonString()).Append('\n');
            lines.Append(EthereumCases.TypedData(random.TypedDataPayload(), key).ToJsonString()).Append('\n');
            var (signature, arguments) = random.Calldata();
            lines.Append(EthereumCases.Calldata(signature, Vector.Hex(arguments)).ToJsonString()).Append('\n');
            // What is still accepted after a change must mean the same to the others.
            if (arguments.Length > 0 && EthereumCases.Accepts(signature, random.WithChangedByte(arguments)) is { } changed)
            {
                lines.Append(EthereumCases.Calldata(signature, changed).ToJsonString()).Append('\n');
                changes++;
            }
        }
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, lines.ToString());
            var result = await ForeignProgram.RunNodeAsync("Ethereum/verify.mjs", Limit, file);
            Assert.True(result.ExitCode == 0, result.Error);
            Assert.InRange(changes, CasesPerKind / 10, CasesPerKind);
            Assert.Equal($"{(3 * CasesPerKind) + changes} cases agree\n", result.Output);
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static string Text(JsonObject given, string name) => given[name]!.GetValue<string>();
}
