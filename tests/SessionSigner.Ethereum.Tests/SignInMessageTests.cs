using System.Text;

namespace SessionSigner.Ethereum.Tests;

public class SignInMessageTests
{
    private const string Alice = "0xd8dA6BF26964aF9D7eEd9e03E53415D37aA96045";

    private const string Full = $"""
        https://desk.example:8443 wants you to sign in with your Ethereum account:
        {Alice}

        Trade on desk.example (see terms).

        URI: https://desk.example/login?a=%20b#c
        Version: 1
        Chain ID: 10
        Nonce: 32891757aB
        Issued At: 2026-01-31T12:00:00.001Z
        Expiration Time: 2026-01-31T13:00:00Z
        Not Before: 2026-01-31T12:00:00Z
        Request ID: a-1
        Resources:
        - https://desk.example/terms
        - ipfs://bafy/x
        """;

    private const string Least = $"""
        desk.example wants you to sign in with your Ethereum account:
        {Alice}


        URI: https://desk.example
        Version: 1
        Chain ID: 1
        Nonce: 32891757
        Issued At: 2026-01-31T12:00:00Z
        """;

    [Fact]
    public void Reads_every_field()
    {
        var message = Parse(Full)!;
        Assert.Equal("https://desk.example:8443", message.Origin);
        Assert.Equal(Alice, message.Address.ToString());
        Assert.Equal("Trade on desk.example (see terms).", message.Statement);
        Assert.Equal("https://desk.example/login?a=%20b#c", message.Uri);
        Assert.Equal((UInt256)10, message.ChainId);
        Assert.Equal("32891757aB", message.Nonce);
        Assert.Equal((1_769_860_800, 1_769_860_801), (message.IssuedAt.Seconds, message.IssuedAt.SecondsUp));
        Assert.Equal(1_769_864_400, message.ExpirationTime!.Value.SecondsUp);
        Assert.Equal(1_769_860_800, message.NotBefore!.Value.Seconds);
        Assert.Equal("a-1", message.RequestId);
        Assert.Equal(["https://desk.example/terms", "ipfs://bafy/x"], message.Resources);
        Assert.Equal(Full, message.ToString());

        var least = Parse(Least)!;
        Assert.Null(least.Statement);
        Assert.Null(least.ExpirationTime);
        Assert.Empty(least.Resources);
        Assert.Equal(Least, least.ToString());
    }

    [Theory]
    [InlineData("https://desk.example:8443 wants", "https://Desk.example:8443 wants", "domain")]
    [InlineData("https://desk.example:8443 wants", "https://user@desk.example wants", "domain")]
    [InlineData("https://desk.example:8443 wants", "https://desk.example: wants", "domain")]
    [InlineData("https://desk.example:8443 wants", "//desk.example wants", "domain")]
    [InlineData("https://desk.example:8443 wants", " wants", "domain")]
    [InlineData("https://desk.example:8443 wants", "https://desk.example:08443 wants", "domain")]
    [InlineData("https://desk.example:8443 wants you", "desk.example Wants you", "domain")]
    [InlineData("account:\n0xd8dA", "account:\n0xd8da", "address")]
    [InlineData("account:\n", "account: \n", "domain")]
    [InlineData("account:\n", "account:\n\n", "address")]
    [InlineData("96045\n\nTrade", "96045\nTrade", "statement")]
    [InlineData("96045\n\nTrade", "96045\n\n\nTrade", "uri")]
    [InlineData("terms).\n\nURI", "terms).\nURI", "uri")]
    [InlineData("terms).\n\nURI", "terms).\nand more\n\nURI", "uri")]
    [InlineData("(see terms)", "<see terms>", "statement")]
    [InlineData("(see terms)", "100% terms", "statement")]
    [InlineData("URI: https://desk.example/login?a=%20b#c", "URI: desk.example/login", "uri")]
    [InlineData("URI: https://desk.example/login?a=%20b#c", "URI: https://desk.example/ x", "uri")]
    [InlineData("URI: https://desk.example/login?a=%20b#c", "URI: https://desk.example/%2", "uri")]
    [InlineData("URI: ", "Uri: ", "uri")]
    [InlineData("Version: 1", "Version: 2", "version")]
    [InlineData("Version: 1\n", "", "version")]
    [InlineData("Chain ID: 10", "Chain ID: 010", "chain_id")]
    [InlineData("Chain ID: 10", "Chain ID: 0", "chain_id")]
    [InlineData("Chain ID: 10", "Chain ID: 0x1", "chain_id")]
    [InlineData("Chain ID: 10", "Chain ID: 115792089237316195423570985008687907853269984665640564039457584007913129639936", "chain_id")]
    [InlineData("Nonce: 32891757aB", "Nonce: 3289175", "nonce")]
    [InlineData("Nonce: 32891757aB", "Nonce: 32891757-", "nonce")]
    [InlineData("12:00:00.001Z", "12:00:00.001z", "issued_at")]
    [InlineData("12:00:00.001Z", "12:00:00.Z", "issued_at")]
    [InlineData("12:00:00.001Z", "12:00:00.0000000000Z", "issued_at")]
    [InlineData("12:00:00.001Z", "12:00:00+02:00", "issued_at")]
    [InlineData("12:00:00.001Z", "12:00:60Z", "issued_at")]
    [InlineData("2026-01-31T12:00:00.001Z", "2026-02-30T12:00:00Z", "issued_at")]
    [InlineData("2026-01-31T12:00:00.001Z", "2026-01-31 12:00:00Z", "issued_at")]
    [InlineData("2026-01-31T12:00:00.001Z", "1969-12-31T23:59:59Z", "issued_at")]
    [InlineData("Expiration Time: 2026-01-31T13:00:00Z", "Expiration Time: soon", "expiration_time")]
    [InlineData(
        "Expiration Time: 2026-01-31T13:00:00Z\nNot Before: 2026-01-31T12:00:00Z",
        "Not Before: 2026-01-31T12:00:00Z\nExpiration Time: 2026-01-31T13:00:00Z",
        "message"
    )]
    [InlineData("Request ID: a-1", "Request ID: ", "request_id")]
    [InlineData("Request ID: a-1", "Request ID: a/1", "request_id")]
    [InlineData("Request ID: a-1", "Request ID: a\nRequest ID: b", "message")]
    [InlineData("- ipfs://bafy/x", "- ", "resources")]
    [InlineData("- ipfs://bafy/x", "* ipfs://bafy/x", "resources")]
    [InlineData("- ipfs://bafy/x", "- ipfs://bafy/x\n", "resources")]
    [InlineData("\n- https://desk.example/terms\n- ipfs://bafy/x", "", "resources")]
    [InlineData("Resources:", "Resources: ", "message")]
    [InlineData("terms).", "terms).\r", "statement")]
    [InlineData("Trade on", "Tr\u0430de on", "message")]
    public void Refuses_everything_else(string from, string to, string field)
    {
        Assert.Contains(from, Full, StringComparison.Ordinal);
        var text = Encoding.UTF8.GetBytes(Full.Replace(from, to, StringComparison.Ordinal));
        Assert.False(SignInMessage.TryParse(text, out var message, out var fault));
        Assert.Null(message);
        Assert.StartsWith(field + ": ", fault, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("2026-01-31T12:00:00Z", 0)]
    [InlineData("2026-01-31T12:00:00.000Z", 0)]
    [InlineData("2026-01-31T12:00:00.000000001Z", 1)]
    [InlineData("2026-01-31T12:00:00.9Z", 1)]
    public void Part_of_a_second_is_later_than_its_beginning(string text, int more)
    {
        Assert.True(UtcTime.TryParse(text, out var time));
        Assert.Equal((1_769_860_800, more), (time.Seconds, time.SecondsUp - time.Seconds));
    }

    /// <summary>Whatever is read is written back to the same bytes, and reading never throws.</summary>
    [Fact]
    public void What_is_read_is_what_is_written()
    {
        var random = new Random(4_361);
        var read = 0;
        for (var i = 0; i < 50_000; i++)
        {
            var text = Encoding.ASCII.GetBytes(i % 2 == 0 ? Full : Least).ToList();
            for (var changes = random.Next(0, 4); changes > 0; changes--)
            {
                var at = random.Next(text.Count);
                switch (random.Next(4))
                {
                    case 0:
                        text[at] = (byte)random.Next(256);
                        break;
                    case 1:
                        text.RemoveAt(at);
                        break;
                    case 2:
                        text.Insert(at, text[random.Next(text.Count)]);
                        break;
                    default:
                        text[at] = (byte)"0aZ \n:-%./"[random.Next(10)];
                        break;
                }
            }
            if (SignInMessage.TryParse([.. text], out var message, out var fault))
            {
                read++;
                Assert.Equal("", fault);
                var written = Encoding.UTF8.GetBytes(message!.ToString());
                Assert.Equal(text, written);
                Assert.True(SignInMessage.TryParse(written, out var again, out _));
                Assert.Equal(message.ToString(), again!.ToString());
                Assert.True(SignInMessage.IsMeant(written));
            }
            else
            {
                Assert.NotEqual("", fault);
            }
        }
        Assert.InRange(read, 10_000, 49_000);
    }

    [Theory]
    [InlineData("https://desk.example", true)]
    [InlineData("https://desk.example/", true)]
    [InlineData("https://desk.example/a", true)]
    [InlineData("https://desk.example?a", true)]
    [InlineData("https://desk.example#a", true)]
    [InlineData("https://desk.example@evil.example/", false)]
    [InlineData("https://desk.example:443/", false)]
    [InlineData("https://desk.example.evil.example/", false)]
    [InlineData("https://desk.examples", false)]
    [InlineData("http://desk.example/", false)]
    [InlineData("https://desk.example\\@evil.example/", false)]
    public void A_URI_is_at_its_whole_authority(string uri, bool expected) =>
        Assert.Equal(expected, SignInText.IsAt(uri, "https://desk.example"));

    private static SignInMessage? Parse(string text)
    {
        Assert.True(SignInMessage.TryParse(Encoding.UTF8.GetBytes(text), out var message, out var fault), fault);
        return message;
    }
}
