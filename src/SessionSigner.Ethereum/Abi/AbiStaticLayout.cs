namespace SessionSigner.Ethereum;

/// <summary>One word of a static argument list.</summary>
/// <param name="Path">Where it is, by names or, for nameless members, positions: "amount", "params.amountIn", "pair[1]", "0".</param>
/// <param name="Type">Its type, one word wide.</param>
/// <param name="Offset">Its first byte, counted from after the selector.</param>
public sealed record AbiWordSlot(string Path, AbiType Type, int Offset);

/// <summary>
/// The layout of an argument list without dynamic types: every word is at a known place, so arguments are checked and read in place, without decoding
/// them into values. Immutable; nothing here allocates after construction.
/// </summary>
public sealed class AbiStaticLayout
{
    // Beyond this many words decoding into values is no longer the slower way.
    private const int SlotsMax = 256;

    private readonly AbiWordSlot[] _slots;

    private AbiStaticLayout(AbiWordSlot[] slots) => _slots = slots;

    /// <summary>All words in order.</summary>
    public IReadOnlyList<AbiWordSlot> Slots => _slots;

    /// <summary>Length in bytes of the arguments.</summary>
    public int Size => _slots.Length * AbiType.WordSize;

    /// <summary>Lays out a list of parameters; false if one of them is dynamic or there are more than 256 words.</summary>
    public static bool TryCreate(IReadOnlyList<AbiParameter> parameters, out AbiStaticLayout? layout)
    {
        layout = null;
        if (
            parameters.Any(parameter => parameter.Type.IsDynamic)
            || parameters.Sum(parameter => (long)parameter.Type.HeadBytes) > SlotsMax * AbiType.WordSize
        )
        {
            return false;
        }
        var slots = new List<AbiWordSlot>();
        AddMembers(slots, "", parameters);
        layout = new AbiStaticLayout([.. slots]);
        return true;
    }

    /// <summary>Whether the bytes are the canonical encoding of some arguments: the exact length and no dirty bits.</summary>
    /// <param name="arguments">Calldata after the selector.</param>
    public bool IsCanonical(ReadOnlySpan<byte> arguments)
    {
        if (arguments.Length != Size)
        {
            return false;
        }
        foreach (var slot in _slots)
        {
            if (!slot.Type.IsCanonicalWord(arguments.Slice(slot.Offset, AbiType.WordSize)))
            {
                return false;
            }
        }
        return true;
    }

    /// <summary>The slot at a path; null if there is none.</summary>
    public AbiWordSlot? Find(string path) => Array.Find(_slots, slot => slot.Path == path);

    private static void AddMembers(List<AbiWordSlot> slots, string prefix, IReadOnlyList<AbiParameter> members)
    {
        for (var i = 0; i < members.Count; i++)
        {
            var name = members[i].Name.Length > 0 ? members[i].Name : i.ToString();
            Add(slots, prefix.Length > 0 ? $"{prefix}.{name}" : name, members[i].Type);
        }
    }

    private static void Add(List<AbiWordSlot> slots, string path, AbiType type)
    {
        switch (type)
        {
            case AbiType.Tuple tuple:
                AddMembers(slots, path, tuple.Members);
                break;
            case AbiType.Array array:
                for (var i = 0; i < array.Length; i++)
                {
                    Add(slots, $"{path}[{i}]", array.Element);
                }
                break;
            default:
                slots.Add(new AbiWordSlot(path, type, slots.Count * AbiType.WordSize));
                break;
        }
    }
}
