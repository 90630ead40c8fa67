using System.Buffers;
using System.Text.Json;
using System.Text.Unicode;

namespace SessionSigner.Ethereum;

/// <summary>The members of a user operation's JSON, all of them strings. Each value has one text, but for the case of addresses. The first fault stays.</summary>
internal sealed class UserOperationMembers
{
    private static readonly JsonReaderOptions s_options = new() { MaxDepth = 2 };
    private static readonly SearchValues<char> s_hexDigits = SearchValues.Create("0123456789abcdef");

    private readonly Dictionary<string, string> _texts = new(StringComparer.Ordinal);

    private UserOperationMembers() { }

    /// <summary>Member and reason of the first fault, or empty.</summary>
    public string Fault { get; private set; } = "";

    /// <summary>Splits the JSON.</summary>
    /// <param name="utf8Json">At most <see cref="UserOperation.SizeMax"/> bytes.</param>
    /// <param name="names">The members there may be.</param>
    public static UserOperationMembers Read(ReadOnlySpan<byte> utf8Json, string[] names)
    {
        var members = new UserOperationMembers();
        if (utf8Json.Length > UserOperation.SizeMax)
        {
            members.Fail($"user operation: longer than {UserOperation.SizeMax} bytes");
            return members;
        }
        if (!Utf8.IsValid(utf8Json))
        {
            members.Fail("user operation: not UTF-8");
            return members;
        }
        try
        {
            members.Split(utf8Json, names);
        }
        // Malformed JSON, nesting, and escapes that are no Unicode text.
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            members.Fail("user operation: not valid JSON of one object of strings");
        }
        return members;
    }

    /// <summary>Whether the member is there.</summary>
    public bool Has(string name) => _texts.ContainsKey(name);

    /// <summary>A number: 0x and hexadecimal digits in lower case, without leading zeros, of at most so many bits.</summary>
    public UInt256 Quantity(string name, int bits)
    {
        if (Text(name) is not { } text)
        {
            return UInt256.Zero;
        }
        if (!IsLowerHex(text) || !UInt256.TryParseHex(text, allowLeadingZeros: false, out var value))
        {
            Fail($"{name}: not 0x and hexadecimal digits in lower case without leading zeros");
            return UInt256.Zero;
        }
        if (value.BitLength > bits)
        {
            Fail($"{name}: more than {bits} bits");
        }
        return value;
    }

    /// <summary>Bytes: 0x and pairs of hexadecimal digits in lower case.</summary>
    public byte[] Bytes(string name)
    {
        if (Text(name) is not { } text)
        {
            return [];
        }
        if (!IsLowerHex(text) || text.Length % 2 != 0)
        {
            Fail($"{name}: not 0x and pairs of hexadecimal digits in lower case");
            return [];
        }
        return Convert.FromHexString(text.AsSpan(2));
    }

    /// <summary>An address other than zero, checksummed or all lower case.</summary>
    public Address Address(string name)
    {
        if (Text(name) is not { } text)
        {
            return default;
        }
        if (!Ethereum.Address.TryParseLowerOrChecksummed(text, out var address) || address.IsZero)
        {
            Fail($"{name}: not an address in lower case or with its EIP-55 checksum, or the zero address");
        }
        return address;
    }

    /// <summary>Records a fault, if it is the first.</summary>
    public void Fail(string fault) => Fault = Fault.Length == 0 ? fault : Fault;

    private string? Text(string name)
    {
        if (_texts.TryGetValue(name, out var text))
        {
            return text;
        }
        Fail($"{name}: missing");
        return null;
    }

    private void Split(ReadOnlySpan<byte> utf8Json, string[] names)
    {
        var json = new Utf8JsonReader(utf8Json, s_options);
        if (!json.Read() || json.TokenType != JsonTokenType.StartObject)
        {
            Fail("user operation: not an object");
            return;
        }
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var name = json.GetString()!;
            if (Array.IndexOf(names, name) < 0)
            {
                Fail(
                    name == "signature"
                        ? "signature: must be absent; it is what is asked for"
                        : $"user operation: \"{name[..Math.Min(name.Length, 64)]}\" is not a member of this version"
                );
                return;
            }
            json.Read();
            if (json.TokenType != JsonTokenType.String)
            {
                Fail($"{name}: not a string");
                return;
            }
            if (!_texts.TryAdd(name, json.GetString()!))
            {
                Fail($"{name}: there twice");
                return;
            }
        }
        // The end of the data: anything after the object throws here.
        json.Read();
    }

    private static bool IsLowerHex(string text) =>
        text.StartsWith("0x", StringComparison.Ordinal) && !text.AsSpan(2).ContainsAnyExcept(s_hexDigits);
}
