using System.Buffers.Binary;
using System.Text;

namespace SessionSigner.Ethereum;

/// <summary>A contract function, from its human-readable signature. Immutable.</summary>
public sealed class AbiFunction
{
    /// <summary>Length in bytes of a selector.</summary>
    public const int SelectorSize = 4;

    private AbiFunction(string name, IReadOnlyList<AbiParameter> inputs)
    {
        Name = name;
        Inputs = inputs;
        CanonicalSignature = $"{name}({string.Join(',', inputs.Select(input => input.Type.Name))})";
        var hash32 = Keccak256.Hash(Encoding.ASCII.GetBytes(CanonicalSignature)).ToArray();
        Selector = BinaryPrimitives.ReadUInt32BigEndian(hash32);
        Selector4 = hash32.AsMemory(0, SelectorSize);
        StaticLayout = AbiStaticLayout.TryCreate(inputs, out var layout) ? layout : null;
    }

    /// <summary>The name.</summary>
    public string Name { get; }

    /// <summary>The parameters in order.</summary>
    public IReadOnlyList<AbiParameter> Inputs { get; }

    /// <summary>What the selector is the hash of: "transfer(address,uint256)".</summary>
    public string CanonicalSignature { get; }

    /// <summary>The first four bytes of calldata, as a big-endian number.</summary>
    public uint Selector { get; }

    /// <summary>The first four bytes of calldata.</summary>
    public ReadOnlyMemory<byte> Selector4 { get; }

    /// <summary>Where each argument word is, if no parameter is dynamic; otherwise null.</summary>
    public AbiStaticLayout? StaticLayout { get; }

    /// <summary>Reads a signature such as "swap((address tokenIn, uint256 amountIn) params, address to)": names are optional but unique within their list.</summary>
    /// <remarks>A tuple is written (…) or tuple(…); "uint" and "int" mean 256 bits, "ufixed" and "fixed" 128 bits and 18 decimals. Keywords that are no types (payable, calldata, returns) are refused.</remarks>
    /// <param name="signature">At most 4096 characters.</param>
    /// <param name="function">The function, or null.</param>
    /// <param name="fault">What is wrong and where; empty if nothing.</param>
    public static bool TryParse(string signature, out AbiFunction? function, out string fault)
    {
        function = AbiTypeParser.TryParseSignature(signature, out var name, out var inputs, out fault)
            ? new AbiFunction(name, inputs!.AsReadOnly())
            : null;
        return function is not null;
    }

    /// <inheritdoc/>
    public override string ToString() => CanonicalSignature;
}
