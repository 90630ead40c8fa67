using System.Globalization;

namespace SessionSigner.Ethereum;

/// <summary>Recursive descent over the text of types and parameter lists. Bounded in length, depth, members and static size.</summary>
internal ref struct AbiTypeParser
{
    private const int TextLengthMax = 4096;
    private const int DepthMax = 16;
    private const int MembersMax = 256;
    private const int DecimalsMax = 80;

    // No transaction holds a larger static value.
    private const int StaticBytesMax = UnsignedTransaction.SizeMax;

    private readonly ReadOnlySpan<char> _text;
    private int _position;
    private string _fault;

    private AbiTypeParser(ReadOnlySpan<char> text)
    {
        _text = text;
        _position = 0;
        _fault = "";
    }

    public static bool TryParseType(string text, out AbiType? type, out string fault)
    {
        var parser = new AbiTypeParser(text);
        type = parser.CheckLength() ? parser.Type(depth: 0) : null;
        if (type is not null && parser._position != text.Length)
        {
            type = parser.Fault<AbiType>("unexpected text after the type");
        }
        fault = parser._fault;
        return type is not null;
    }

    /// <summary>Reads "name(type name, …)".</summary>
    public static bool TryParseSignature(string text, out string name, out List<AbiParameter>? inputs, out string fault)
    {
        var parser = new AbiTypeParser(text);
        name = "";
        inputs = null;
        if (parser.CheckLength())
        {
            name = parser.Identifier();
            inputs =
                name.Length == 0
                    ? parser.Fault<List<AbiParameter>>("expected the function's name")
                    : parser.Members(depth: 0, mayBeEmpty: true);
            if (inputs is not null && parser._position != text.Length)
            {
                inputs = parser.Fault<List<AbiParameter>>("unexpected text after the parameters");
            }
        }
        fault = parser._fault;
        return inputs is not null;
    }

    /// <summary>The elementary type of a name that contracts and EIP-712 have in common, or null. Aliases only if asked for.</summary>
    public static AbiType? Elementary(ReadOnlySpan<char> name, bool allowAliases) =>
        name switch
        {
            "address" => new AbiType.AddressType(),
            "bool" => new AbiType.Bool(),
            "string" => new AbiType.Text(),
            "bytes" => new AbiType.Bytes(),
            "uint" when allowAliases => new AbiType.Uint(256),
            "int" when allowAliases => new AbiType.Int(256),
            _ when name.StartsWith("uint") && TryBits(name[4..], out var bits) => new AbiType.Uint(bits),
            _ when name.StartsWith("int") && TryBits(name[3..], out var bits) => new AbiType.Int(bits),
            _ when name.StartsWith("bytes") && TrySize(name[5..], 32, out var length) => new AbiType.FixedBytes(length),
            _ => null,
        };

    /// <summary>The elementary type of a name that only contracts have, or null.</summary>
    public static AbiType? ContractOnly(ReadOnlySpan<char> name) =>
        name switch
        {
            "function" => AbiType.FixedBytes.Function(),
            "ufixed" => new AbiType.Uint(128, 18),
            "fixed" => new AbiType.Int(128, 18),
            _ when name.StartsWith("ufixed") && TryFixedPoint(name[6..], out var bits, out var decimals) => new AbiType.Uint(
                bits,
                decimals
            ),
            _ when name.StartsWith("fixed") && TryFixedPoint(name[5..], out var bits, out var decimals) => new AbiType.Int(bits, decimals),
            _ => null,
        };

    /// <summary>T[] or T[k], or null if it would be larger than a transaction.</summary>
    public static AbiType.Array? ArrayOf(AbiType element, int? length)
    {
        var isDynamic = length is null || element.IsDynamic;
        var bytes = isDynamic ? AbiType.WordSize : (long)element.HeadBytes * length!.Value;
        // The head of T[k] with dynamic T is inside the tail: k words, bounded too.
        return bytes > StaticBytesMax || length > StaticBytesMax / AbiType.WordSize ? null : new AbiType.Array(element, length, (int)bytes);
    }

    /// <summary>A tuple, or null if it would be larger than a transaction.</summary>
    public static AbiType.Tuple? TupleOf(IReadOnlyList<AbiParameter> members, TypedDataStruct? definition = null)
    {
        var isDynamic = members.Any(member => member.Type.IsDynamic);
        var bytes = isDynamic ? AbiType.WordSize : members.Sum(member => (long)member.Type.HeadBytes);
        return bytes > StaticBytesMax ? null : new AbiType.Tuple(members, isDynamic, (int)bytes, definition);
    }

    /// <summary>Reads k of T[k]: no leading zero, at least 1.</summary>
    public static bool TrySize(ReadOnlySpan<char> digits, int max, out int value)
    {
        value = 0;
        return digits.Length is > 0 and <= 9
            && digits[0] is >= '1' and <= '9'
            && int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out value)
            && value <= max;
    }

    public static bool IsIdentifier(ReadOnlySpan<char> text)
    {
        foreach (var character in text)
        {
            if (!IsIdentifierCharacter(character))
            {
                return false;
            }
        }
        return text.Length is > 0 and <= 256 && !char.IsAsciiDigit(text[0]);
    }

    private static bool IsIdentifierCharacter(char character) => char.IsAsciiLetterOrDigit(character) || character is '_' or '$';

    private static bool TryBits(ReadOnlySpan<char> digits, out int bits) => TrySize(digits, 256, out bits) && bits % 8 == 0;

    // MxN of fixedMxN.
    private static bool TryFixedPoint(ReadOnlySpan<char> text, out int bits, out int decimals)
    {
        decimals = 0;
        var separator = text.IndexOf('x');
        return TryBits(separator < 0 ? default : text[..separator], out bits)
            && TrySize(text[(separator + 1)..], DecimalsMax, out decimals);
    }

    private bool CheckLength()
    {
        if (_text.Length <= TextLengthMax)
        {
            return true;
        }
        _fault = $"longer than {TextLengthMax} characters";
        return false;
    }

    private AbiType? Type(int depth)
    {
        if (depth > DepthMax)
        {
            return Fault<AbiType>($"nested deeper than {DepthMax} levels");
        }
        var start = _position;
        var word = Identifier();
        AbiType? type;
        if (Peek() == '(' && word is "" or "tuple")
        {
            type = Members(depth + 1, mayBeEmpty: false) is { } members
                ? TupleOf(members) ?? Fault<AbiType>("the tuple is larger than a transaction")
                : null;
        }
        else
        {
            type = Elementary(word, allowAliases: true) ?? ContractOnly(word);
            if (type is null)
            {
                _position = start;
                return Fault<AbiType>(word.Length == 0 ? "expected a type" : $"\"{word}\" is no type");
            }
        }
        var levels = depth;
        while (type is not null && Peek() == '[')
        {
            type = ++levels > DepthMax ? Fault<AbiType>($"nested deeper than {DepthMax} levels") : ArraySuffix(type);
        }
        return type;
    }

    private AbiType? ArraySuffix(AbiType element)
    {
        _position++;
        var start = _position;
        while (char.IsAsciiDigit(Peek()))
        {
            _position++;
        }
        var digits = _text[start.._position];
        var size = 0;
        if (!digits.IsEmpty && !TrySize(digits, int.MaxValue, out size))
        {
            return Fault<AbiType>("an array's length is at least 1, without leading zeros");
        }
        return !Take(']')
            ? Fault<AbiType>("expected ]")
            : ArrayOf(element, digits.IsEmpty ? null : size) ?? Fault<AbiType>("the array is larger than a transaction");
    }

    private List<AbiParameter>? Members(int depth, bool mayBeEmpty)
    {
        var members = new List<AbiParameter>();
        if (!Take('('))
        {
            return Fault<List<AbiParameter>>("expected (");
        }
        SkipSpaces();
        if (mayBeEmpty && Take(')'))
        {
            return members;
        }
        while (true)
        {
            SkipSpaces();
            if (Type(depth) is not { } type)
            {
                return null;
            }
            SkipSpaces();
            var name = Identifier();
            if (name.Length > 0 && members.Exists(member => member.Name == name))
            {
                return Fault<List<AbiParameter>>($"two members are named \"{name}\"");
            }
            members.Add(new AbiParameter(name, type));
            SkipSpaces();
            if (Take(')'))
            {
                return members;
            }
            if (!Take(',') || members.Count == MembersMax)
            {
                return Fault<List<AbiParameter>>(members.Count == MembersMax ? $"more than {MembersMax} members" : "expected , or )");
            }
        }
    }

    private string Identifier()
    {
        var start = _position;
        while (IsIdentifierCharacter(Peek()))
        {
            _position++;
        }
        if (IsIdentifier(_text[start.._position]))
        {
            return _text[start.._position].ToString();
        }
        _position = start;
        return "";
    }

    private readonly char Peek() => _position < _text.Length ? _text[_position] : '\0';

    private bool Take(char character)
    {
        var taken = _position < _text.Length && _text[_position] == character;
        _position += taken ? 1 : 0;
        return taken;
    }

    private void SkipSpaces()
    {
        while (Peek() == ' ')
        {
            _position++;
        }
    }

    private T? Fault<T>(string fault)
        where T : class
    {
        if (_fault.Length == 0)
        {
            _fault = $"{fault}, at character {_position + 1}";
        }
        return null;
    }
}
