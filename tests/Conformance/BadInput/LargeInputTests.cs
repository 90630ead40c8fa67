using System.Diagnostics;
using Grpc.Core;
using SessionSigner.V1;

namespace Conformance;

/// <summary>Payloads of every size and depth get an answer, and get it soon: the largest that fit are decided, larger ones refused by their length.</summary>
[Collection(DaemonCollection.Name)]
public class LargeInputTests(DaemonFixture daemon)
{
    private const int SizeMax = 131_072;

    // Answers take milliseconds; only work without end takes this long.
    private static readonly TimeSpan TimeMax = TimeSpan.FromSeconds(5);

    [Theory]
    [InlineData(SizeMax + 1, StatusCode.InvalidArgument, "INVALID_REQUEST")]
    [InlineData(1_000_000, StatusCode.ResourceExhausted, "")]
    public async Task A_payload_that_is_too_large_is_refused_by_its_length(int size, StatusCode code, string reason)
    {
        await using var probe = await Probe.OpenAsync(daemon);
        await RefusedAsync("unsigned_transaction", SignAsync(probe.Id, new byte[size]));
        await RefusedAsync("typed_data_json", SignAsync(probe.Id, new string('[', size)));
        await probe.AssertUnharmedAsync();

        async Task RefusedAsync(string field, Task call)
        {
            var refusal = await SoonAsync(() => Refusal.OfAsync(call));
            Assert.Equal((code, reason, reason.Length > 0 ? field : ""), (refusal.Code, refusal.ErrorReason, refusal.Field));
        }
    }

    /// <summary>By the length of the message alone, which is known before the message is read.</summary>
    [Theory]
    [InlineData("typed data with an array of 10 MB")]
    [InlineData("access list of 100,000 entries")]
    public async Task What_is_far_too_large_is_not_read(string what)
    {
        await using var probe = await Probe.OpenAsync(daemon);
        var call = what.StartsWith("typed data", StringComparison.Ordinal)
            ? SignAsync(probe.Id, Bulk($"[{string.Concat(Enumerable.Repeat("7,", 5_000_000))}7]"))
            : SignAsync(probe.Id, Fill(0, [], AccessList(100_000)));
        var refusal = await SoonAsync(() => Refusal.OfAsync(call));
        Assert.Equal((StatusCode.ResourceExhausted, ""), (refusal.Code, refusal.ErrorReason));
        await probe.AssertUnharmedAsync();
    }

    [Theory]
    [InlineData(4_000, 7, 7)]
    [InlineData(4_000, 7, 8)]
    public async Task As_many_elements_of_calldata_as_fit_are_looked_at(int count, byte value, byte last)
    {
        await using var probe = await Probe.OpenAsync(daemon);
        var opened = await daemon.Alice.OpenAsync("bulk");
        byte[][] sizes = [.. Enumerable.Repeat(Transfer.Word(value), count - 1), Transfer.Word(last)];
        var call = SignAsync(opened.Session.SessionId, Fill(count, sizes));
        await AllowedIfAsync(value == last, call, "ceiling.permissions[1].constraints[0]");
        await daemon.Alice.CloseAsync(opened.Session.SessionId);
        await probe.AssertUnharmedAsync();
    }

    [Theory]
    [InlineData(10_000, 7)]
    [InlineData(65_000, 7)]
    [InlineData(65_000, 8)]
    public async Task As_many_elements_of_a_message_as_fit_are_looked_at(int count, int last)
    {
        await using var probe = await Probe.OpenAsync(daemon);
        var opened = await daemon.Alice.OpenAsync("bulk");
        var call = SignAsync(opened.Session.SessionId, Bulk($"[{string.Concat(Enumerable.Repeat("7,", count - 1))}{last}]"));
        await AllowedIfAsync(last == 7, call, "ceiling.permissions[2].constraints[0]");
        await daemon.Alice.CloseAsync(opened.Session.SessionId);
        await probe.AssertUnharmedAsync();
    }

    [Theory]
    [InlineData("RLP")]
    [InlineData("arrays of calldata")]
    [InlineData("JSON")]
    public async Task Nesting_as_deep_as_fits_is_refused(string what)
    {
        await using var probe = await Probe.OpenAsync(daemon);
        var opened = await daemon.Alice.OpenAsync("bulk");
        var id = opened.Session.SessionId;
        var call = what switch
        {
            "RLP" => SignAsync(id, [2, .. Enumerable.Range(1, 20_000).SelectMany(i => Prefix(3 * (20_000 - i)))]),
            "arrays of calldata" => SignAsync(id, Fill(32, [.. Enumerable.Repeat(Transfer.Word(32), 4_000)])),
            _ => SignAsync(id, Bulk(new string('[', 65_000) + new string(']', 65_000))),
        };
        await SoonAsync(() => Refusal.DenialOfAsync(call, DenialReason.Undecodable));
        await daemon.Alice.CloseAsync(id);
        await probe.AssertUnharmedAsync();

        // The header of a list, three bytes whatever the length.
        static byte[] Prefix(int length) => [0xF9, (byte)(length >> 8), (byte)(length & 0xFF)];
    }

    [Theory]
    [InlineData("{\"version\":1,\"a\":", "}")]
    [InlineData("[", "]")]
    public async Task A_narrowing_of_any_depth_is_refused(string open, string close)
    {
        await using var probe = await Probe.OpenAsync(daemon);
        var narrowing = string.Concat(Enumerable.Repeat(open, 1_000)) + "1" + string.Concat(Enumerable.Repeat(close, 1_000));
        var refusal = await SoonAsync(() => Refusal.OfAsync(daemon.Alice.OpenAsync("bulk", narrowing)));
        Assert.Equal((StatusCode.InvalidArgument, "narrowing_json"), (refusal.Code, refusal.Field));
        await probe.AssertUnharmedAsync();
    }

    private static byte[] AccessList(int entries) =>
        Transfer.List([.. Enumerable.Repeat(Transfer.List(Transfer.Bytes(Transfer.Address(Policies.Token)), Transfer.List()), entries)]);

    private static byte[] Fill(int count, byte[][] sizes, byte[]? accessList = null) =>
        [
            2,
            .. Transfer.List(
                Transfer.Integer(31337),
                Transfer.Integer(0),
                Transfer.Integer(1_000_000_000),
                Transfer.Integer(2_000_000_000),
                Transfer.Integer(60_000),
                Transfer.Bytes(Transfer.Address(Policies.Token)),
                Transfer.Integer(0),
                Transfer.Bytes([.. FillSelector, .. Transfer.Word(32), .. Transfer.Word(count), .. sizes.SelectMany(word => word)]),
                accessList ?? Transfer.List()
            ),
        ];

    // keccak256("fill(uint256[])"), its first four bytes, by ethers.
    private static ReadOnlySpan<byte> FillSelector => [0x88, 0x4b, 0x5d, 0xc2];

    private static string Bulk(string sizes) =>
        $$"""
            {"types": {"EIP712Domain": [{"name": "name", "type": "string"}, {"name": "chainId", "type": "uint256"}], "Bulk": [{"name": "sizes", "type": "uint8[]"}]},
             "primaryType": "Bulk", "domain": {"name": "Bulk", "chainId": {{Policies.Chain}}}, "message": {"sizes": {{sizes}}} }
            """;

    private async Task SignAsync(string sessionId, byte[] unsigned) => await daemon.Alice.SignAsync(sessionId, unsigned);

    private async Task SignAsync(string sessionId, string json) =>
        await daemon.Alice.Signing.SignTypedDataAsync(
            new SignTypedDataRequest
            {
                SessionId = sessionId,
                RequestId = Caller.NewId(),
                TypedDataJson = json,
            },
            Caller.Options()
        );

    private static async Task AllowedIfAsync(bool isAllowed, Task call, string rule)
    {
        if (isAllowed)
        {
            await SoonAsync(async () =>
            {
                await call;
                return true;
            });
            return;
        }
        var denial = await SoonAsync(() => Refusal.DenialOfAsync(call, DenialReason.ConstraintUnmet));
        Assert.Equal((rule, "8"), (denial.Rule, denial.Observed));
    }

    private static async Task<T> SoonAsync<T>(Func<Task<T>> call)
    {
        var watch = Stopwatch.StartNew();
        var result = await call();
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeMax);
        return result;
    }
}
