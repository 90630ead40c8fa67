using System.Text.Json.Nodes;
using SessionSigner.Core;
using SessionSigner.Ethereum;
using SessionSigner.Ethereum.Tests;
using SessionSigner.Grants;

namespace Interop;

/// <summary>
/// The calls that a scope looks at are the calls that a contract makes of the same bytes. The contracts' side is written apart from this project: it reads
/// words wherever offsets point, as the EVM does, so bytes that only a lenient reader understands must be refused here or mean the same.
/// </summary>
public class ContainerDifferentialTests
{
    private const int CasesPerFunction = 200;
    private const int Functions = 10;

    private static readonly int Seed = int.Parse(Environment.GetEnvironmentVariable("INTEROP_SEED") ?? "1");

    [Fact]
    public async Task The_calls_that_are_looked_at_are_the_calls_that_are_made()
    {
        await NodeModules.EnsureInstalledAsync();
        var (cases, accepted) = (0, 0);
        await ForeignProgram.RunNodeLinesAsync(
            "Scopes/random-containers.mjs",
            TimeSpan.FromMinutes(3),
            line =>
            {
                var given = JsonNode.Parse(line)!;
                Assert.True(JsonNode.DeepEquals(given["made"], Read(given, "args")), line);
                if (Read(given, "changed") is { } calls)
                {
                    Assert.True(JsonNode.DeepEquals(given["madeOfChanged"], calls), $"{calls.ToJsonString()}\n{line}");
                    accepted++;
                }
                cases++;
            },
            $"{Seed}",
            $"{CasesPerFunction}"
        );
        Assert.Equal(CasesPerFunction * Functions, cases);
        Assert.InRange(accepted, cases / 20, cases / 2);
    }

    // The calls that a container's reader finds, or null if it refuses.
    private static JsonArray? Read(JsonNode given, string member)
    {
        var signature = given["signature"]!.GetValue<string>();
        var container = CallContainers.Find(Enum.Parse<CallContainerKind>(given["kind"]!.GetValue<string>()), signature);
        Assert.NotNull(container);
        Assert.True(AbiFunction.TryParse(signature, out var function, out _), signature);
        var to = new Address(Vector.Bytes(given["to"]!.GetValue<string>()));
        Assert.True(UInt256.TryParse(given["value"]!.GetValue<string>(), out var value));
        var arguments = Vector.Bytes(given[member]!.GetValue<string>());
        if (!AbiDecoder.TryDecode(function!.Inputs, arguments, out var values, out _))
        {
            return null;
        }
        var calls = new List<ContractCall>();
        if (container.Read(new ContractCall(UInt256.One, to, value, arguments), values!, calls) is not null || calls.Count == 0)
        {
            return null;
        }
        return new JsonArray([
            .. calls.Select(call => new JsonArray(
                Vector.Hex(call.Target.ToArray()),
                call.Value.ToString(),
                Vector.Hex(call.Data.ToArray())
            )),
        ]);
    }
}
