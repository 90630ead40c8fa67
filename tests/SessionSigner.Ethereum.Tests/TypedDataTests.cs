using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using FsCheck.Xunit;

namespace SessionSigner.Ethereum.Tests;

public class TypedDataTests
{
    private const string Domain = """{"name":"Exchange","chainId":1}""";
    private const string Order = """{"Order":[{"name":"maker","type":"address"},{"name":"amount","type":"uint128"}]}""";
    private const string Message = """{"maker":"0xbBbBBBBbbBBBbbbBbbBbbbbBBbBbbbbBbBbbBBbB","amount":"5"}""";

    [Fact]
    public void Members_may_come_in_any_order()
    {
        var one = Parse(Payload());
        var other = Parse(
            $$"""{"message":{"amount":5,"maker":"0xbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"},"primaryType":"Order","domain":{"chainId":"0x1","name":"Exchange"},"types":{{Order}}}"""
        );
        Assert.Equal(one.Digest, other.Digest);
        Assert.Equal("Order(address maker,uint128 amount)", one.EncodedType);
        Assert.Equal(new TypedDataDomain("Exchange", null, 1, null, null), one.Domain);
    }

    [Fact]
    public void A_declared_domain_type_changes_nothing()
    {
        var declared = Order.Insert(1, """ "EIP712Domain":[{"name":"name","type":"string"},{"name":"chainId","type":"uint256"}],""");
        Assert.Equal(Parse(Payload()).Digest, Parse(Payload(types: declared)).Digest);
    }

    [Theory]
    [InlineData("""[{"name":"name","type":"string"}]""")] // less than the domain has
    [InlineData("""[{"name":"name","type":"string"},{"name":"version","type":"string"},{"name":"chainId","type":"uint256"}]""")] // more
    [InlineData("""[{"name":"chainId","type":"uint256"},{"name":"name","type":"string"}]""")] // another order
    [InlineData("""[{"name":"name","type":"string"},{"name":"chainId","type":"uint64"}]""")] // another type
    [InlineData("""[]""")]
    public void A_declared_domain_type_must_be_the_domains(string members) =>
        Assert.StartsWith(
            "types.EIP712Domain: ",
            Refuse(Payload(types: Order.Insert(1, $"\"EIP712Domain\":{members},"))),
            StringComparison.Ordinal
        );

    [Theory]
    [InlineData("uint128", "340282366920938463463374607431768211455")]
    [InlineData("uint128", "0xffffffffffffffffffffffffffffffff")]
    [InlineData("uint256", "115792089237316195423570985008687907853269984665640564039457584007913129639935")]
    [InlineData("uint8", "0")]
    [InlineData("uint8", "0x0")]
    [InlineData("int8", "-128")]
    [InlineData("int8", "127")]
    [InlineData("int256", "-57896044618658097711785492504343953926634992332820282019728792003956564819968")]
    [InlineData("bytes", "0x")]
    [InlineData("bytes4", "0xA9059cbb")]
    [InlineData("string", "")]
    [InlineData("string", "line\nbreak \u001b[31m \u2028 \u202e \u0000 é é")]
    public void Values_of_the_type_are_accepted(string type, string value) => Parse(OneValue(type, JsonSerializer.Serialize(value)));

    [Theory]
    [InlineData("uint128", "\"340282366920938463463374607431768211456\"")]
    [InlineData("uint256", "\"115792089237316195423570985008687907853269984665640564039457584007913129639936\"")] // 2^256
    [InlineData("uint256", "\"0x10000000000000000000000000000000000000000000000000000000000000000\"")]
    [InlineData("uint256", "\"-1\"")]
    [InlineData("uint256", "-1")]
    [InlineData("uint256", "-0")]
    [InlineData("uint256", "\"01\"")]
    [InlineData("uint256", "\"0x01\"")]
    [InlineData("uint256", "\"0X1\"")]
    [InlineData("uint256", "\"0x\"")]
    [InlineData("uint256", "\"\"")]
    [InlineData("uint256", "\" 1\"")]
    [InlineData("uint256", "\"1.0\"")]
    [InlineData("uint256", "\"1e3\"")]
    [InlineData("uint256", "1.0")]
    [InlineData("uint256", "1e3")]
    [InlineData("uint256", "9007199254740992")] // 2^53
    [InlineData("uint256", "\"NaN\"")]
    [InlineData("uint256", "true")]
    [InlineData("uint256", "null")]
    [InlineData("uint256", "{}")]
    [InlineData("int8", "128")]
    [InlineData("int8", "-129")]
    [InlineData("int8", "\"-0\"")]
    [InlineData("int8", "\"0xff\"")]
    [InlineData("int8", "\"-0x1\"")]
    [InlineData("int256", "-9007199254740992")]
    [InlineData("bool", "1")]
    [InlineData("bool", "\"true\"")]
    [InlineData("bool", "null")]
    [InlineData("address", "\"0xbBBBBBBbbBBBbbbBbbBbbbbBBbBbbbbBbBbbBBbB\"")] // wrong checksum
    [InlineData("address", "\"0xBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB\"")]
    [InlineData("address", "\"0xbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb\"")] // 19 bytes
    [InlineData("address", "\"bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb\"")]
    [InlineData("address", "\"0xbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb\u0432\"")] // a Cyrillic letter
    [InlineData("address", "\"vitalik.eth\"")]
    [InlineData("address", "1")]
    [InlineData("bytes", "\"\"")]
    [InlineData("bytes", "\"0x0\"")]
    [InlineData("bytes", "\"0xzz\"")]
    [InlineData("bytes", "\"a9\"")]
    [InlineData("bytes", "[1,2]")]
    [InlineData("bytes4", "\"0xa9059c\"")]
    [InlineData("bytes4", "\"0xa9059cbb00\"")]
    [InlineData("string", "1")]
    [InlineData("string", "null")]
    [InlineData("uint8[]", "{}")]
    [InlineData("uint8[]", "[256]")]
    [InlineData("uint8[2]", "[1]")]
    [InlineData("uint8[2]", "[1,2,3]")]
    [InlineData("uint8[2][]", "[[1,2],[1]]")]
    public void Values_out_of_the_type_are_refused_with_the_path(string type, string json) =>
        Assert.StartsWith("message.a", Refuse(OneValue(type, json)), StringComparison.Ordinal);

    [Theory]
    [InlineData("uint")]
    [InlineData("int")]
    [InlineData("uint257")]
    [InlineData("bytes33")]
    [InlineData("byte")]
    [InlineData("function")]
    [InlineData("fixed128x18")]
    [InlineData("uint8[0]")]
    [InlineData("uint8[01]")]
    [InlineData("uint8[")]
    [InlineData("uint8]")]
    [InlineData("uint8 ")]
    [InlineData("")]
    [InlineData("Person")]
    [InlineData("(uint8)")]
    [InlineData("uint8[99999][99999][99999]")]
    public void Unknown_types_are_refused(string type) => Assert.StartsWith("types", Refuse(OneValue(type, "1")), StringComparison.Ordinal);

    [Theory]
    [InlineData("""{"Order":[{"name":"a","type":"Order"}]}""", "types.Order: contains itself")]
    [InlineData("""{"Order":[{"name":"a","type":"Order[]"}]}""", "types.Order: contains itself")]
    [InlineData("""{"Order":[{"name":"a","type":"B"}],"B":[{"name":"b","type":"Order"}]}""", "types.Order: contains itself")]
    [InlineData(
        """{"Order":[{"name":"a","type":"bool"}],"B":[{"name":"b","type":"bool"}]}""",
        "types.B: the primary type does not refer to it"
    )]
    [InlineData("""{"B":[{"name":"b","type":"bool"}]}""", "types: \"Order\" is not declared")]
    [InlineData("""{"Order":[{"name":"a","type":"EIP712Domain"}]}""", "types: \"EIP712Domain\" is not declared")]
    [InlineData("""{"Order":[{"name":"a","type":"bool"},{"name":"a","type":"bool"}]}""", "types.Order: two members are named \"a\"")]
    [InlineData("""{"Order":[],"Order":[]}""", "types.Order: declared twice")]
    [InlineData("""{"Order":[],"uint8":[]}""", "types.uint8: is an elementary type")]
    [InlineData("""{"Order":[],"Per son":[]}""", "a type's name is no identifier")]
    [InlineData("""{"Order":[{"name":"a b","type":"bool"}]}""", "types.Order: a member's name is no identifier")]
    [InlineData("""{"Order":[{"name":"a"}]}""", "types.Order[0]: not an object of exactly the strings name and type")]
    [InlineData("""{"Order":[{"name":"a","type":"bool","x":"y"}]}""", "types.Order[0]: not an object of exactly the strings name and type")]
    [InlineData(
        """{"Order":[{"name":"a","name":"a","type":"bool"}]}""",
        "types.Order[0]: not an object of exactly the strings name and type"
    )]
    [InlineData("""{"Order":[{"name":"a","type":1}]}""", "types.Order[0]: not an object of exactly the strings name and type")]
    [InlineData("""{"Order":["a"]}""", "types.Order[0]: not an object of exactly the strings name and type")]
    [InlineData("""{"Order":{}}""", "types.Order: not an array")]
    [InlineData("""[]""", "types: not an object")]
    public void Unclear_declarations_are_refused(string types, string expected) => Assert.Equal(expected, Refuse(Payload(types: types)));

    [Theory]
    [InlineData("""{}""", "domain: without members it names no domain")]
    [InlineData("""[]""", "domain: not an object")]
    [InlineData("""{"name":"Exchange","chainid":1}""", "domain: a member other than name, version, chainId, verifyingContract and salt")]
    [InlineData("""{"name":"a","name":"b"}""", "domain: has \"name\" twice")]
    [InlineData("""{"chainId":"0x0000000000000000000000000000000000000000000000000000000000000001"}""", "domain.chainId: not a uint256")]
    [InlineData("""{"chainId":18446744073709551616}""", "domain.chainId: not a uint256")]
    [InlineData("""{"verifyingContract":"0x0"}""", "domain.verifyingContract: not an address")]
    [InlineData("""{"salt":"0x00"}""", "domain.salt: not 0x and hexadecimal digits")]
    [InlineData("""{"name":null}""", "domain.name: not a string")]
    public void Unclear_domains_are_refused(string domain, string expected) =>
        Assert.StartsWith(expected, Refuse(Payload(domain: domain)), StringComparison.Ordinal);

    [Theory]
    [InlineData("""{"maker":"0xbBbBBBBbbBBBbbbBbbBbbbbBBbBbbbbBbBbbBBbB"}""", "message: lacks \"amount\"")]
    [InlineData("""{"maker":"0xbBbBBBBbbBBBbbbBbbBbbbbBBbBbbbbBbBbbBBbB","amount":"5","amount":"6"}""", "message: has \"amount\" twice")]
    [InlineData(
        """{"maker":"0xbBbBBBBbbBBBbbbBbbBbbbbBBbBbbbbBbBbbBBbB","amount":"5","am\u006funt":"6"}""",
        "message: has \"amount\" twice"
    )]
    [InlineData(
        """{"maker":"0xbBbBBBBbbBBBbbbBbbBbbbbBBbBbbbbBbBbbBBbB","amount":"5","memo":""}""",
        "message: has a member that its type lacks"
    )]
    [InlineData("""[]""", "message: not an object")]
    [InlineData("""null""", "message: not an object")]
    public void Messages_have_exactly_the_members_of_their_type(string message, string expected) =>
        Assert.Equal(expected, Refuse(Payload(message: message)));

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("{")]
    [InlineData("\ufeff{}")]
    public void Text_that_is_no_payload_is_refused(string json) =>
        Assert.StartsWith("typed data: ", Refuse(json), StringComparison.Ordinal);

    [Fact]
    public void Payloads_have_exactly_their_four_members()
    {
        Assert.Equal("typed data: not valid JSON", Refuse(Payload() + "{}"));
        Assert.Equal("typed data: not valid JSON", Refuse(Payload()[..^1]));
        Assert.Equal("typed data: not valid JSON", Refuse(Payload().Insert(1, "/* */")));
        Assert.StartsWith("typed data: a member other", Refuse(Payload().Insert(1, "\"x\":1,")), StringComparison.Ordinal);
        Assert.Equal("typed data: \"primaryType\" is there twice", Refuse(Payload().Insert(1, "\"primaryType\":\"Order\",")));
        Assert.Equal("primaryType: not a string", Refuse(Payload().Replace("\"Order\",\"dom", "1,\"dom", StringComparison.Ordinal)));
        Assert.Equal("typed data: not valid JSON", Refuse(OneValue("string", "\"\\ud800\""))); // half of a surrogate pair
    }

    [Fact]
    public void Size_depth_and_encoding_are_bounded()
    {
        Assert.Equal("typed data: longer than 262144 bytes", Refuse(OneValue("uint8[]", "[" + new string('1', 10_000_000) + "]")));
        Assert.Equal("typed data: not valid JSON", Refuse(OneValue("uint8", new string('[', 1000) + new string(']', 1000))));
        var deep = new JsonObject();
        for (var i = 0; i < 1000; i++)
        {
            deep[i == 0 ? "Order" : $"T{i}"] = new JsonArray(new JsonObject { ["name"] = "a", ["type"] = $"T{i + 1}" });
        }
        Assert.Equal("types: more than 64 structs", Refuse(Payload(types: deep.ToJsonString())));
        Assert.True(!TypedData.TryParse(new byte[] { 0x7b, 0xff, 0x7d }, out _, out var fault) && fault == "typed data: not UTF-8");
    }

    [Fact]
    public void Declarations_that_refer_to_each_other_cost_what_they_weigh()
    {
        var types = new JsonObject();
        for (var i = 0; i < 60; i++)
        {
            var members = new JsonArray();
            for (var m = 0; m < 100; m++)
            {
                members.Add(new JsonObject { ["name"] = $"m{m}", ["type"] = i < 16 ? $"T{i + 1}" : "bool" });
            }
            types[i == 0 ? "Order" : $"T{i}"] = members;
        }
        var json = Encoding.UTF8.GetBytes(Payload(types: types.ToJsonString()));
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.False(TypedData.TryParse(json, out _, out _));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 32 * 1024 * 1024);
    }

    [Fact]
    public void Names_in_different_Unicode_forms_have_different_digests() =>
        Assert.NotEqual(Parse(OneValue("string", "\"\u00e9\"")).Digest, Parse(OneValue("string", "\"e\u0301\"")).Digest);

    [Theory]
    [InlineData("Mail(Person from,Person to,string contents)Person(string name,address wallet)")]
    [InlineData("A(B b,C[] c)B(C c)C(uint8[2][] x)")]
    [InlineData("Empty()")]
    public void Encoded_types_read_back(string text)
    {
        Assert.True(TypedDataStruct.TryParse(text, out var definition, out var fault), fault);
        Assert.Equal(text, definition!.EncodedType);
        Assert.Equal(Keccak256.Hash(Encoding.UTF8.GetBytes(text)), definition.TypeHash);
    }

    [Theory]
    [InlineData("")]
    [InlineData("Mail")]
    [InlineData("Mail(")]
    [InlineData("Mail(string)")]
    [InlineData("Mail(string contents,)")]
    [InlineData("Mail(string contents) ")]
    [InlineData("Mail(string  contents)")]
    [InlineData("Mail(string a, string b)")]
    [InlineData("Mail(Person from)")]
    [InlineData("Mail(string a)Person(string name)")]
    [InlineData("A(B b,C c)C(bool x)B(bool x)")] // not sorted
    [InlineData("A(A a)")]
    [InlineData("uint8(bool x)")]
    [InlineData("A(uint x)")]
    public void Encoded_types_in_another_form_are_refused(string text)
    {
        Assert.False(TypedDataStruct.TryParse(text, out var definition, out var fault));
        Assert.Null(definition);
        Assert.NotEmpty(fault);
    }

    [Property(MaxTest = 2000)]
    public bool A_changed_byte_never_throws(ushort position, byte change)
    {
        var utf8 = Encoding.UTF8.GetBytes(Payload());
        utf8[position % utf8.Length] ^= change;
        return TypedData.TryParse(utf8, out var data, out var fault)
            ? data is not null && fault.Length == 0
            : data is null && fault.Length > 0;
    }

    private static string Payload(string domain = Domain, string types = Order, string message = Message) =>
        $$"""{"types":{{types}},"primaryType":"Order","domain":{{domain}},"message":{{message}}}""";

    private static string OneValue(string type, string json) =>
        Payload(
            types: new JsonObject { ["Order"] = new JsonArray(new JsonObject { ["name"] = "a", ["type"] = type }) }.ToJsonString(),
            message: $$"""{"a":{{json}}}"""
        );

    private static TypedData Parse(string json)
    {
        Assert.True(TypedData.TryParse(Encoding.UTF8.GetBytes(json), out var data, out var fault), fault);
        Assert.Empty(fault);
        return data!;
    }

    private static string Refuse(string json)
    {
        Assert.False(TypedData.TryParse(Encoding.UTF8.GetBytes(json), out var data, out var fault));
        Assert.Null(data);
        Assert.NotEmpty(fault);
        return fault;
    }
}
