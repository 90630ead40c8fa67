using System.Text.Json.Nodes;

namespace SessionSigner.Cli;

/// <summary>A policy's ceiling in a line for each permission and limit. What it does not know it leaves out; the JSON has everything.</summary>
internal static class CeilingText
{
    public static IEnumerable<(string Name, string Value)> Lines(JsonNode? ceiling)
    {
        foreach (var permission in Items(ceiling, "permissions"))
        {
            yield return ("allows", Describe(permission));
        }

        foreach (var budget in Items(ceiling, "budgets"))
        {
            yield return (
                "budget",
                $"{Text(budget, "name")}: {Names.Amount(Text(budget, "limit"))} {Text(budget, "unit")} per {Text(budget, "per")}{Window(budget)}"
            );
        }

        foreach (var rate in Items(ceiling, "rates"))
        {
            yield return ("rate", $"{Text(rate, "max")} signatures in {Text(rate, "window_seconds")} s");
        }

        if (Text(ceiling, "max_signatures") is { Length: > 0 } signatures)
        {
            yield return ("signatures", $"{Names.Amount(signatures)} per session");
        }

        if (Text(ceiling, "max_open_orders") is { Length: > 0 } orders)
        {
            yield return ("open orders", $"{Names.Amount(orders)} per session, until released");
        }
    }

    private static string Window(JsonNode? budget) =>
        Text(budget, "window") switch
        {
            "lifetime" => "",
            "calendar_day" => " and day (UTC)",
            "rolling" => $" in any {Text(budget, "window_seconds")} s, kept to {Text(budget, "granularity_seconds")} s",
            var other => $", {other}",
        };

    private static string Describe(JsonNode? permission)
    {
        var constraints = Items(permission, "constraints").Select(Constraint).ToList();
        var suffix = constraints.Count == 0 ? "" : $", if {string.Join(" and ", constraints)}";
        var name = Text(permission, "name");
        var domain = Member(permission, "domain");
        return Text(permission, "kind") switch
        {
            "call" => $"{name}: {DescribeCall(permission, suffix)}",
            "typed_data" =>
                $"{name}: message {Text(permission, "primary_type")} of {Text(domain, "name")} {Text(domain, "verifying_contract")}{suffix}",
            "message" => $"{name}: text \"{SafeText.Escape(Text(permission, "template"))}\"{suffix}",
            "sign_in" => $"{name}: sign in to {List(permission, "domains")} for at most {Text(permission, "max_lifetime_seconds")} s",
            "user_operation" => $"{name}: {DescribeUserOperation(permission)}",
            "raw_digest" => $"{name}: ANY 32 BYTES; nothing but rates and signatures bounds it",
            var other => $"{name}: {other}",
        };
    }

    private static string DescribeUserOperation(JsonNode? permission)
    {
        var entryPoint = Member(permission, "entry_point");
        return $"user operation of {List(permission, "senders")} by entry point {Text(entryPoint, "version")} {Text(entryPoint, "address")}, and what it carries ({List(permission, "unwrap")}) if allowed itself";
    }

    private static string DescribeCall(JsonNode? permission, string suffix)
    {
        var function = Text(permission, "function") is { Length: > 0 } signature ? signature : "plain transfer";
        var carried = Text(permission, "unwrap") is { Length: > 0 } container
            ? $", and what it carries ({container}) if allowed itself"
            : "";
        var delegates = Items(permission, "authorizations").Select(rule => Text(rule, "address")).ToList();
        var authorizations = delegates.Count == 0 ? "" : $", carrying authorisations of {string.Join(" or ", delegates)}";
        return $"{function} on {List(permission, "targets")}{suffix}{carried}{authorizations}";
    }

    private static string Constraint(JsonNode? constraint)
    {
        if (Member(constraint, "any_of") is JsonArray alternatives)
        {
            var shown = alternatives.Select(alternative => string.Join(" and ", (alternative as JsonArray ?? []).Select(Constraint)));
            return $"({string.Join(" or ", shown)})";
        }

        var values =
            Member(constraint, "values") is not null ? List(constraint, "values")
            : Member(constraint, "min") is not null ? $"{Names.Amount(Text(constraint, "min"))} and {Names.Amount(Text(constraint, "max"))}"
            : Names.Amount(Text(constraint, "value"));
        var quantifier = Text(constraint, "quantifier") == "any" ? "any " : "";
        var length = Text(constraint, "length") == "true" ? "length of " : "";
        return $"{quantifier}{length}{Text(constraint, "path")} {Operator(Text(constraint, "op"))} {values}";
    }

    private static string Operator(string name) =>
        name switch
        {
            "eq" => "=",
            "ne" => "is not",
            "lt" => "<",
            "lte" => "<=",
            "gt" => ">",
            "gte" => ">=",
            "in" => "is",
            "not_in" => "is not",
            _ => name,
        };

    private static string List(JsonNode? node, string name) =>
        string.Join(" or ", Items(node, name).Select(item => item is null ? "" : item.ToString()));

    private static IEnumerable<JsonNode?> Items(JsonNode? node, string name) => Member(node, name) as JsonArray ?? [];

    private static string Text(JsonNode? node, string name) => Member(node, name) is JsonValue value ? value.ToString() : "";

    private static JsonNode? Member(JsonNode? node, string name) =>
        node is JsonObject members && members.TryGetPropertyValue(name, out var value) ? value : null;
}
