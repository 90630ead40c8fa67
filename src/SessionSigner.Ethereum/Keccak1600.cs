using System.Numerics;
using System.Runtime.CompilerServices;

namespace SessionSigner.Ethereum;

/// <summary>Keccak-f[1600]. SPEC: FIPS 202 section 3.3, with lane (x, y) at index x + 5y and named axy here.</summary>
internal static class Keccak1600
{
    private static readonly ulong[] RoundConstants =
    [
        0x0000000000000001,
        0x0000000000008082,
        0x800000000000808a,
        0x8000000080008000,
        0x000000000000808b,
        0x0000000080000001,
        0x8000000080008081,
        0x8000000000008009,
        0x000000000000008a,
        0x0000000000000088,
        0x0000000080008009,
        0x000000008000000a,
        0x000000008000808b,
        0x800000000000008b,
        0x8000000000008089,
        0x8000000000008003,
        0x8000000000008002,
        0x8000000000000080,
        0x000000000000800a,
        0x800000008000000a,
        0x8000000080008081,
        0x8000000000008080,
        0x0000000080000001,
        0x8000000080008008,
    ];

    /// <summary>Applies the permutation to 25 lanes. Written out, because the lanes then live in registers and on the stack.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Permute(Span<ulong> lanes25)
    {
        // Also removes the bounds checks of every access below.
        _ = lanes25[24];
        ulong a00 = lanes25[0],
            a10 = lanes25[1],
            a20 = lanes25[2],
            a30 = lanes25[3],
            a40 = lanes25[4];
        ulong a01 = lanes25[5],
            a11 = lanes25[6],
            a21 = lanes25[7],
            a31 = lanes25[8],
            a41 = lanes25[9];
        ulong a02 = lanes25[10],
            a12 = lanes25[11],
            a22 = lanes25[12],
            a32 = lanes25[13],
            a42 = lanes25[14];
        ulong a03 = lanes25[15],
            a13 = lanes25[16],
            a23 = lanes25[17],
            a33 = lanes25[18],
            a43 = lanes25[19];
        ulong a04 = lanes25[20],
            a14 = lanes25[21],
            a24 = lanes25[22],
            a34 = lanes25[23],
            a44 = lanes25[24];

        foreach (var roundConstant in RoundConstants)
        {
            // theta
            var c0 = a00 ^ a01 ^ a02 ^ a03 ^ a04;
            var c1 = a10 ^ a11 ^ a12 ^ a13 ^ a14;
            var c2 = a20 ^ a21 ^ a22 ^ a23 ^ a24;
            var c3 = a30 ^ a31 ^ a32 ^ a33 ^ a34;
            var c4 = a40 ^ a41 ^ a42 ^ a43 ^ a44;
            var d0 = c4 ^ BitOperations.RotateLeft(c1, 1);
            var d1 = c0 ^ BitOperations.RotateLeft(c2, 1);
            var d2 = c1 ^ BitOperations.RotateLeft(c3, 1);
            var d3 = c2 ^ BitOperations.RotateLeft(c4, 1);
            var d4 = c3 ^ BitOperations.RotateLeft(c0, 1);

            // rho and pi
            var b00 = a00 ^ d0;
            var b10 = BitOperations.RotateLeft(a11 ^ d1, 44);
            var b20 = BitOperations.RotateLeft(a22 ^ d2, 43);
            var b30 = BitOperations.RotateLeft(a33 ^ d3, 21);
            var b40 = BitOperations.RotateLeft(a44 ^ d4, 14);
            var b01 = BitOperations.RotateLeft(a30 ^ d3, 28);
            var b11 = BitOperations.RotateLeft(a41 ^ d4, 20);
            var b21 = BitOperations.RotateLeft(a02 ^ d0, 3);
            var b31 = BitOperations.RotateLeft(a13 ^ d1, 45);
            var b41 = BitOperations.RotateLeft(a24 ^ d2, 61);
            var b02 = BitOperations.RotateLeft(a10 ^ d1, 1);
            var b12 = BitOperations.RotateLeft(a21 ^ d2, 6);
            var b22 = BitOperations.RotateLeft(a32 ^ d3, 25);
            var b32 = BitOperations.RotateLeft(a43 ^ d4, 8);
            var b42 = BitOperations.RotateLeft(a04 ^ d0, 18);
            var b03 = BitOperations.RotateLeft(a40 ^ d4, 27);
            var b13 = BitOperations.RotateLeft(a01 ^ d0, 36);
            var b23 = BitOperations.RotateLeft(a12 ^ d1, 10);
            var b33 = BitOperations.RotateLeft(a23 ^ d2, 15);
            var b43 = BitOperations.RotateLeft(a34 ^ d3, 56);
            var b04 = BitOperations.RotateLeft(a20 ^ d2, 62);
            var b14 = BitOperations.RotateLeft(a31 ^ d3, 55);
            var b24 = BitOperations.RotateLeft(a42 ^ d4, 39);
            var b34 = BitOperations.RotateLeft(a03 ^ d0, 41);
            var b44 = BitOperations.RotateLeft(a14 ^ d1, 2);

            // chi and iota
            a00 = b00 ^ (~b10 & b20) ^ roundConstant;
            a10 = b10 ^ (~b20 & b30);
            a20 = b20 ^ (~b30 & b40);
            a30 = b30 ^ (~b40 & b00);
            a40 = b40 ^ (~b00 & b10);
            a01 = b01 ^ (~b11 & b21);
            a11 = b11 ^ (~b21 & b31);
            a21 = b21 ^ (~b31 & b41);
            a31 = b31 ^ (~b41 & b01);
            a41 = b41 ^ (~b01 & b11);
            a02 = b02 ^ (~b12 & b22);
            a12 = b12 ^ (~b22 & b32);
            a22 = b22 ^ (~b32 & b42);
            a32 = b32 ^ (~b42 & b02);
            a42 = b42 ^ (~b02 & b12);
            a03 = b03 ^ (~b13 & b23);
            a13 = b13 ^ (~b23 & b33);
            a23 = b23 ^ (~b33 & b43);
            a33 = b33 ^ (~b43 & b03);
            a43 = b43 ^ (~b03 & b13);
            a04 = b04 ^ (~b14 & b24);
            a14 = b14 ^ (~b24 & b34);
            a24 = b24 ^ (~b34 & b44);
            a34 = b34 ^ (~b44 & b04);
            a44 = b44 ^ (~b04 & b14);
        }

        lanes25[0] = a00;
        lanes25[1] = a10;
        lanes25[2] = a20;
        lanes25[3] = a30;
        lanes25[4] = a40;
        lanes25[5] = a01;
        lanes25[6] = a11;
        lanes25[7] = a21;
        lanes25[8] = a31;
        lanes25[9] = a41;
        lanes25[10] = a02;
        lanes25[11] = a12;
        lanes25[12] = a22;
        lanes25[13] = a32;
        lanes25[14] = a42;
        lanes25[15] = a03;
        lanes25[16] = a13;
        lanes25[17] = a23;
        lanes25[18] = a33;
        lanes25[19] = a43;
        lanes25[20] = a04;
        lanes25[21] = a14;
        lanes25[22] = a24;
        lanes25[23] = a34;
        lanes25[24] = a44;
    }
}
