namespace SessionSigner.Ethereum;

/// <summary>Keccak-256 with the original padding byte 0x01, as Ethereum uses it (not SHA3-256). Allocates nothing.</summary>
public static class Keccak256
{
    /// <summary>Length in bytes of a hash.</summary>
    public const int Size = 32;

    /// <summary>Hashes <paramref name="data"/>.</summary>
    public static Hash32 Hash(ReadOnlySpan<byte> data)
    {
        var sponge = new Keccak256Sponge();
        sponge.Append(data);
        return sponge.Finish();
    }

    /// <summary>Hashes <paramref name="data"/> into the first 32 bytes of <paramref name="destination32"/>, which may overlap it.</summary>
    public static void Hash(ReadOnlySpan<byte> data, Span<byte> destination32) => Hash(data).CopyTo(destination32);
}
