using System.Text;

namespace SessionSigner.Ethereum;

/// <summary>hashStruct and encodeData of EIP-712 over decoded values.</summary>
internal static class TypedDataHasher
{
    /// <summary>SPEC: EIP-712 "hashStruct(s : 𝕊) = keccak256(typeHash ‖ encodeData(s))".</summary>
    public static Hash32 HashStruct(TypedDataStruct definition, AbiValue.Tuple value)
    {
        var sponge = new Keccak256Sponge();
        Append(ref sponge, definition.TypeHash);
        for (var i = 0; i < value.Items.Count; i++)
        {
            AppendWord(ref sponge, value.Members[i].Type, value.Items[i]);
        }
        return sponge.Finish();
    }

    /// <summary>SPEC: EIP-712 "encode(domainSeparator : 𝔹²⁵⁶, message : 𝕊) = "\x19\x01" ‖ domainSeparator ‖ hashStruct(message)".</summary>
    public static Hash32 Digest(Hash32 domainSeparator, Hash32 messageHash)
    {
        var sponge = new Keccak256Sponge();
        sponge.Append([0x19, 0x01]);
        Append(ref sponge, domainSeparator);
        Append(ref sponge, messageHash);
        return sponge.Finish();
    }

    private static void AppendWord(ref Keccak256Sponge sponge, AbiType type, AbiValue value)
    {
        Span<byte> word32 = stackalloc byte[AbiType.WordSize];
        word32.Clear();
        switch (value)
        {
            case AbiValue.Uint uint256:
                uint256.Value.WriteBigEndian(word32);
                break;
            case AbiValue.Int int256:
                int256.Value.WriteBigEndian(word32);
                break;
            case AbiValue.AddressValue address:
                address.Value.CopyTo(word32[12..]);
                break;
            case AbiValue.Bool truth:
                word32[31] = truth.Value ? (byte)1 : (byte)0;
                break;
            case AbiValue.Bytes bytes when type is AbiType.FixedBytes:
                bytes.Value.Span.CopyTo(word32);
                break;
            case AbiValue.Bytes bytes:
                Keccak256.Hash(bytes.Value.Span, word32);
                break;
            case AbiValue.Text text:
                Keccak256.Hash(Encoding.UTF8.GetBytes(text.Value), word32);
                break;
            case AbiValue.Tuple tuple:
                HashStruct(((AbiType.Tuple)type).Struct!, tuple).CopyTo(word32);
                break;
            case AbiValue.Array array:
                HashItems(((AbiType.Array)type).Element, array).CopyTo(word32);
                break;
            default:
                throw new InvalidOperationException("Not a value of EIP-712.");
        }
        sponge.Append(word32);
    }

    // SPEC: EIP-712 "the array values are encoded as the keccak256 hash of the concatenated encodeData of their contents".
    private static Hash32 HashItems(AbiType element, AbiValue.Array array)
    {
        var sponge = new Keccak256Sponge();
        foreach (var item in array.Items)
        {
            AppendWord(ref sponge, element, item);
        }
        return sponge.Finish();
    }

    private static void Append(ref Keccak256Sponge sponge, Hash32 hash)
    {
        Span<byte> bytes32 = stackalloc byte[Hash32.Size];
        hash.CopyTo(bytes32);
        sponge.Append(bytes32);
    }
}
