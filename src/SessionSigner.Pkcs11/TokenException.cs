namespace SessionSigner.Pkcs11;

/// <summary>Why a token or a key cannot be used. The zero value is a defect.</summary>
public enum TokenFault
{
    /// <summary>Not stated; a defect.</summary>
    Unspecified = 0,

    /// <summary>An option breaks a rule.</summary>
    Options = 1,

    /// <summary>The module's file is missing, unsafe or no PKCS#11 module.</summary>
    Module = 2,

    /// <summary>No token, or more than one, has the label and serial number.</summary>
    TokenNotFound = 3,

    /// <summary>The file that holds the PIN is missing or readable by others.</summary>
    PinFile = 4,

    /// <summary>The token has refused the PIN. It is not tried again until the PIN changes.</summary>
    PinRefused = 5,

    /// <summary>No key, or more than one, has the label and identifier.</summary>
    KeyNotFound = 6,

    /// <summary>The key is not what a primary key must be: extractable, not sensitive, made elsewhere, or on another curve.</summary>
    KeyRefused = 7,

    /// <summary>A key or a token with this label exists already; nothing is ever overwritten.</summary>
    AlreadyExists = 8,

    /// <summary>The token is software, and configuration does not allow that.</summary>
    SoftwareToken = 10,

    /// <summary>The token does not answer as it should; it may later.</summary>
    Unavailable = 9,
}

/// <summary>A token or a key cannot be used. The message is for the operator and says what to do; it holds no secret. Not for clients.</summary>
public sealed class TokenException : Exception
{
    /// <param name="fault">Why.</param>
    /// <param name="message">What is wrong and what to do.</param>
    /// <param name="inner">The cause.</param>
    public TokenException(TokenFault fault, string message, Exception? inner = null)
        : base(message, inner) => Fault = fault;

    /// <summary>Why.</summary>
    public TokenFault Fault { get; }
}
