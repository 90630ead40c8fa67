using System.CommandLine;
using System.Text.Json.Nodes;
using SessionSigner.Core;

namespace SessionSigner.Server;

/// <summary>sessionsignerd policy diff: says what changes between two versions of a policy.</summary>
internal static class PolicyDiffCommand
{
    public static Command Create()
    {
        var old = new Argument<string>("OLD") { Description = "The version to compare with, in YAML or JSON." };
        var now = new Argument<string>("NEW") { Description = "The version that would take its place." };
        var json = CommandLine.JsonOption();
        var command = new Command(
            "diff",
            "Say what changes between two versions of a policy, and whether each change by itself widens or narrows what may be signed; unclear "
                + "means that it cannot be told, read it as widening. Exit code 0 if the documents are the same, 1 if not, 2 on trouble."
        )
        {
            old,
            now,
            json,
        };
        command.SetAction((result, _) => RunAsync(result.GetRequiredValue(old), result.GetRequiredValue(now), result.GetValue(json)));
        return command;
    }

    private static async Task<int> RunAsync(string oldFile, string newFile, bool asJson)
    {
        if (await PolicyCommand.ReadAsync(oldFile, asJson) is not { } old || await PolicyCommand.ReadAsync(newFile, asJson) is not { } now)
        {
            return ExitCodes.Usage;
        }
        var changes = PolicyDiff.Compare(old, now);
        var overall = old.Digest == now.Digest ? "same" : Word(PolicyDiff.Overall(changes));
        if (asJson)
        {
            await PolicyCommand.PrintAsync(Describe(old, now, overall, changes));
        }
        else
        {
            foreach (var change in changes)
            {
                await Console.Out.WriteLineAsync(Describe(change));
            }
            await Console.Out.WriteLineAsync($"{old.Digest} -> {now.Digest}: {Plural.Of(changes.Count, "change", "changes")}, {overall}");
        }
        return old.Digest == now.Digest ? ExitCodes.Ok : ExitCodes.Found;
    }

    private static string Describe(PolicyChange change)
    {
        var values = (change.Old, change.New) switch
        {
            ("", "") => "",
            ("", var now) => $" + {now}",
            (var old, "") => $" - {old}",
            var (old, now) => $" {old} -> {now}",
        };
        return $"{Word(change.Effect), -7}  {change.Path}:{values}{(change.Note.Length > 0 ? $" ({change.Note})" : "")}";
    }

    private static JsonObject Describe(Policy old, Policy now, string overall, IReadOnlyList<PolicyChange> changes) =>
        new()
        {
            ["old"] = new JsonObject { ["name"] = old.Name, ["digest"] = old.Digest.ToString() },
            ["new"] = new JsonObject { ["name"] = now.Name, ["digest"] = now.Digest.ToString() },
            ["overall"] = overall,
            ["changes"] = new JsonArray([
                .. changes.Select(change => new JsonObject
                {
                    ["path"] = change.Path,
                    ["effect"] = Word(change.Effect),
                    ["old"] = Parse(change.Old),
                    ["new"] = Parse(change.New),
                    ["note"] = change.Note,
                }),
            ]),
        };

    private static JsonNode? Parse(string json) => json.Length == 0 ? null : JsonNode.Parse(json);

    private static string Word(ChangeEffect effect) =>
        effect switch
        {
            ChangeEffect.Widens => "widens",
            ChangeEffect.Narrows => "narrows",
            ChangeEffect.None => "none",
            _ => "unclear",
        };
}
