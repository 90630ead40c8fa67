using System.Runtime.InteropServices;

namespace SessionSigner.Pkcs11;

/// <summary>
/// The functions of a PKCS #11 module, taken from C_GetFunctionList; only those that are used. The signing functions are bound in <see cref="GrantDigestSigning"/> alone.
/// A module stays loaded for the life of the process: unloading one runs its exit handlers against those of OpenSSL.
/// </summary>
internal sealed unsafe class Cryptoki
{
    private readonly nint _functionList;

    private readonly delegate* unmanaged[Cdecl]<InitializeArguments*, nuint> _initialize;
    private readonly delegate* unmanaged[Cdecl]<void*, nuint> _finalize;
    private readonly delegate* unmanaged[Cdecl]<byte, nuint*, nuint*, nuint> _getSlotList;
    private readonly delegate* unmanaged[Cdecl]<nuint, TokenInfo*, nuint> _getTokenInfo;
    private readonly delegate* unmanaged[Cdecl]<nuint, byte*, nuint, byte*, nuint> _initToken;
    private readonly delegate* unmanaged[Cdecl]<nuint, byte*, nuint, nuint> _initPin;
    private readonly delegate* unmanaged[Cdecl]<nuint, nuint, void*, void*, nuint*, nuint> _openSession;
    private readonly delegate* unmanaged[Cdecl]<nuint, nuint> _closeSession;
    private readonly delegate* unmanaged[Cdecl]<nuint, SessionInfo*, nuint> _getSessionInfo;
    private readonly delegate* unmanaged[Cdecl]<nuint, nuint, byte*, nuint, nuint> _login;
    private readonly delegate* unmanaged[Cdecl]<nuint, nuint, AttributeEntry*, nuint, nuint> _getAttributeValue;
    private readonly delegate* unmanaged[Cdecl]<nuint, AttributeEntry*, nuint, nuint> _findObjectsInit;
    private readonly delegate* unmanaged[Cdecl]<nuint, nuint*, nuint, nuint*, nuint> _findObjects;
    private readonly delegate* unmanaged[Cdecl]<nuint, nuint> _findObjectsFinal;
    private readonly delegate* unmanaged[Cdecl]<
        nuint,
        Mechanism*,
        AttributeEntry*,
        nuint,
        AttributeEntry*,
        nuint,
        nuint*,
        nuint*,
        nuint> _generateKeyPair;

    private Cryptoki(nint functionList)
    {
        _functionList = functionList;
        _initialize = (delegate* unmanaged[Cdecl]<InitializeArguments*, nuint>)Function(0);
        _finalize = (delegate* unmanaged[Cdecl]<void*, nuint>)Function(1);
        _getSlotList = (delegate* unmanaged[Cdecl]<byte, nuint*, nuint*, nuint>)Function(4);
        _getTokenInfo = (delegate* unmanaged[Cdecl]<nuint, TokenInfo*, nuint>)Function(6);
        _initToken = (delegate* unmanaged[Cdecl]<nuint, byte*, nuint, byte*, nuint>)Function(9);
        _initPin = (delegate* unmanaged[Cdecl]<nuint, byte*, nuint, nuint>)Function(10);
        _openSession = (delegate* unmanaged[Cdecl]<nuint, nuint, void*, void*, nuint*, nuint>)Function(12);
        _closeSession = (delegate* unmanaged[Cdecl]<nuint, nuint>)Function(13);
        _getSessionInfo = (delegate* unmanaged[Cdecl]<nuint, SessionInfo*, nuint>)Function(15);
        _login = (delegate* unmanaged[Cdecl]<nuint, nuint, byte*, nuint, nuint>)Function(18);
        _getAttributeValue = (delegate* unmanaged[Cdecl]<nuint, nuint, AttributeEntry*, nuint, nuint>)Function(24);
        _findObjectsInit = (delegate* unmanaged[Cdecl]<nuint, AttributeEntry*, nuint, nuint>)Function(26);
        _findObjects = (delegate* unmanaged[Cdecl]<nuint, nuint*, nuint, nuint*, nuint>)Function(27);
        _findObjectsFinal = (delegate* unmanaged[Cdecl]<nuint, nuint>)Function(28);
        _generateKeyPair = (delegate* unmanaged[Cdecl]<
            nuint,
            Mechanism*,
            AttributeEntry*,
            nuint,
            AttributeEntry*,
            nuint,
            nuint*,
            nuint*,
            nuint>)Function(59);
        Signing = new GrantDigestSigning(this);
    }

    public GrantDigestSigning Signing { get; }

    /// <summary>Loads the module. Does not initialise it.</summary>
    /// <exception cref="TokenException">It cannot be loaded or is no PKCS #11 module.</exception>
    public static Cryptoki Load(string path)
    {
        if (!NativeLibrary.TryLoad(path, out var library))
        {
            throw new TokenException(
                TokenFault.Module,
                $"The PKCS#11 module {path} cannot be loaded. Check that it is a shared library for this machine's architecture and that the libraries it needs are installed (ldd {path})."
            );
        }
        if (!NativeLibrary.TryGetExport(library, "C_GetFunctionList", out var export))
        {
            throw new TokenException(TokenFault.Module, $"{path} is not a PKCS#11 module: it has no C_GetFunctionList.");
        }
        nint list;
        Check("C_GetFunctionList", ((delegate* unmanaged[Cdecl]<nint*, nuint>)export)(&list));
        return list != 0 ? new Cryptoki(list) : throw new TokenException(TokenFault.Module, $"{path} has no function list.");
    }

    /// <summary>The function at a position of CK_FUNCTION_LIST; the version before them fills one pointer.</summary>
    public nint Function(int index)
    {
        var function = ((nint*)_functionList)[index + 1];
        return function != 0
            ? function
            : throw new TokenException(TokenFault.Module, $"The PKCS#11 module lacks function {index} of the function list.");
    }

    /// <summary>C_Initialize with operating-system locks; false if the module cannot lock, in which case it is initialised for calls made one at a time.</summary>
    public bool Initialize()
    {
        var arguments = new InitializeArguments { Flags = InitializeArguments.OsLockingOk };
        var code = _initialize(&arguments);
        if (code == ReturnValue.CantLock)
        {
            Check("C_Initialize", _initialize(null));
            return false;
        }
        Check("C_Initialize", code);
        return true;
    }

    public void Terminate() => Check("C_Finalize", _finalize(null));

    /// <summary>Slots that hold a token.</summary>
    public nuint[] GetSlotsWithToken()
    {
        // The first call, without a buffer, is also what makes some modules look for tokens again.
        nuint count = 0;
        Check("C_GetSlotList", _getSlotList(1, null, &count));
        var slots = new nuint[checked((int)Math.Min(count, 1024))];
        count = (nuint)slots.Length;
        fixed (nuint* first = slots)
        {
            Check("C_GetSlotList", _getSlotList(1, first, &count));
        }
        return slots[..checked((int)Math.Min(count, (nuint)slots.Length))];
    }

    public TokenInfo GetTokenInfo(nuint slot)
    {
        TokenInfo info;
        Check("C_GetTokenInfo", _getTokenInfo(slot, &info));
        return info;
    }

    public void InitializeToken(nuint slot, ReadOnlySpan<byte> securityOfficerPin, ReadOnlySpan<byte> label32)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(label32.Length, 32, nameof(label32));
        fixed (
            byte* pin = securityOfficerPin,
                label = label32
        )
        {
            Check("C_InitToken", _initToken(slot, pin, (nuint)securityOfficerPin.Length, label));
        }
    }

    public void InitializeUserPin(nuint session, ReadOnlySpan<byte> userPin)
    {
        fixed (byte* pin = userPin)
        {
            Check("C_InitPIN", _initPin(session, pin, (nuint)userPin.Length));
        }
    }

    public nuint OpenSession(nuint slot, bool readWrite)
    {
        const nuint SerialSession = 4;
        const nuint ReadWriteSession = 2;
        nuint session;
        Check("C_OpenSession", _openSession(slot, SerialSession | (readWrite ? ReadWriteSession : 0), null, null, &session));
        return session;
    }

    /// <summary>Closes a session that may already be gone: the answer does not matter.</summary>
    public void CloseSession(nuint session) => _ = _closeSession(session);

    public SessionInfo GetSessionInfo(nuint session)
    {
        SessionInfo info;
        Check("C_GetSessionInfo", _getSessionInfo(session, &info));
        return info;
    }

    /// <summary>C_Login; the caller must look at the code.</summary>
    public nuint Login(nuint session, UserType user, ReadOnlySpan<byte> pin)
    {
        fixed (byte* first = pin)
        {
            return _login(session, (nuint)user, first, (nuint)pin.Length);
        }
    }

    /// <summary>One attribute's bytes, or null if the object does not have it or does not show it.</summary>
    public byte[]? GetAttribute(nuint session, nuint handle, AttributeType type)
    {
        const int LengthMax = 4096;
        // One attribute per call: with several, one that fails hides which of the others were filled.
        var entry = new AttributeEntry { Type = (nuint)type };
        var code = _getAttributeValue(session, handle, &entry, 1);
        if (code is ReturnValue.AttributeSensitive or ReturnValue.AttributeTypeInvalid || entry.Length == nuint.MaxValue)
        {
            return null;
        }
        Check("C_GetAttributeValue", code);
        if (entry.Length > LengthMax)
        {
            throw new CryptokiException("C_GetAttributeValue (length)", entry.Length);
        }
        var value = new byte[(int)entry.Length];
        fixed (byte* first = value)
        {
            entry.Value = (nint)first;
            Check("C_GetAttributeValue", _getAttributeValue(session, handle, &entry, 1));
        }
        return entry.Length == (nuint)value.Length ? value : throw new CryptokiException("C_GetAttributeValue (length)", entry.Length);
    }

    /// <summary>Handles of the objects that match, at most <paramref name="limit"/>.</summary>
    public nuint[] FindObjects(nuint session, AttributeTemplate template, int limit)
    {
        Check("C_FindObjectsInit", _findObjectsInit(session, template.Entries, (nuint)template.Count));
        var found = new List<nuint>();
        nuint code;
        try
        {
            nuint handle;
            nuint count;
            while (found.Count < limit)
            {
                Check("C_FindObjects", _findObjects(session, &handle, 1, &count));
                if (count == 0)
                {
                    break;
                }
                found.Add(handle);
            }
        }
        finally
        {
            code = _findObjectsFinal(session);
        }
        Check("C_FindObjectsFinal", code);
        return [.. found];
    }

    public (nuint PublicKey, nuint PrivateKey) GenerateEcKeyPair(nuint session, AttributeTemplate publicKey, AttributeTemplate privateKey)
    {
        var mechanism = new Mechanism { Type = Mechanism.EcKeyPairGeneration };
        nuint publicHandle;
        nuint privateHandle;
        Check(
            "C_GenerateKeyPair",
            _generateKeyPair(
                session,
                &mechanism,
                publicKey.Entries,
                (nuint)publicKey.Count,
                privateKey.Entries,
                (nuint)privateKey.Count,
                &publicHandle,
                &privateHandle
            )
        );
        return (publicHandle, privateHandle);
    }

    public static void Check(string function, nuint code)
    {
        if (code != ReturnValue.Ok)
        {
            throw new CryptokiException(function, code);
        }
    }
}
