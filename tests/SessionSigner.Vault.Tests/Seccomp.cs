using System.Runtime.InteropServices;

namespace SessionSigner.Vault.Tests;

/// <summary>Makes the kernel look like one without memfd_secret to the calling thread.</summary>
internal static unsafe partial class Seccomp
{
    [StructLayout(LayoutKind.Sequential)]
    private struct Instruction(ushort code, byte ifTrue, byte ifFalse, uint operand)
    {
        public ushort Code = code;
        public byte IfTrue = ifTrue;
        public byte IfFalse = ifFalse;
        public uint Operand = operand;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct Program
    {
        public ushort Length;
        public Instruction* Instructions;
    }

    public static void RefuseMemfdSecret()
    {
        const uint Allow = 0x7FFF0000;
        const uint NoSuchCall = 0x00050000 | 38;
        var instructions = stackalloc Instruction[]
        {
            new(0x20, 0, 0, 0), // load the call's number
            new(0x15, 0, 1, 447), // memfd_secret?
            new(0x06, 0, 0, NoSuchCall),
            new(0x06, 0, 0, Allow),
        };
        var program = new Program { Length = 4, Instructions = instructions };
        if (prctl(38, 1, 0, 0, 0) != 0 || prctl(22, 2, (nuint)(&program), 0, 0) != 0)
        {
            throw new InvalidOperationException("The seccomp filter was refused.");
        }
    }

    [LibraryImport("libc")]
    private static partial int prctl(int option, nuint a, nuint b, nuint c, nuint d);
}
