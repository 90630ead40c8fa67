namespace SessionSigner.Grants;

/// <summary>Reads one constraint: a choice, or a path, its operator, and as many operands as the operator takes.</summary>
internal static class ConstraintReader
{
    public const string PathRule = "Must be a path such as \"amount\", \"params.size\" or \"orders[*].size\" of at most 128 characters.";
    public const int ComparisonCountMax = 128;
    private const int AlternativeCountMax = 16;
    private const int AlternativeSizeMax = 16;
    private const int ChoiceDepthMax = 2;
    private const int OperandCountMax = 256;
    private const int PathLengthMax = 128;

    private static readonly Dictionary<string, ConstraintOperator> s_operators = new(StringComparer.Ordinal)
    {
        ["eq"] = ConstraintOperator.Equal,
        ["ne"] = ConstraintOperator.NotEqual,
        ["lt"] = ConstraintOperator.LessThan,
        ["lte"] = ConstraintOperator.LessThanOrEqual,
        ["gt"] = ConstraintOperator.GreaterThan,
        ["gte"] = ConstraintOperator.GreaterThanOrEqual,
        ["in"] = ConstraintOperator.In,
        ["not_in"] = ConstraintOperator.NotIn,
        ["between"] = ConstraintOperator.Between,
    };

    public static Constraint? Read(JsonItem item, string path, FaultList faults) => Read(item, path, faults, depth: 0);

    /// <summary>Comparisons in a list of constraints, those inside choices included.</summary>
    public static int Count(IReadOnlyList<Constraint> constraints) =>
        constraints.Sum(constraint => constraint is AnyOf choice ? choice.Alternatives.Sum(Count) : 1);

    /// <summary>Names joined by dots, each followed by any number of [index] or [*]; the first may be an [index].</summary>
    public static bool IsPath(string text)
    {
        if (text.Length is 0 or > PathLengthMax)
        {
            return false;
        }
        for (var i = 0; i < text.Length; )
        {
            var start = i;
            if (text[i] == '[')
            {
                var end = text.IndexOf(']', i);
                if (end < 0 || !IsIndex(text.AsSpan(i + 1, end - i - 1)))
                {
                    return false;
                }
                i = end + 1;
                continue;
            }
            if (text[i] == '.' && i > 0)
            {
                start = ++i;
            }
            else if (i > 0)
            {
                return false;
            }
            while (i < text.Length && (char.IsAsciiLetterOrDigit(text[i]) || text[i] is '_' or '$'))
            {
                i++;
            }
            if (i == start || char.IsAsciiDigit(text[start]))
            {
                return false;
            }
        }
        return true;
    }

    private static Constraint? Read(JsonItem item, string path, FaultList faults, int depth)
    {
        var reader = ObjectReader.Open(item, path, faults);
        return reader.Has("any_of") ? ReadChoice(reader, depth) : ReadComparison(reader);
    }

    private static AnyOf? ReadChoice(ObjectReader reader, int depth)
    {
        if (depth == ChoiceDepthMax)
        {
            reader.Faults.Add(reader.PathOf("any_of"), "At most 2 levels of any_of.");
            return null;
        }
        var alternatives = reader.List(
            "any_of",
            1,
            AlternativeCountMax,
            (item, path, faults) => ReadAlternative(item, path, faults, depth + 1)
        );
        reader.RefuseUnknown();
        return new AnyOf(alternatives);
    }

    private static List<Constraint>? ReadAlternative(JsonItem item, string path, FaultList faults, int depth)
    {
        if (item is not JsonItem.Array { Items: { Count: > 0 and <= AlternativeSizeMax } items })
        {
            faults.Add(path, "Must be a list of 1 to 16 constraints.");
            return null;
        }
        var constraints = new List<Constraint>(items.Count);
        for (var i = 0; i < items.Count; i++)
        {
            if (Read(items[i], StrictJson.Element(path, i), faults, depth) is { } constraint)
            {
                constraints.Add(constraint);
            }
        }
        return constraints;
    }

    private static Comparison ReadComparison(ObjectReader reader)
    {
        var argument = reader.Text("path", IsPath, PathRule);
        var name = reader.Text("op", s_operators.ContainsKey, "Must be one of eq, ne, lt, lte, gt, gte, in, not_in, between.");
        var operation = s_operators.GetValueOrDefault(name);
        IReadOnlyList<JsonItem> operands = operation switch
        {
            ConstraintOperator.Unspecified => [],
            ConstraintOperator.In or ConstraintOperator.NotIn => reader.List("values", 1, OperandCountMax, Operand),
            ConstraintOperator.Between => [RequiredOperand(reader, "min"), RequiredOperand(reader, "max")],
            _ => [RequiredOperand(reader, "value")],
        };
        var quantifier = ReadQuantifier(reader, argument);
        var ofLength = reader.Flag("length");
        if (operation != ConstraintOperator.Unspecified)
        {
            reader.RefuseUnknown();
        }
        return new Comparison(argument, operation, operands, quantifier, ofLength);
    }

    private static Quantifier ReadQuantifier(ObjectReader reader, string argument)
    {
        var name = reader.OptionalText("quantifier", text => text is "all" or "any", "Must be \"all\" or \"any\".");
        if (name is not null && !argument.Contains("[*]", StringComparison.Ordinal))
        {
            reader.Faults.Add(reader.PathOf("quantifier"), "Only for a path with [*].");
        }
        return name == "any" ? Quantifier.Any : Quantifier.All;
    }

    private static bool IsIndex(ReadOnlySpan<char> text) =>
        text is "*" || (text.Length is > 0 and <= 5 && !text.ContainsAnyExceptInRange('0', '9') && (text.Length == 1 || text[0] != '0'));

    private static JsonItem RequiredOperand(ObjectReader reader, string name) =>
        (reader.Required(name) is { } item ? Operand(item, reader.PathOf(name), reader.Faults) : null) ?? JsonItem.Null.Value;

    private static JsonItem? Operand(JsonItem item, string path, FaultList faults)
    {
        if (item is JsonItem.Text or JsonItem.Boolean)
        {
            return item;
        }
        faults.Add(path, "Must be a string or a boolean; numbers are written as decimal strings.");
        return null;
    }
}
