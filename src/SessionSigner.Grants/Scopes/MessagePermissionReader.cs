using System.Text;
using SessionSigner.Ethereum;

namespace SessionSigner.Grants;

/// <summary>Reads permissions for personal messages. Whether a template and its holes fit is checked later, when a scope is compiled.</summary>
internal static class MessagePermissionReader
{
    private const int HoleCountMax = 16;
    private const int HoleBytesMax = 32;
    private const int HoleTextMax = 256;
    private const int ChoiceCountMax = 64;
    private const int ChoiceLengthMax = 64;
    private const int ListCountMax = 64;
    private const int UriLengthMax = 1_024;
    private const int StatementLengthMax = 1_024;
    private const long SecondsMax = 31 * 86_400;
    private const long IssuedWithinSecondsMax = 3_600;
    private const long IssuedWithinSecondsDefault = 60;

    private static readonly Dictionary<string, TextAlphabet> s_alphabets = new(StringComparer.Ordinal)
    {
        ["digits"] = TextAlphabet.Digits,
        ["lower_hex"] = TextAlphabet.LowerHex,
        ["alphanumeric"] = TextAlphabet.Alphanumeric,
        ["name"] = TextAlphabet.Name,
        ["printable"] = TextAlphabet.Printable,
    };

    public static MessagePermission ReadMessage(
        ObjectReader reader,
        string name,
        IReadOnlyList<Constraint> constraints,
        IReadOnlyList<Meter> meters
    )
    {
        PermissionReader.RefuseNativeValue(reader, meters);
        return new MessagePermission
        {
            Name = name,
            Constraints = constraints,
            Meters = meters,
            Template = reader.Text(
                "template",
                text => MessageText.FindFault(Encoding.UTF8.GetBytes(text)) is null,
                "Must be 1 to 8192 bytes of text in which everything is visible: no controls but the line feed, no other spaces, nothing that turns the direction."
            ),
            Holes = reader.OptionalList("holes", 0, HoleCountMax, ReadHole) ?? [],
        };
    }

    public static SignInPermission ReadSignIn(ObjectReader reader, string name)
    {
        PermissionReader.RefuseConditions(reader);
        const string originRule = "Must be a scheme, \"://\" and a domain in lower case, such as \"https://desk.example\".";
        const string uriRule = "Must be a URI of at most 1024 characters.";
        var permission = new SignInPermission
        {
            Name = name,
            Constraints = [],
            Meters = [],
            Domains = reader.DistinctTexts(
                "domains",
                1,
                ListCountMax,
                SignInText.IsOrigin,
                "Must be a domain in lower case such as \"desk.example\" or \"https://desk.example:8443\"."
            ),
            Origins = reader.DistinctTexts(
                "origins",
                1,
                ListCountMax,
                text => SignInText.IsOrigin(text) && text.Contains("://", StringComparison.Ordinal),
                originRule
            ),
            Chains = reader.Distinct<UInt256>("chains", 1, ListCountMax, Parsing.ChainId),
            Statement = reader.OptionalText(
                "statement",
                text => text.Length <= StatementLengthMax && SignInText.IsStatement(text),
                "Must be 1 to 1024 characters that EIP-4361 allows in a statement."
            ),
            MaxLifetimeSeconds = reader.Integer("max_lifetime_seconds", 1, SecondsMax),
            IssuedWithinSeconds = reader.OptionalInteger("issued_within_seconds", 1, IssuedWithinSecondsMax) ?? IssuedWithinSecondsDefault,
            Resources = reader.Has("resources")
                ? reader.DistinctTexts("resources", 1, ListCountMax, text => text.Length <= UriLengthMax && SignInText.IsUri(text), uriRule)
                : [],
            AllowRequestId = reader.Flag("allow_request_id"),
        };
        return permission;
    }

    private static MessageHole? ReadHole(JsonItem item, string path, FaultList faults)
    {
        var reader = ObjectReader.Open(item, path, faults);
        var name = reader.Text("name", IsHoleName, "Must be 1 to 32 characters of a-z, 0-9 and _, and begin with a letter.");
        var type = reader.Text(
            "type",
            text => text is "uint" or "address" or "bytes" or "time" or "choice" or "text",
            "Must be one of uint, address, bytes, time, choice, text."
        );
        MessageHole? hole = type switch
        {
            "uint" => ReadUint(reader, name),
            "address" => new MessageHole.AddressHole { Name = name },
            "bytes" => new MessageHole.Bytes((int)reader.Integer("length", 1, HoleBytesMax)) { Name = name },
            "time" => new MessageHole.Time(reader.Integer("past_seconds", 0, SecondsMax), reader.Integer("future_seconds", 0, SecondsMax))
            {
                Name = name,
            },
            "choice" => ReadChoice(reader, name),
            "text" => ReadText(reader, name),
            _ => null,
        };
        if (hole is not null)
        {
            reader.RefuseUnknown();
        }
        return hole;
    }

    private static MessageHole.Uint ReadUint(ObjectReader reader, string name)
    {
        var (min, max) = (reader.OptionalAmount("min") ?? UInt256.Zero, reader.OptionalAmount("max") ?? UInt256.MaxValue);
        if (min > max)
        {
            reader.Faults.Add(reader.PathOf("max"), "Must be at least min.");
        }
        return new MessageHole.Uint(min, max) { Name = name };
    }

    // None begins with another, so at most one of them is at any place of a message.
    private static MessageHole.Choice ReadChoice(ObjectReader reader, string name)
    {
        var values = reader.DistinctTexts(
            "values",
            1,
            ChoiceCountMax,
            text => Parsing.IsPrintable(text, 1, ChoiceLengthMax),
            "Must be 1 to 64 printable ASCII characters."
        );
        foreach (var value in values)
        {
            if (values.Any(other => other.Length > value.Length && other.StartsWith(value, StringComparison.Ordinal)))
            {
                reader.Faults.Add(reader.PathOf("values"), $"Another one begins with {FaultList.Quote(value)}.");
            }
        }
        return new MessageHole.Choice(values) { Name = name };
    }

    private static MessageHole.Text ReadText(ObjectReader reader, string name)
    {
        var alphabet = reader.Text("alphabet", s_alphabets.ContainsKey, $"Must be one of {string.Join(", ", s_alphabets.Keys)}.");
        var min = (int)(reader.OptionalInteger("min_length", 0, HoleTextMax) ?? 1);
        var max = (int)reader.Integer("max_length", 1, HoleTextMax);
        if (min > max)
        {
            reader.Faults.Add(reader.PathOf("max_length"), "Must be at least min_length.");
        }
        return new MessageHole.Text(s_alphabets.GetValueOrDefault(alphabet), min, max) { Name = name };
    }

    private static bool IsHoleName(string text) =>
        text.Length is > 0 and <= 32
        && char.IsAsciiLetterLower(text[0])
        && text.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '_');
}
