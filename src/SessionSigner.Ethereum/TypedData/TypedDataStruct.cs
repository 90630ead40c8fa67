using System.Text;

namespace SessionSigner.Ethereum;

/// <summary>A struct type of EIP-712 with everything it refers to. Immutable.</summary>
public sealed class TypedDataStruct
{
    internal TypedDataStruct(string name, string declaration, string encodedType)
    {
        Name = name;
        Declaration = declaration;
        EncodedType = encodedType;
        TypeHash = Keccak256.Hash(Encoding.UTF8.GetBytes(encodedType));
    }

    /// <summary>The struct's name.</summary>
    public string Name { get; }

    /// <summary>encodeType of EIP-712: "Mail(Person from,Person to,string contents)Person(string name,address wallet)".</summary>
    public string EncodedType { get; }

    /// <summary>Hash of <see cref="EncodedType"/>.</summary>
    public Hash32 TypeHash { get; }

    /// <summary>The members in order, as a tuple type; nested structs are tuples whose <see cref="AbiType.Tuple.Struct"/> is set.</summary>
    public AbiType.Tuple Type { get; internal set; } = null!;

    // The struct's own part of the encoded type.
    internal string Declaration { get; }

    /// <summary>Reads a full encodeType: the struct first, then every struct it refers to and no other, sorted by name, without spaces but before names.</summary>
    /// <param name="encodedType">At most 65,536 characters.</param>
    /// <param name="definition">The struct, or null.</param>
    /// <param name="fault">What is wrong; empty if nothing.</param>
    public static bool TryParse(string encodedType, out TypedDataStruct? definition, out string fault)
    {
        definition = null;
        if (!TypedDataTypeText.TryReadDeclarations(encodedType, out var declarations, out var primary, out fault))
        {
            return false;
        }
        var resolved = TypedDataSchema.Resolve(declarations, primary, out fault);
        if (resolved is not null && resolved.EncodedType != encodedType)
        {
            fault = $"not in canonical form, which is \"{resolved.EncodedType}\"";
            return false;
        }
        definition = resolved;
        return resolved is not null;
    }

    /// <inheritdoc/>
    public override string ToString() => EncodedType;
}
