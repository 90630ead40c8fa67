using System.Runtime.CompilerServices;

namespace SessionSigner.Vault;

/// <summary>
/// libsecp256k1 works with copies of the scalar and of the nonce on the stack. It clears them, but a compiler may drop such clearing;
/// overwriting the stack below the caller after each use makes sure that a key exists outside the arena only while an operation runs.
/// </summary>
internal static unsafe class NativeStack
{
    /// <summary>Bytes overwritten, several times what libsecp256k1's signing takes.</summary>
    public const int ClearedBytes = 16 * 1024;

    /// <summary>Call it from the very method that called the native code: its frame then begins where that call's frame began.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    [SkipLocalsInit]
    public static void Clear()
    {
        var bytes = stackalloc byte[ClearedBytes];
        Libc.Zero(bytes, ClearedBytes);
    }
}
