using System.Diagnostics;
using System.Runtime.InteropServices;

namespace SessionSigner.Pkcs11.Tests;

/// <summary>The positions in CK_FUNCTION_LIST at which the shim can fail.</summary>
public enum Position
{
    Initialize = 0,
    Terminate = 1,
    GetSlotList = 4,
    GetTokenInfo = 6,
    OpenSession = 12,
    CloseSession = 13,
    GetSessionInfo = 15,
    Login = 18,
    GetAttributeValue = 24,
    FindObjectsInit = 26,
    FindObjects = 27,
    FindObjectsFinal = 28,
    SignInit = 42,
    Sign = 43,
}

/// <summary>shim.c, compiled and loaded.</summary>
internal sealed unsafe class FaultyModule
{
    private readonly nint _library;

    public FaultyModule(string folder)
    {
        Path = System.IO.Path.Combine(folder, "shim.so");
        if (!File.Exists(Path))
        {
            var source = System.IO.Path.Combine(AppContext.BaseDirectory, "Shim", "shim.c");
            using var compiler = Process.Start("gcc", ["-shared", "-fPIC", "-O1", "-w", "-o", Path, source, "-ldl"]);
            compiler.WaitForExit();
            Assert.Equal(0, compiler.ExitCode);
        }
        _library = NativeLibrary.Load(Path);
        Reset();
    }

    public string Path { get; }

    public void Fail(Position position, uint code, int times = int.MaxValue) =>
        ((delegate* unmanaged[Cdecl]<int, nuint, int, void>)Export("shim_fail"))((int)position, code, times);

    public void Delay(Position position, int milliseconds) =>
        ((delegate* unmanaged[Cdecl]<int, int, void>)Export("shim_delay"))((int)position, milliseconds);

    public void ChangeSignature(int kind) => ((delegate* unmanaged[Cdecl]<int, void>)Export("shim_change_signature"))(kind);

    public int Calls(Position position) => ((delegate* unmanaged[Cdecl]<int, int>)Export("shim_calls"))((int)position);

    public void Reset() => ((delegate* unmanaged[Cdecl]<void>)Export("shim_reset"))();

    private nint Export(string name) => NativeLibrary.GetExport(_library, name);
}
