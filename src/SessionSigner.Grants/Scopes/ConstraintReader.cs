namespace SessionSigner.Grants;

/// <summary>Reads one constraint: its path, its operator, and as many operands as the operator takes.</summary>
internal static class ConstraintReader
{
    public const string PathRule = "Must be a path such as \"amount\", \"params.size\" or \"orders[*].size\" of at most 128 characters.";
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

    public static Constraint Read(JsonItem item, string path, FaultList faults)
    {
        var reader = ObjectReader.Open(item, path, faults);
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
        if (operation != ConstraintOperator.Unspecified)
        {
            reader.RefuseUnknown();
        }
        return new Constraint(argument, operation, operands);
    }

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
