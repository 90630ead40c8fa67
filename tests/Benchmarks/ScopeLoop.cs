using System.Diagnostics;
using System.Globalization;
using System.Text;
using Conformance;
using SessionSigner.Core;
using SessionSigner.Ethereum;
using SessionSigner.Grants;

namespace Benchmarks;

/// <summary>One side's evaluation in a loop: a call with four arguments, three constraints and two budgets, among many permissions.</summary>
internal static class ScopeLoop
{
    private const int CallsARound = 1_000;
    private const string Router = "0x68b3465833fb72A70ecDF485E0e4C7bD8665Fc45";
    private const string Token = "0xA0b86991c6218b36c1d19D4a2e9Eb0cE3606eB48";
    private const string Recipient = "0xd8dA6BF26964aF9D7eEd9e03E53415D37aA96045";

    /// <returns>The rate of evaluations, percentiles of one, and the bytes that one allocates.</returns>
    public static (Measurement Measured, double BytesEach) Measure(int permissions, TimeSpan duration)
    {
        var scope = CompiledScope.Compile("ceiling", Build(permissions));
        var payload = new TransactionPayload(Swap());
        var debits = new DebitBuffer();
        for (var i = 0; i < CallsARound * 50; i++)
        {
            Evaluate(scope, payload, debits);
        }
        var ticks = new List<long>(1 << 16);
        var start = Stopwatch.GetTimestamp();
        long bytes = 0;
        while (Stopwatch.GetElapsedTime(start) < duration)
        {
            var allocated = GC.GetAllocatedBytesForCurrentThread();
            var before = Stopwatch.GetTimestamp();
            for (var i = 0; i < CallsARound; i++)
            {
                Evaluate(scope, payload, debits);
            }
            var taken = Stopwatch.GetTimestamp() - before;
            bytes += GC.GetAllocatedBytesForCurrentThread() - allocated;
            ticks.Add(taken);
        }
        var rounds = Measurement.Of(ticks, Stopwatch.GetElapsedTime(start));
        return (
            new Measurement(rounds.PerSecond * CallsARound, rounds.P50Ms / CallsARound, rounds.P99Ms / CallsARound),
            (double)bytes / ticks.Count / CallsARound
        );
    }

    private static void Evaluate(CompiledScope scope, TransactionPayload payload, DebitBuffer debits)
    {
        if (!scope.Evaluate(payload, 0, debits).IsAllowed || debits.Count != 2)
        {
            throw new InvalidOperationException("The scope does not do what is measured.");
        }
    }

    /// <summary>A scope whose last permission is the one that allows; the others are for the same function of other contracts.</summary>
    private static Scope Build(int permissions)
    {
        var json = $$"""
            {
              "version": 1,
              "chains": ["1"],
              "permissions": [
                {
                  "name": "swap",
                  "kind": "call",
                  "chain": "1",
                  "targets": ["{{Router}}"],
                  "function": "swap(address tokenIn, address recipient, uint256 amountIn, uint256 amountOutMinimum)",
                  "constraints": [
                    {"path": "tokenIn", "op": "eq", "value": "{{Token}}"},
                    {"path": "recipient", "op": "in", "values": ["{{Recipient}}"]},
                    {"path": "amountIn", "op": "lte", "value": "1000000"}
                  ],
                  "max_gas": "300000",
                  "max_fee_per_gas": "100000000000",
                  "meters": [{"budget": "order", "path": "amountIn"}, {"budget": "day", "path": "amountIn"}]
                }
              ],
              "budgets": [
                {"name": "order", "unit": "USDC base units", "limit": "1000000000", "window": "lifetime", "per": "session"},
                {"name": "day", "unit": "USDC base units", "limit": "1000000000", "window": "calendar_day", "per": "session"}
              ]
            }
            """;
        if (!Scope.TryParse(Encoding.UTF8.GetBytes(json), out var scope, out var faults) || scope is null)
        {
            throw new InvalidOperationException(string.Join(' ', faults));
        }
        var swap = (CallPermission)scope.Permissions[0];
        // A document holds fewer; the tables that are measured do not know that.
        var others = Enumerable
            .Range(1, permissions - 1)
            .Select(i => swap with { Name = string.Create(CultureInfo.InvariantCulture, $"other-{i}"), Targets = [Other(i)] });
        return scope with { Permissions = [.. others, swap] };
    }

    private static Address Other(int number)
    {
        Span<byte> hash = stackalloc byte[Hash32.Size];
        Keccak256.Hash(BitConverter.GetBytes(number)).CopyTo(hash);
        return new Address(hash[..20]);
    }

    private static UnsignedTransaction Swap()
    {
        byte[] call =
        [
            .. Convert.FromHexString(Keccak256.Hash("swap(address,address,uint256,uint256)"u8).ToString()[2..10]),
            .. new byte[12],
            .. Transfer.Address(Token),
            .. new byte[12],
            .. Transfer.Address(Recipient),
            .. Transfer.Word(1_000_000),
            .. Transfer.Word(1),
        ];
        byte[] bytes =
        [
            2,
            .. Transfer.List(
                Transfer.Integer(1),
                Transfer.Integer(0),
                Transfer.Integer(1_000_000_000),
                Transfer.Integer(2_000_000_000),
                Transfer.Integer(250_000),
                Transfer.Bytes(Transfer.Address(Router)),
                Transfer.Integer(0),
                Transfer.Bytes(call),
                Transfer.List()
            ),
        ];
        return UnsignedTransaction.TryDecode(bytes, out var transaction, out var fault) && transaction is not null
            ? transaction
            : throw new InvalidOperationException(fault);
    }
}
