using SessionSigner.Grants;

namespace SessionSigner.Core;

/// <summary>
/// Bounds the work that one request can cause: how often the elements of its arrays are looked at. A request holds at most 65,000 elements, so what follows from it is
/// at most so many looks at each, whoever wrote the scope. A scope with more is refused when it is loaded.
/// </summary>
internal static class ElementBound
{
    /// <summary>Most looks of all permissions for the same calls or messages together.</summary>
    public const int Max = 64;

    // Words are looked up in a set, byte strings and texts are compared one by one.
    private const int StringsPerLook = 16;

    /// <summary>Looks of what has this path: none without [*], otherwise one, or one for each 16 strings begun that an element is compared with.</summary>
    public static int LooksOf(ArgumentPath? path, int strings = 0) =>
        path is null || !path.Steps.Contains(ArgumentPath.All) ? 0 : Math.Max(1, (strings + StringsPerLook - 1) / StringsPerLook);

    /// <summary>Reports each permission with which those for the same are over the bound.</summary>
    /// <param name="groups">Permissions for the same calls or messages, in the order of the document.</param>
    /// <param name="faults">Receives what is wrong.</param>
    public static void Check(IEnumerable<IReadOnlyList<PermissionRule>> groups, FaultList faults)
    {
        var over = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var rules in groups)
        {
            var looks = 0;
            foreach (var rule in rules)
            {
                looks += rule.ElementLooks;
                if (looks > Max && rule.ElementLooks > 0)
                {
                    over.Add(rule.Path);
                }
            }
        }
        foreach (var path in over)
        {
            faults.Add(
                path,
                "At most 64 constraints and meters with [*] in all permissions for the same calls or messages; a list of strings counts once for each 16."
            );
        }
    }
}
