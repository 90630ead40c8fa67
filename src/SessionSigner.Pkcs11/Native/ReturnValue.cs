namespace SessionSigner.Pkcs11;

/// <summary>The CKR values this project acts on, by their names in PKCS #11.</summary>
internal static class ReturnValue
{
    public const uint Ok = 0x0;
    public const uint CantLock = 0xA;
    public const uint AttributeSensitive = 0x11;
    public const uint AttributeTypeInvalid = 0x12;
    public const uint DeviceRemoved = 0x32;
    public const uint PinIncorrect = 0xA0;
    public const uint PinInvalid = 0xA1;
    public const uint PinLengthRange = 0xA2;
    public const uint PinExpired = 0xA3;
    public const uint PinLocked = 0xA4;
    public const uint SessionClosed = 0xB0;
    public const uint SessionCount = 0xB1;
    public const uint SessionHandleInvalid = 0xB3;
    public const uint TokenNotPresent = 0xE0;
    public const uint UserAlreadyLoggedIn = 0x100;
    public const uint UserPinNotInitialized = 0x102;
    public const uint NotInitialized = 0x190;
    public const uint AlreadyInitialized = 0x191;

    /// <summary>Whether the token looked at the PIN and refused it, so that trying it again could lock the token.</summary>
    public static bool RefusesPin(nuint code) => code is PinIncorrect or PinInvalid or PinLengthRange or PinExpired or PinLocked;

    /// <summary>
    /// Whether the token cannot have looked at a PIN: there was no session, or no token. Any other code may be how a module says that a PIN is wrong: a general
    /// error, a failed function, a code of its vendor.
    /// </summary>
    public static bool LeavesPinAlone(nuint code) =>
        code is SessionClosed or SessionCount or SessionHandleInvalid or TokenNotPresent or DeviceRemoved;

    /// <summary>Name and number, for logs.</summary>
    public static string Describe(nuint code) =>
        code switch
        {
            0x1 => "CKR_CANCEL",
            0x2 => "CKR_HOST_MEMORY",
            0x3 => "CKR_SLOT_ID_INVALID",
            0x5 => "CKR_GENERAL_ERROR",
            0x6 => "CKR_FUNCTION_FAILED",
            0x7 => "CKR_ARGUMENTS_BAD",
            CantLock => "CKR_CANT_LOCK",
            AttributeSensitive => "CKR_ATTRIBUTE_SENSITIVE",
            AttributeTypeInvalid => "CKR_ATTRIBUTE_TYPE_INVALID",
            0x13 => "CKR_ATTRIBUTE_VALUE_INVALID",
            0x30 => "CKR_DEVICE_ERROR",
            0x31 => "CKR_DEVICE_MEMORY",
            DeviceRemoved => "CKR_DEVICE_REMOVED",
            0x50 => "CKR_FUNCTION_CANCELED",
            0x54 => "CKR_FUNCTION_NOT_SUPPORTED",
            0x60 => "CKR_KEY_HANDLE_INVALID",
            0x70 => "CKR_MECHANISM_INVALID",
            0x82 => "CKR_OBJECT_HANDLE_INVALID",
            0x90 => "CKR_OPERATION_ACTIVE",
            0x91 => "CKR_OPERATION_NOT_INITIALIZED",
            PinIncorrect => "CKR_PIN_INCORRECT",
            PinInvalid => "CKR_PIN_INVALID",
            PinLengthRange => "CKR_PIN_LEN_RANGE",
            PinExpired => "CKR_PIN_EXPIRED",
            PinLocked => "CKR_PIN_LOCKED",
            SessionClosed => "CKR_SESSION_CLOSED",
            SessionCount => "CKR_SESSION_COUNT",
            SessionHandleInvalid => "CKR_SESSION_HANDLE_INVALID",
            0xD0 => "CKR_TEMPLATE_INCOMPLETE",
            0xD1 => "CKR_TEMPLATE_INCONSISTENT",
            TokenNotPresent => "CKR_TOKEN_NOT_PRESENT",
            0xE1 => "CKR_TOKEN_NOT_RECOGNIZED",
            UserAlreadyLoggedIn => "CKR_USER_ALREADY_LOGGED_IN",
            0x101 => "CKR_USER_NOT_LOGGED_IN",
            UserPinNotInitialized => "CKR_USER_PIN_NOT_INITIALIZED",
            0x103 => "CKR_USER_TYPE_INVALID",
            0x130 => "CKR_DOMAIN_PARAMS_INVALID",
            0x140 => "CKR_CURVE_NOT_SUPPORTED",
            0x150 => "CKR_BUFFER_TOO_SMALL",
            NotInitialized => "CKR_CRYPTOKI_NOT_INITIALIZED",
            AlreadyInitialized => "CKR_CRYPTOKI_ALREADY_INITIALIZED",
            _ => "CKR",
        } + $" (0x{(ulong)code:x})";
}

/// <summary>A Cryptoki call answered something other than CKR_OK. Never shown to clients.</summary>
internal sealed class CryptokiException(string function, nuint code) : Exception($"{function} answered {ReturnValue.Describe(code)}.")
{
    public nuint Code { get; } = code;
}
