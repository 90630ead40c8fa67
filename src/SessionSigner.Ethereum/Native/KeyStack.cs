using System.Security.Cryptography;

namespace SessionSigner.Ethereum;

/// <summary>
/// A stack in memory of the caller's choice, on which libsecp256k1 runs while it works with a private key. The library copies the scalar and derives the
/// nonce on its stack; with this, those copies are in that memory and nowhere else. Not thread safe: one call at a time.
/// </summary>
/// <remarks>
/// The C library's swapcontext(3) changes stacks. Only native code ever runs on this one: the runtime sees a thread that is inside a native call and
/// never looks at the stack it is on. Layout, from the low end: the stack, which grows down towards whatever lies below the memory (a guard page, if the
/// caller is wise), then the two contexts.
/// </remarks>
public sealed unsafe class KeyStack
{
    /// <summary>Bytes of memory it takes.</summary>
    public const int Size = 64 * 1024;

    // sizeof(ucontext_t) is 968 on x86-64 and 4,560 on arm64.
    private const int ContextBytes = 8 * 1024;
    internal const int StackBytes = Size - (2 * ContextBytes);

    /// <summary>Bytes overwritten after each call, several times what libsecp256k1 takes (a test measures it).</summary>
    internal const int ClearedBytes = 16 * 1024;

    private readonly byte* _stack;
    private readonly LibC.Context* _callee;
    private readonly LibC.Context* _caller;

    /// <param name="memory"><see cref="Size"/> bytes, zeros, aligned to 16; must stay mapped as long as this object is used.</param>
    /// <exception cref="CryptographicException">The C library refuses.</exception>
    public KeyStack(byte* memory)
    {
        ArgumentNullException.ThrowIfNull(memory);
        _stack = memory;
        _callee = (LibC.Context*)(memory + StackBytes);
        _caller = (LibC.Context*)(memory + StackBytes + ContextBytes);
        if (LibC.GetContext(_callee) != 0)
        {
            throw new CryptographicException("getcontext failed.");
        }
    }

    /// <summary>Calls a function of up to six pointers on this stack, then overwrites what it left there. What the function returns is lost.</summary>
    internal void Call(void* function, void* a = null, void* b = null, void* c = null, void* d = null, void* e = null, void* f = null)
    {
        _callee->Link = _caller;
        _callee->StackBase = _stack;
        _callee->StackSize = StackBytes;
        LibC.MakeContext(_callee, function, 6, a, b, c, d, e, f);
        var result = LibC.SwapContext(_caller, _callee);
        CryptographicOperations.ZeroMemory(new Span<byte>(_stack + StackBytes - ClearedBytes, ClearedBytes));
        if (result != 0)
        {
            throw new CryptographicException("swapcontext failed.");
        }
    }
}
