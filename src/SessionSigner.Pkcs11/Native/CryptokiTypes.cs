using System.Runtime.InteropServices;

namespace SessionSigner.Pkcs11;

// Structures of PKCS #11 with the natural alignment that modules for Linux use; CK_ULONG is as wide as a pointer there.
// SPEC: https://docs.oasis-open.org/pkcs11/pkcs11-base/v2.40/os/pkcs11-base-v2.40-os.html

/// <summary>CK_C_INITIALIZE_ARGS.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct InitializeArguments
{
    public const uint OsLockingOk = 0x2;

    public nint CreateMutex;
    public nint DestroyMutex;
    public nint LockMutex;
    public nint UnlockMutex;
    public nuint Flags;
    public nint Reserved;
}

/// <summary>CK_TOKEN_INFO.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct TokenInfo
{
    public const uint UserPinInitialized = 0x8;
    public const uint Initialized = 0x400;
    public const uint UserPinFinalTry = 0x20000;
    public const uint UserPinLocked = 0x40000;

    public fixed byte Label[32];
    public fixed byte Manufacturer[32];
    public fixed byte Model[16];
    public fixed byte Serial[16];
    public nuint Flags;
    public nuint MaxSessionCount;
    public nuint SessionCount;
    public nuint MaxReadWriteSessionCount;
    public nuint ReadWriteSessionCount;
    public nuint MaxPinLength;
    public nuint MinPinLength;
    public nuint TotalPublicMemory;
    public nuint FreePublicMemory;
    public nuint TotalPrivateMemory;
    public nuint FreePrivateMemory;
    public ushort HardwareVersion;
    public ushort FirmwareVersion;
    public fixed byte UtcTime[16];
}

/// <summary>CK_SESSION_INFO.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct SessionInfo
{
    public const uint ReadOnlyUser = 1;
    public const uint ReadWriteUser = 3;

    public nuint Slot;
    public nuint State;
    public nuint Flags;
    public nuint DeviceError;
}

/// <summary>CK_MECHANISM.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct Mechanism
{
    public const uint EcKeyPairGeneration = 0x1040;
    public const uint Ecdsa = 0x1041;

    public nuint Type;
    public nint Parameter;
    public nuint ParameterLength;
}

/// <summary>CK_ATTRIBUTE.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct AttributeEntry
{
    public nuint Type;
    public nint Value;
    public nuint Length;
}

/// <summary>The CKA values that are read or written. CKA_VALUE is not among them: no code here can ask for a private key.</summary>
internal enum AttributeType : uint
{
    Class = 0x0,
    Token = 0x1,
    Private = 0x2,
    Label = 0x3,
    KeyType = 0x100,
    Id = 0x102,
    Sensitive = 0x103,
    Sign = 0x108,
    Verify = 0x10A,
    Extractable = 0x162,
    Local = 0x163,
    NeverExtractable = 0x164,
    AlwaysSensitive = 0x165,
    EcParameters = 0x180,
    EcPoint = 0x181,
}

/// <summary>CKO values.</summary>
internal enum ObjectClass : uint
{
    PublicKey = 2,
    PrivateKey = 3,
}

/// <summary>CKU values.</summary>
internal enum UserType : uint
{
    SecurityOfficer = 0,
    User = 1,
}
