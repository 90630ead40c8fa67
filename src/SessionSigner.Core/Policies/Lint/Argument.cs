using SessionSigner.Ethereum;
using SessionSigner.Grants;

namespace SessionSigner.Core;

/// <summary>A single value among the arguments of a function or the fields of a message, as lint sees it.</summary>
/// <param name="Steps">Positions from the list of arguments, <see cref="ArgumentPath.All"/> for the elements of an array.</param>
/// <param name="Path">The path that names it, for people.</param>
/// <param name="Name">The last name on the path; empty if it has none.</param>
/// <param name="Type">Its type; no tuple and no array.</param>
internal sealed record Argument(int[] Steps, string Path, string Name, AbiType Type)
{
    // Structs that hold others twice over have more values than memory; real ones have a few dozen.
    private const int CountMax = 1_000;

    /// <summary>The list or tuple that it is in, directly or in an array: the same text for all that stand beside each other.</summary>
    public string Beside
    {
        get
        {
            var length = Steps.Length;
            while (length > 0 && Steps[length - 1] == ArgumentPath.All)
            {
                length--;
            }
            return string.Join(',', Steps.Take(length - 1));
        }
    }

    /// <summary>All of them, in order; at most 1,000.</summary>
    public static IReadOnlyList<Argument> Of(IReadOnlyList<AbiParameter> parameters) => [.. Members(parameters, [], "").Take(CountMax)];

    /// <summary>The one at a place that is known to exist.</summary>
    public static Argument At(IReadOnlyList<AbiParameter> parameters, int[] steps) =>
        Of(parameters).First(argument => argument.Steps.AsSpan().SequenceEqual(steps));

    private static IEnumerable<Argument> Members(IReadOnlyList<AbiParameter> members, int[] steps, string path)
    {
        for (var i = 0; i < members.Count; i++)
        {
            var (name, type) = (members[i].Name, members[i].Type);
            var place =
                name.Length == 0 ? StrictJson.Element(path, i)
                : path.Length == 0 ? name
                : $"{path}.{name}";
            foreach (var argument in Values(type, [.. steps, i], place, name))
            {
                yield return argument;
            }
        }
    }

    private static IEnumerable<Argument> Values(AbiType type, int[] steps, string path, string name) =>
        type switch
        {
            AbiType.Tuple tuple => Members(tuple.Members, steps, path),
            AbiType.Array array => Values(array.Element, [.. steps, ArgumentPath.All], path + "[*]", name),
            _ => [new Argument(steps, path, name, type)],
        };
}
