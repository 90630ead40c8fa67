using System.Globalization;
using SessionSigner.Ethereum;
using SessionSigner.Grants;

namespace SessionSigner.Core;

/// <summary>A path such as "orders[*].size", resolved at load to positions, so that nothing is looked up by name when a request is evaluated.</summary>
internal sealed class ArgumentPath
{
    /// <summary>A step that goes to every element.</summary>
    public const int All = -1;

    private ArgumentPath(int[] steps, AbiType leaf, int[]? offsets) => (Steps, Leaf, Offsets) = (steps, leaf, offsets);

    /// <summary>From the list of arguments: positions in tuples and arrays, or <see cref="All"/>.</summary>
    public int[] Steps { get; }

    /// <summary>The type at its end.</summary>
    public AbiType Leaf { get; }

    /// <summary>Bytes after the selector at which the words it names begin, if the whole list of arguments is static; otherwise null.</summary>
    public int[]? Offsets { get; }

    /// <summary>Resolves a path against a list of arguments.</summary>
    /// <param name="text">A path of the form that the scope reader accepts.</param>
    /// <param name="arguments">The arguments or fields.</param>
    /// <param name="isStatic">Whether they have a static layout.</param>
    /// <param name="fault">What is wrong, or empty.</param>
    public static ArgumentPath? Resolve(string text, IReadOnlyList<AbiParameter> arguments, bool isStatic, out string fault)
    {
        AbiType? type = null;
        var steps = new List<int>();
        foreach (var segment in Split(text))
        {
            var members = type is null ? arguments : (type as AbiType.Tuple)?.Members;
            if (Step(type, members, segment, out fault) is not { } step)
            {
                return null;
            }
            steps.Add(step.Position);
            type = step.Type;
        }
        if (type is null)
        {
            fault = "The path is empty.";
            return null;
        }
        fault = "";
        int[]? offsets = null;
        if (isStatic && type.IsWord)
        {
            var found = new List<int>();
            FindInMembers(arguments, [.. steps], 0, 0, found);
            offsets = [.. found];
        }
        return new ArgumentPath([.. steps], type, offsets);
    }

    /// <summary>Resolves a path, or reports what is wrong with it.</summary>
    public static ArgumentPath? Resolve(string text, string rule, IReadOnlyList<AbiParameter> arguments, bool isStatic, FaultList faults)
    {
        var path = Resolve(text, arguments, isStatic, out var fault);
        if (path is null)
        {
            faults.Add(rule + ".path", fault);
        }
        return path;
    }

    private static (int Position, AbiType Type)? Step(AbiType? type, IReadOnlyList<AbiParameter>? members, string segment, out string fault)
    {
        fault = "";
        if (segment[0] != '[')
        {
            for (var i = 0; members is not null && i < members.Count; i++)
            {
                if (members[i].Name == segment)
                {
                    return (i, members[i].Type);
                }
            }
            fault = members is null
                ? $"A {type!.Name} has no member {FaultList.Quote(segment)}."
                : $"There is no {FaultList.Quote(segment)}; there are: {string.Join(", ", members.Select(member => member.Name).Where(name => name.Length > 0))}.";
            return null;
        }
        var array = type as AbiType.Array;
        if (segment == "[*]" && array is not null)
        {
            return (All, array.Element);
        }
        var count = members?.Count ?? array?.Length ?? (array is null ? 0 : int.MaxValue);
        if (
            segment != "[*]"
            && int.Parse(segment.AsSpan(1, segment.Length - 2), NumberStyles.None, CultureInfo.InvariantCulture) is var index
            && index < count
        )
        {
            return (index, members?[index].Type ?? array!.Element);
        }
        fault = $"{(type is null ? "The list of arguments" : "A " + type.Name)} has no element {segment}.";
        return null;
    }

    private static void Find(AbiType type, int[] steps, int depth, int offset, List<int> found)
    {
        if (depth == steps.Length)
        {
            found.Add(offset);
        }
        else if (type is AbiType.Tuple tuple)
        {
            FindInMembers(tuple.Members, steps, depth, offset, found);
        }
        else if (type is AbiType.Array array)
        {
            var (first, last) = steps[depth] == All ? (0, array.Length!.Value - 1) : (steps[depth], steps[depth]);
            for (var i = first; i <= last; i++)
            {
                Find(array.Element, steps, depth + 1, offset + (i * array.Element.HeadBytes), found);
            }
        }
    }

    private static void FindInMembers(IReadOnlyList<AbiParameter> members, int[] steps, int depth, int offset, List<int> found)
    {
        var before = members.Take(steps[depth]).Sum(member => member.Type.HeadBytes);
        Find(members[steps[depth]].Type, steps, depth + 1, offset + before, found);
    }

    private static IEnumerable<string> Split(string text)
    {
        var start = 0;
        for (var i = 1; i <= text.Length; i++)
        {
            if (i == text.Length || text[i] is '.' or '[')
            {
                if (i > start)
                {
                    yield return text[start..i];
                }
                start = i < text.Length && text[i] == '.' ? i + 1 : i;
            }
        }
    }
}
