using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace SessionSigner.Ethereum;

/// <summary>Keccak-256 of a message given in pieces. A value: a copy is a fork of the state. Not thread safe.</summary>
public struct Keccak256Sponge
{
    private const int RateBytes = 136;

    private Keccak1600State _state;
    private int _position;

    /// <summary>Takes the next piece of the message.</summary>
    public void Append(ReadOnlySpan<byte> data)
    {
        Span<ulong> lanes = _state;
        var bytes = MemoryMarshal.AsBytes(lanes);
        while (!data.IsEmpty)
        {
            if (_position == 0 && data.Length >= RateBytes)
            {
                for (var lane = 0; lane < RateBytes / 8; lane++)
                {
                    lanes[lane] ^= BinaryPrimitives.ReadUInt64LittleEndian(data[(lane * 8)..]);
                }
                Keccak1600.Permute(lanes);
                data = data[RateBytes..];
                continue;
            }
            var taken = Math.Min(RateBytes - _position, data.Length);
            Xor(bytes.Slice(_position, taken), data[..taken]);
            data = data[taken..];
            _position += taken;
            if (_position == RateBytes)
            {
                Keccak1600.Permute(lanes);
                _position = 0;
            }
        }
    }

    /// <summary>The hash of everything appended. The sponge is empty again afterwards.</summary>
    public Hash32 Finish()
    {
        Span<ulong> lanes = _state;
        var bytes = MemoryMarshal.AsBytes(lanes);
        bytes[_position] ^= 0x01;
        bytes[RateBytes - 1] ^= 0x80;
        Keccak1600.Permute(lanes);
        var hash = new Hash32(bytes[..Keccak256.Size]);
        this = default;
        return hash;
    }

    private static void Xor(Span<byte> target, ReadOnlySpan<byte> source)
    {
        while (source.Length >= 8)
        {
            var mixed = BinaryPrimitives.ReadUInt64LittleEndian(target) ^ BinaryPrimitives.ReadUInt64LittleEndian(source);
            BinaryPrimitives.WriteUInt64LittleEndian(target, mixed);
            target = target[8..];
            source = source[8..];
        }
        for (var i = 0; i < source.Length; i++)
        {
            target[i] ^= source[i];
        }
    }

    // Lanes are little-endian in the specification; so is every platform .NET 10 runs this on.
    [InlineArray(25)]
    private struct Keccak1600State
    {
        private ulong _lane0;
    }
}
