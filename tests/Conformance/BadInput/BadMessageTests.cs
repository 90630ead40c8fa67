using System.Text;
using Grpc.Core;

namespace Conformance;

/// <summary>Requests whose bytes no honest protobuf library writes. Most libraries settle them silently, each in its own way; the daemon refuses.</summary>
[Collection(DaemonCollection.Name)]
public class BadMessageTests(DaemonFixture daemon)
{
    private const string Sign = "SigningService/SignTransaction";
    private const string Evaluate = "SigningService/Evaluate";
    private const string Open = "SessionService/OpenSession";
    private const string Revoke = "AdminService/RevokeSessions";
    private const string List = "SessionService/ListSessions";

    private static readonly byte[] s_transfer = new Transfer().Encode();
    private static readonly byte[] s_largeTransfer = new Transfer { Amount = Policies.OrderCap + 1 }.Encode();

    private static readonly (string What, string Method, Func<string, byte[]> Bytes, string Field)[] s_rows =
    [
        ("field twice", Sign, id => [.. Signing(id, s_transfer), .. Text(1, id)], "session_id"),
        ("payload twice", Sign, id => [.. Signing(id, s_largeTransfer), .. Bytes(3, s_transfer)], "unsigned_transaction"),
        ("request id twice", Sign, id => [.. Text(2, "other"), .. Signing(id, s_transfer)], "request_id"),
        ("number twice", List, _ => [0x10, 1, 0x10, 2], "page_size"),
        ("oneof twice", Evaluate, id => [.. Text(1, id), .. Bytes(2, s_transfer), .. Text(3, new Order().ToJson())], "typed_data_json"),
        (
            "the same of a oneof twice",
            Evaluate,
            id => [.. Text(1, id), .. Bytes(2, s_transfer), .. Bytes(2, s_transfer)],
            "unsigned_transaction"
        ),
        ("one session or all", Revoke, id => [.. Text(1, id), 0x28, 1, .. Text(6, "drill")], "all"),
        ("long length", Sign, id => [0x0A, 0xA0, 0, .. Encoding.ASCII.GetBytes(id)], "session_id"),
        ("long tag", Sign, id => [0x8A, 0, 0x20, .. Encoding.ASCII.GetBytes(id)], ""),
        ("long number", List, _ => [0x10, 0x85, 0x80, 0], "page_size"),
        ("number of 11 bytes", List, _ => [0x10, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 1], "page_size"),
        ("64 bits in 32", Open, _ => [.. Text(1, "desk"), 0x28, 0xBC, 0x80, 0x80, 0x80, 0x10, .. Text(7, "r")], "lifetime_seconds"),
        ("2 as a bool", Revoke, _ => [0x28, 2, .. Text(6, "drill")], "all"),
        ("wrong wire type", Sign, _ => [0x08, 1], "session_id"),
        ("text as a number", Open, _ => [.. Text(5, "60")], "lifetime_seconds"),
        ("unknown field", Sign, id => [.. Signing(id, s_transfer), 0xA0, 6, 1], ""),
        ("field 0", Sign, id => [.. Signing(id, s_transfer), 0, 1], ""),
        ("wire type 7", Sign, id => [.. Signing(id, s_transfer), 0x0F], "session_id"),
        ("10,000 groups", Sign, id => [.. Signing(id, s_transfer), .. Enumerable.Repeat((byte)0x23, 10_000)], ""),
        ("10,000 messages", Sign, id => [.. Signing(id, s_transfer), .. Nested(10_000)], ""),
        ("ends in a field", Sign, _ => [0x0A, 5, 0x61], "session_id"),
        ("ends in a tag", Sign, id => [.. Signing(id, s_transfer), 0x80], ""),
        ("length 2^31", Sign, _ => [0x0A, 0x80, 0x80, 0x80, 0x80, 8], "session_id"),
        ("length 2^64-1", Sign, _ => [0x0A, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 1], "session_id"),
        ("not UTF-8", Sign, id => [.. Signing(id, s_transfer)[..34], 0x12, 2, 0xFF, 0xFE], "request_id"),
        ("overlong UTF-8", Sign, _ => [0x0A, 2, 0xC0, 0xAF], "session_id"),
        ("half a surrogate", Sign, _ => [0x0A, 3, 0xED, 0xA0, 0x80], "session_id"),
        ("nothing", Sign, _ => [], "request_id"),
        ("no selector", Revoke, _ => [.. Text(6, "drill")], "selector"),
        ("all but false", Revoke, _ => [0x28, 0, .. Text(6, "drill")], "all"),
        ("no payload", Evaluate, id => [.. Text(1, id)], "payload"),
        ("no transaction", Sign, id => [.. Text(1, id), .. Text(2, "r")], "unsigned_transaction"),
    ];

    public static TheoryData<string> Rows => [.. s_rows.Select(row => row.What)];

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task Is_refused_with_the_field(string what)
    {
        await using var probe = await Probe.OpenAsync(daemon);
        var row = s_rows.Single(row => row.What == what);
        using var client = new RawClient(daemon, row.Method == Revoke ? Identities.Operator : Identities.Alice);

        var answer = await client.SendAsync(row.Method, RawClient.Frame(row.Bytes(probe.Id)));

        Assert.Equal(
            $"{StatusCode.InvalidArgument} INVALID_REQUEST {row.Field}",
            $"{answer.Refusal?.Code} {answer.Refusal?.ErrorReason} {answer.Refusal?.Field}"
        );
        Assert.NotEmpty(answer.Refusal!.Message);
        await probe.AssertUnharmedAsync();
    }

    private static byte[] Signing(string id, byte[] transaction) => [.. Text(1, id), .. Text(2, Caller.NewId()), .. Bytes(3, transaction)];

    private static byte[] Text(int field, string text) => Bytes(field, Encoding.UTF8.GetBytes(text));

    private static byte[] Bytes(int field, byte[] bytes) => [(byte)((field << 3) | 2), .. Length(bytes.Length), .. bytes];

    private static byte[] Length(int length) => length < 0x80 ? [(byte)length] : [(byte)((length & 0x7F) | 0x80), .. Length(length >> 7)];

    // Each message is field 4 of the one around it.
    private static byte[] Nested(int depth)
    {
        var parts = new List<byte[]>();
        var size = 0;
        for (var i = 0; i < depth; i++)
        {
            parts.Add([0x22, .. Length(size)]);
            size += parts[^1].Length;
        }
        return [.. Enumerable.Reverse(parts).SelectMany(part => part)];
    }
}
