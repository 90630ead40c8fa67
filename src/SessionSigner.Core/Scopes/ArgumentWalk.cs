using SessionSigner.Ethereum;

namespace SessionSigner.Core;

/// <summary>What a path found.</summary>
internal enum Found
{
    /// <summary>An element that the path names does not exist: the rule then cannot be checked, and refuses.</summary>
    Missing = 0,

    /// <summary>Values, or none, and at least one array without elements on the way.</summary>
    Empty,

    /// <summary>At least one value in every array.</summary>
    Values,
}

/// <summary>Follows paths through decoded values.</summary>
internal static class ArgumentWalk
{
    /// <summary>Finds every value that a path names.</summary>
    /// <param name="arguments">The decoded arguments or fields.</param>
    /// <param name="path">Resolved against their types.</param>
    /// <param name="found">Receives the values; an array without elements has none.</param>
    public static Found Find(AbiValue.Tuple arguments, ArgumentPath path, List<AbiValue> found)
    {
        found.Clear();
        return Find(arguments, path.Steps, found);
    }

    private static Found Find(AbiValue value, ReadOnlySpan<int> steps, List<AbiValue> found)
    {
        if (steps.IsEmpty)
        {
            found.Add(value);
            return Found.Values;
        }
        var items = value switch
        {
            AbiValue.Tuple tuple => tuple.Items,
            AbiValue.Array array => array.Items,
            _ => [],
        };
        if (steps[0] != ArgumentPath.All)
        {
            return steps[0] < items.Count ? Find(items[steps[0]], steps[1..], found) : Found.Missing;
        }
        if (value is not AbiValue.Array)
        {
            return Found.Missing;
        }
        var result = items.Count > 0 ? Found.Values : Found.Empty;
        foreach (var item in items)
        {
            var below = Find(item, steps[1..], found);
            if (below == Found.Missing)
            {
                return Found.Missing;
            }
            result = below == Found.Empty ? Found.Empty : result;
        }
        return result;
    }
}
