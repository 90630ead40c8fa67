using System.Runtime.InteropServices;

namespace SessionSigner.Ethereum;

/// <summary>The calls of the C library that change stacks (ucontext.h). Their declarations are the same on x86-64 and arm64.</summary>
internal static unsafe partial class LibC
{
    private const string Library = "libc.so.6";

    /// <summary>The beginning of ucontext_t, which is all that a caller sets; the rest is the library's.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct Context
    {
        public ulong Flags;
        public Context* Link;
        public void* StackBase;
        public int StackFlags;
        public nuint StackSize;
    }

    [LibraryImport(Library, EntryPoint = "getcontext")]
    public static partial int GetContext(Context* context);

    /// <summary>Declared with int arguments behind the count; on 64-bit systems the library passes pointers unharmed (makecontext(3), notes).</summary>
    [LibraryImport(Library, EntryPoint = "makecontext")]
    public static partial void MakeContext(
        Context* context,
        void* function,
        int argumentCount,
        void* a,
        void* b,
        void* c,
        void* d,
        void* e,
        void* f
    );

    [LibraryImport(Library, EntryPoint = "swapcontext")]
    public static partial int SwapContext(Context* save, Context* resume);
}
