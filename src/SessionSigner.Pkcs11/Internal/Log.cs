using Microsoft.Extensions.Logging;

namespace SessionSigner.Pkcs11;

/// <summary>Log events 3000 to 3099.</summary>
internal static partial class Log
{
    [LoggerMessage(3000, LogLevel.Information, "Token {Token} (serial {Serial}) is in use; {Keys} primary keys.")]
    public static partial void Opened(ILogger logger, string token, string serial, int keys);

    [LoggerMessage(3001, LogLevel.Error, "A call into the token failed.")]
    public static partial void CallFailed(ILogger logger, Exception exception);

    [LoggerMessage(3002, LogLevel.Error, "Token {Token} is lost; grants are refused until it is back.")]
    public static partial void Lost(ILogger logger, string token);

    [LoggerMessage(3003, LogLevel.Warning, "The token is not back.")]
    public static partial void RecoveryFailed(ILogger logger, Exception exception);

    [LoggerMessage(3004, LogLevel.Information, "Token {Token} is back.")]
    public static partial void Recovered(ILogger logger, string token);

    [LoggerMessage(
        3005,
        LogLevel.Warning,
        "A call into the token takes longer than {Timeout}; {Lost} of {Workers} workers are inside one."
    )]
    public static partial void CallTimedOut(ILogger logger, TimeSpan timeout, int lost, int workers);

    [LoggerMessage(3006, LogLevel.Warning, "The PKCS#11 module did not let itself be finalised in time.")]
    public static partial void CloseTimedOut(ILogger logger);
}
