namespace SessionSigner.Ethereum;

/// <summary>Reads a sign-in message line by line; each line is looked at once.</summary>
internal sealed class SignInReader(string text)
{
    private const int NonceLengthMin = 8;

    private readonly string[] _lines = text.Split('\n');
    private int _next;
    private string _fault = "";

    public SignInMessage? Read(out string fault)
    {
        var first = Line();
        var origin = first.EndsWith(SignInMessage.Phrase, StringComparison.Ordinal) ? first[..^SignInMessage.Phrase.Length] : "";
        Check(
            "domain",
            SignInText.IsOrigin(origin),
            "not a domain in lower case before \"wants you to sign in with your Ethereum account:\""
        );
        Check("address", Address.TryParseChecksummed(Line(), out var address), "not an address with its EIP-55 checksum");
        Check("statement", Line().Length == 0, "no empty line before it");
        string? statement = null;
        if (Peek().Length > 0)
        {
            statement = Line();
            Check("statement", SignInText.IsStatement(statement), "has a character that EIP-4361 does not allow in it");
        }
        Check("uri", Line().Length == 0, "no empty line before it");
        var message = new SignInMessage
        {
            Origin = origin,
            Address = address,
            Statement = statement,
            Uri = Field("URI: ", "uri", SignInText.IsUri, "not a URI"),
            ChainId = Version() ? ChainId() : default,
            Nonce = Field("Nonce: ", "nonce", IsNonce, "not at least 8 letters and digits"),
            IssuedAt = Time("Issued At: ", "issued_at") ?? default,
            ExpirationTime = OptionalTime("Expiration Time: ", "expiration_time"),
            NotBefore = OptionalTime("Not Before: ", "not_before"),
            RequestId = Peek().StartsWith("Request ID: ", StringComparison.Ordinal)
                ? Field(
                    "Request ID: ",
                    "request_id",
                    SignInText.IsRequestId,
                    "empty, or has a character that EIP-4361 does not allow in it"
                )
                : null,
            Resources = ReadResources(),
        };
        Check("message", _next == _lines.Length, "lines follow that are none of its fields in their order");
        fault = _fault;
        return fault.Length == 0 ? message : null;
    }

    private bool Version()
    {
        Field("Version: ", "version", text => text == "1", "not 1");
        return true;
    }

    private UInt256 ChainId()
    {
        var chainId = UInt256.Zero;
        Field("Chain ID: ", "chain_id", text => UInt256.TryParse(text, out chainId) && !chainId.IsZero, "not a decimal number above 0");
        return chainId;
    }

    private UtcTime? OptionalTime(string label, string name) =>
        Peek().StartsWith(label, StringComparison.Ordinal) ? Time(label, name) : null;

    private UtcTime? Time(string label, string name)
    {
        var time = default(UtcTime);
        Field(label, name, text => UtcTime.TryParse(text, out time), "not an RFC 3339 time in UTC such as 2026-01-31T12:00:00Z");
        return time;
    }

    private List<string> ReadResources()
    {
        var resources = new List<string>();
        if (Peek() != "Resources:" || _next == _lines.Length)
        {
            return resources;
        }
        _next++;
        while (_next < _lines.Length)
        {
            resources.Add(Field("- ", "resources", SignInText.IsUri, "not \"- \" and a URI"));
        }
        Check("resources", resources.Count > 0, "none follow");
        return resources;
    }

    private static bool IsNonce(string text) => text.Length >= NonceLengthMin && text.All(char.IsAsciiLetterOrDigit);

    private string Field(string label, string name, Func<string, bool> isValid, string rule)
    {
        var line = Line();
        var value = line.StartsWith(label, StringComparison.Ordinal) ? line[label.Length..] : "";
        Check(name, value.Length > 0 && isValid(value), rule);
        return value;
    }

    private string Peek() => _next < _lines.Length ? _lines[_next] : "";

    private string Line()
    {
        var line = Peek();
        _next = Math.Min(_next + 1, _lines.Length);
        return line;
    }

    private void Check(string field, bool holds, string rule) => _fault = _fault.Length > 0 || holds ? _fault : $"{field}: {rule}";
}
