using SessionSigner.Grants;

namespace SessionSigner.Core;

/// <summary>What a constraint allows, for people.</summary>
internal static class ConstraintText
{
    /// <summary>For example "amount &lt;= 1000".</summary>
    public static string Limit(Comparison constraint)
    {
        var operands = constraint.Operands.Select(Show).ToArray();
        var limit = constraint.Operator switch
        {
            ConstraintOperator.Equal => $"= {operands[0]}",
            ConstraintOperator.NotEqual => $"not {operands[0]}",
            ConstraintOperator.LessThan => $"< {operands[0]}",
            ConstraintOperator.LessThanOrEqual => $"<= {operands[0]}",
            ConstraintOperator.GreaterThan => $"> {operands[0]}",
            ConstraintOperator.GreaterThanOrEqual => $">= {operands[0]}",
            ConstraintOperator.In => "one of " + DenialText.List(operands),
            ConstraintOperator.NotIn => "none of " + DenialText.List(operands),
            ConstraintOperator.Between => $"from {operands[0]} to {operands[1]}",
            _ => "",
        };
        var measured = constraint.OfLength ? $"length of {constraint.Path}" : constraint.Path;
        return DenialText.Clip($"{(constraint.Quantifier == Quantifier.Any ? "any " : "")}{measured} {limit}");
    }

    private static string Show(JsonItem operand) =>
        operand switch
        {
            JsonItem.Text { Value: var text } => text,
            JsonItem.Boolean { Value: true } => "true",
            JsonItem.Boolean => "false",
            _ => "",
        };
}
