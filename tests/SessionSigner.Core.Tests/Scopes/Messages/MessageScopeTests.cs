using System.Text;
using System.Text.Json.Nodes;
using SessionSigner.Ethereum;

namespace SessionSigner.Core.Tests;

public class MessageScopeTests
{
    private const string Template = "Order {id}: {side} {amount} of {token}\\nat {time}, note \\\"{note}\\\"";

    private const string Holes = """
        [{"name":"id","type":"bytes","length":4},{"name":"side","type":"choice","values":["buy","sell"]},
         {"name":"amount","type":"uint","min":"1","max":"1000"},{"name":"token","type":"address"},
         {"name":"time","type":"time","past_seconds":60,"future_seconds":30},
         {"name":"note","type":"text","alphabet":"alphanumeric","min_length":0,"max_length":8}]
        """;

    // 1_700_000_000 is 2023-11-14T22:13:20Z.
    private const string Good = $"Order 0xc0ffee00: sell 17 of {ScopeBuilder.Token}\nat 2023-11-14T22:13:20Z, note \"x1\"";

    public static JsonObject Message(string template, string holes = "[]", string more = "") =>
        JsonNode.Parse($$"""{"name":"text","kind":"message","template":"{{template}}","holes":{{holes}}{{more}}}""")!.AsObject();

    public static MessagePayload Payload(string text)
    {
        Assert.True(MessagePayload.TryParse(Encoding.UTF8.GetBytes(text), out var payload, out var fault), fault);
        return payload!;
    }

    [Fact]
    public void Signs_what_follows_the_template_and_counts_a_hole()
    {
        var scope = ScopeBuilder.Compile(
            Message(
                Template,
                Holes,
                $$"""
                ,"constraints":[{"path":"side","op":"eq","value":"sell"},{"path":"amount","op":"lte","value":"17"},{"path":"id","op":"ne","value":"0x00000000"},
                 {"path":"token","op":"in","values":["{{ScopeBuilder.Token}}"]},{"path":"time","op":"gte","value":"1700000000"},{"path":"note","length":true,"op":"lte","value":"2"}],
                 "meters":[{"budget":"usdc","path":"amount"}]
                """
            )
        );
        var debits = new DebitBuffer();
        Assert.Equal("ceiling.permissions[0]", scope.Ask(Payload(Good), debits).AllowedBy);
        Assert.Equal((0, 17), (debits.Items[0].Budget, (int)decimal.Parse(debits.Items[0].Amount.ToString())));
        Assert.True(scope.Ask(Payload(Good.Replace("x1", "", StringComparison.Ordinal))).IsAllowed);

        var refused = scope.Refusal(Payload(Good.Replace(" 17 ", " 18 ", StringComparison.Ordinal)));
        Assert.Equal(
            (DenialReason.ConstraintUnmet, "ceiling.permissions[0].constraints[1]", "18"),
            (refused.Reason, refused.Rule, refused.Observed)
        );
    }

    [Theory]
    [InlineData("Order 0x", "Order 0X", 6)]
    [InlineData("Order", "order", 0)]
    [InlineData("c0ffee00", "C0FFEE00", 6)]
    [InlineData("c0ffee00", "c0ffee0", 6)]
    [InlineData("sell", "hold", 18)]
    [InlineData("sell", "sells", 22)]
    [InlineData(" 17 ", " 017 ", 23)]
    [InlineData(" 17 ", " 0 ", 23)]
    [InlineData(" 17 ", " 1001 ", 23)]
    [InlineData(" 17 ", " +17 ", 23)]
    [InlineData(" 17 ", " 17.0 ", 25)]
    [InlineData(" 17 ", "  17 ", 23)]
    [InlineData(" 17 ", " \u0661\u0667 ", 23)]
    [InlineData(" 17 ", " 115792089237316195423570985008687907853269984665640564039457584007913129639936 ", 23)]
    [InlineData("22:13:20Z", "22:12:19Z", 75)]
    [InlineData("22:13:20Z", "22:13:51Z", 75)]
    [InlineData("22:13:20Z", "22:13:20.5Z", 75)]
    [InlineData("\"x1\"", "\"x-1\"", 104)]
    [InlineData("\"x1\"", "\"x12345678\"", 103)]
    [InlineData("\"x1\"", "\"x1\"\n", 106)]
    [InlineData("\"x1\"", "\"x1", 105)]
    [InlineData(ScopeBuilder.Token, "0xa0b86991c6218b36c1d19d4a2e9eb0ce3606eb48", 29)]
    public void Refuses_anything_else_with_the_place(string from, string to, int position)
    {
        Assert.Contains(from, Good, StringComparison.Ordinal);
        var denial = ScopeBuilder.Compile(Message(Template, Holes)).Refusal(Payload(Good.Replace(from, to, StringComparison.Ordinal)));
        Assert.Equal((DenialReason.MessageNotAllowed, "ceiling.permissions[0].template"), (denial.Reason, denial.Rule));
        Assert.Matches($"^(at|the end at) byte {position}(:|$)", denial.Observed);
        Assert.NotEmpty(denial.Limit);
    }

    [Fact]
    public void Braces_are_written_twice()
    {
        var scope = ScopeBuilder.Compile(Message("{{a}} is {n}", """[{"name":"n","type":"uint"}]"""));
        Assert.True(scope.Ask(Payload("{a} is 5")).IsAllowed);
        Assert.False(scope.Ask(Payload("{{a}} is 5")).IsAllowed);
    }

    [Fact]
    public void The_first_that_allows_wins_and_the_one_followed_furthest_says_why()
    {
        var scope = ScopeBuilder.Compile(
            Message("Log in to venue, nonce {n}", """[{"name":"n","type":"uint","max":"9"}]"""),
            new JsonObject(Message("Log out").ToDictionary(member => member.Key, member => member.Value?.DeepClone())) { ["name"] = "out" }
        );
        Assert.Equal("ceiling.permissions[1]", scope.Ask(Payload("Log out")).AllowedBy);
        Assert.Equal("ceiling.permissions[0].template", scope.Refusal(Payload("Log in to venue, nonce 10")).Rule);
        Assert.Equal("ceiling.permissions[1].template", scope.Refusal(Payload("Log oui")).Rule);
        Assert.Equal(["ceiling.permissions[1]"], Trace("Log out"));
        Assert.Equal(["ceiling.permissions[0].template", "ceiling.permissions[1].template"], Trace("Log oui"));

        IEnumerable<string> Trace(string text) =>
            TracePropertyTests.Explain(scope, Payload(text)).Trace.Steps.Select(step => step.Unmet?.Rule ?? step.Permission);
    }

    [Fact]
    public void What_a_template_that_refuses_has_counted_is_not_debited()
    {
        const string Hole = """[{"name":"n","type":"uint"}]""";
        var counted = Message(
            "pay {n}",
            Hole,
            ""","meters":[{"budget":"usdc","path":"n"}],"constraints":[{"path":"n","op":"lte","value":"9"}]"""
        );
        var free = Message("pay {n}", Hole);
        free["name"] = "free";
        var debits = new DebitBuffer();
        Assert.Equal("ceiling.permissions[1]", ScopeBuilder.Compile([.. Clones(counted, free)]).Ask(Payload("pay 10"), debits).AllowedBy);
        Assert.Empty(debits.Items.ToArray());
        // What both allow is counted, whichever comes first.
        Assert.Equal("ceiling.permissions[0]", ScopeBuilder.Compile([.. Clones(free, counted)]).Ask(Payload("pay 9"), debits).AllowedBy);
        Assert.Equal((0, (UInt256)9), Assert.Single(debits.Items.ToArray()));

        static IEnumerable<JsonObject> Clones(params JsonObject[] permissions) => permissions.Select(one => one.DeepClone().AsObject());
    }

    [Theory]
    [InlineData("uint", ",\"max\":\"9\"", "9", "10", "x: a number from 0 to 9")]
    [InlineData("address", "", ScopeBuilder.Token, "0x1", "x: an address with its EIP-55 checksum")]
    [InlineData("bytes", ",\"length\":2", "0x0a0b", "0x0A0b", "x: 0x and 4 lower-case hexadecimal digits")]
    [InlineData(
        "time",
        ",\"past_seconds\":60,\"future_seconds\":30",
        "2023-11-14T22:12:20Z",
        "2023-11-14T22:12:19Z",
        "x: a time such as 2026-01-31T12:00:00Z, at most 60 s ago and 30 s ahead"
    )]
    [InlineData(
        "time",
        ",\"past_seconds\":60,\"future_seconds\":30",
        "2023-11-14T22:13:50Z",
        "2023-11-14T22:13:51Z",
        "x: a time such as 2026-01-31T12:00:00Z, at most 60 s ago and 30 s ahead"
    )]
    [InlineData("choice", ",\"values\":[\"buy\",\"sell\"]", "buy", "hold", "x: one of buy, sell")]
    [InlineData(
        "text",
        ",\"alphabet\":\"printable\",\"min_length\":1,\"max_length\":3",
        " ~}",
        "\n",
        "x: 1 to 3 characters of the alphabet printable"
    )]
    public void A_hole_takes_its_values_to_the_edge_and_a_refusal_says_which(
        string type,
        string more,
        string met,
        string unmet,
        string limit
    )
    {
        // The value ends the message: what is read from a text ends with the text.
        var scope = ScopeBuilder.Compile(Message("is {x}", $$"""[{"name":"x","type":"{{type}}"{{more}}}]"""));
        Assert.True(scope.Ask(Payload("is " + met)).IsAllowed);
        var denial = scope.Refusal(Payload("is " + unmet));
        Assert.Equal(("ceiling.permissions[0].template", "\"is \", " + limit), (denial.Rule, denial.Limit));
    }

    [Theory]
    [InlineData("", false)]
    [InlineData("0", true)]
    [InlineData("115792089237316195423570985008687907853269984665640564039457584007913129639935", true)]
    [InlineData("115792089237316195423570985008687907853269984665640564039457584007913129639936", false)]
    [InlineData("1157920892373161954235709850086879078532699846656405640394575840079131296399350", false)]
    public void A_number_has_as_many_digits_as_a_word_can_hold(string number, bool isAllowed) =>
        Assert.Equal(
            isAllowed,
            ScopeBuilder.Compile(Message("n={x}", """[{"name":"x","type":"uint"}]""")).Ask(Payload("n=" + number)).IsAllowed
        );

    [Theory]
    [InlineData(31, true)]
    [InlineData(32, false)]
    [InlineData(33, true)]
    public void A_text_as_long_as_a_hash_is_no_text(int length, bool isText)
    {
        var isRead = MessagePayload.TryParse(Encoding.UTF8.GetBytes(new string('a', length)), out _, out var fault);
        Assert.Equal((isText, isText ? "" : "message: 32 bytes, which contracts take for a hash"), (isRead, fault));
        if (!isText)
        {
            Assert.Contains("Has 32 bytes", Assert.Single(ScopeBuilder.Faults(Message(new string('a', length)))), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Nothing_is_signed_without_a_template()
    {
        var denial = ScopeBuilder.Compile(ScopeBuilder.Call("f()")).Refusal(Payload("hello"));
        Assert.Equal((DenialReason.MessageNotAllowed, "ceiling.permissions"), (denial.Reason, denial.Rule));
    }

    [Theory]
    [InlineData("{n} first {m}", "uint", "ceiling.permissions[0].template: Text must stand before \"n\"")]
    [InlineData("a {n}{m}", "uint", "Text must stand before \"m\"")]
    [InlineData("a 1{n} {m}", "uint", "A digit stands before \"n\"")]
    [InlineData("a {n}0 {m}", "uint", "What follows \"n\" must not begin with a character that \"n\" may have.")]
    [InlineData("a {n} {m} {n}", "uint", "A brace must begin or end")]
    [InlineData("a {n} {m} {o}", "uint", "A brace must begin or end")]
    [InlineData("a {n} {m", "uint", "A brace must begin or end")]
    [InlineData("a {n} {m} }", "uint", "A brace must begin or end")]
    [InlineData("a {n}", "uint", "ceiling.permissions[0].holes: \"m\" is not in the template.")]
    [InlineData("a {} {n} {m}", "uint", "ceiling.permissions[0].template: A brace must begin or end")]
    [InlineData("a {n} {m} Wants you to sign in with your Ethereum account", "uint", "Looks like Sign-In with Ethereum")]
    [InlineData("a {n}x {m}", "text\",\"alphabet\":\"alphanumeric\",\"max_length\":5,\"min_length\":\"", "")]
    public void A_template_that_is_not_certain_is_a_fault(string template, string type, string expected)
    {
        var holes = $$"""[{"name":"n","type":"{{type}}"},{"name":"m","type":"{{type}}"}]""";
        var document = ScopeBuilder.Document(Message(template, holes));
        if (expected.Length == 0)
        {
            Assert.False(Grants.Scope.TryParse(Encoding.UTF8.GetBytes(document.ToJsonString()), out _, out _));
            return;
        }
        Assert.Contains(ScopeBuilder.Faults(Message(template, holes)), fault => fault.Contains(expected, StringComparison.Ordinal));
    }

    [Fact]
    public void A_hole_has_a_name_of_its_own() =>
        Assert.Equal(
            "ceiling.permissions[0].holes: The name \"n\" is given twice.",
            Assert.Single(ScopeBuilder.Faults(Message("a {n}", """[{"name":"n","type":"uint"},{"name":"n","type":"address"}]""")))
        );

    [Theory]
    [InlineData("alphanumeric", "b {t}c", false)]
    [InlineData("alphanumeric", "b {t}-c", true)]
    [InlineData("name", "b {t}-c", false)]
    [InlineData("digits", "b {t}c", true)]
    [InlineData("lower_hex", "b {t}c", false)]
    [InlineData("lower_hex", "b {t}g", true)]
    [InlineData("printable", "b {t} c", false)]
    [InlineData("printable", "b {t}\\nc", true)]
    [InlineData("printable", "b {t}", true)]
    public void What_follows_an_open_hole_ends_it(string alphabet, string template, bool isCertain)
    {
        var document = Message(template, $$"""[{"name":"t","type":"text","alphabet":"{{alphabet}}","max_length":5}]""");
        Assert.Equal(isCertain, CompiledScope.TryCompile("ceiling", ScopeBuilder.Parse(ScopeBuilder.Document(document)), out _, out _));
    }

    [Theory]
    [InlineData("""{"template":"a\u0007"}""", "permissions[0].template")]
    [InlineData("""{"template":"a\u202eb"}""", "permissions[0].template")]
    [InlineData("""{"template":"a\u2028b"}""", "permissions[0].template")]
    [InlineData("""{"template":""}""", "permissions[0].template")]
    [InlineData("""{"template":7}""", "permissions[0].template")]
    [InlineData("""{"holes":[{"name":"N","type":"uint"}]}""", "permissions[0].holes[0].name")]
    [InlineData("""{"holes":[{"name":"n","type":"int"}]}""", "permissions[0].holes[0].type")]
    [InlineData("""{"holes":[{"name":"n","type":"uint","length":1}]}""", "permissions[0].holes[0].length")]
    [InlineData("""{"holes":[{"name":"n","type":"uint","min":"2","max":"1"}]}""", "permissions[0].holes[0].max")]
    [InlineData("""{"holes":[{"name":"n","type":"bytes","length":33}]}""", "permissions[0].holes[0].length")]
    [InlineData("""{"holes":[{"name":"n","type":"time","past_seconds":1}]}""", "permissions[0].holes[0].future_seconds")]
    [InlineData("""{"holes":[{"name":"n","type":"choice","values":["buy","buyer"]}]}""", "permissions[0].holes[0].values")]
    [InlineData("""{"holes":[{"name":"n","type":"choice","values":["buy\n"]}]}""", "permissions[0].holes[0].values[0]")]
    [InlineData("""{"holes":[{"name":"n","type":"text","alphabet":"any","max_length":5}]}""", "permissions[0].holes[0].alphabet")]
    [InlineData("""{"holes":[{"name":"n","type":"text","alphabet":"digits","max_length":257}]}""", "permissions[0].holes[0].max_length")]
    [InlineData("""{"meters":[{"budget":"usdc","native_value":true}]}""", "permissions[0].meters")]
    [InlineData("""{"targets":[]}""", "permissions[0].targets")]
    public void A_bad_permission_is_a_fault_with_its_path(string change, string path)
    {
        var permission = Message("a {n}", """[{"name":"n","type":"uint"}]""");
        foreach (var (name, value) in JsonNode.Parse(change)!.AsObject())
        {
            permission[name] = value!.DeepClone();
        }
        var utf8 = Encoding.UTF8.GetBytes(ScopeBuilder.Document(permission).ToJsonString());
        Assert.False(Grants.Scope.TryParse(utf8, out _, out var faults));
        Assert.Contains(faults, fault => fault.StartsWith(path + ":", StringComparison.Ordinal));
    }

    [Fact]
    public void More_than_64_templates_are_a_fault()
    {
        var permissions = Enumerable.Range(0, 65).Select(i => Message($"a{i}")).ToArray();
        for (var i = 0; i < permissions.Length; i++)
        {
            permissions[i]["name"] = "p" + i;
        }
        Assert.False(
            Grants.Scope.TryParse(Encoding.UTF8.GetBytes(ScopeBuilder.Document(permissions).ToJsonString()), out _, out var faults)
        );
        Assert.Contains("At most 64", Assert.Single(faults), StringComparison.Ordinal);
    }
}
