using SessionSigner.Ethereum;

namespace SessionSigner.Core;

/// <summary>Follows paths through decoded values.</summary>
internal static class ArgumentWalk
{
    /// <summary>Finds every value that a path names.</summary>
    /// <param name="arguments">The decoded arguments or fields.</param>
    /// <param name="path">Resolved against their types.</param>
    /// <param name="found">Receives the values; an array without elements has none.</param>
    /// <returns>False if an element that the path names does not exist: the rule then cannot be checked, and refuses.</returns>
    public static bool TryFind(AbiValue.Tuple arguments, ArgumentPath path, List<AbiValue> found)
    {
        found.Clear();
        return TryFind(arguments, path.Steps, found);
    }

    private static bool TryFind(AbiValue value, ReadOnlySpan<int> steps, List<AbiValue> found)
    {
        if (steps.IsEmpty)
        {
            found.Add(value);
            return true;
        }
        var items = value switch
        {
            AbiValue.Tuple tuple => tuple.Items,
            AbiValue.Array array => array.Items,
            _ => [],
        };
        if (steps[0] != ArgumentPath.All)
        {
            return steps[0] < items.Count && TryFind(items[steps[0]], steps[1..], found);
        }
        foreach (var item in items)
        {
            if (!TryFind(item, steps[1..], found))
            {
                return false;
            }
        }
        return value is AbiValue.Array;
    }
}
