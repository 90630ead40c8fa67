namespace SessionSigner.Server;

/// <summary>Log events 1200 to 1209.</summary>
internal static partial class TlsLog
{
    [LoggerMessage(1200, LogLevel.Information, "Certificates read again: {What}")]
    public static partial void Reloaded(ILogger logger, string what);

    [LoggerMessage(1201, LogLevel.Error, "{File} was not taken over as it is now; what it said before stays in force: {Fault}")]
    public static partial void ReadingFailed(ILogger logger, string file, string fault);

    [LoggerMessage(
        1202,
        LogLevel.Error,
        "The server certificate {File} has expired on {End:yyyy-MM-dd}: clients refuse it; put a new one in its place"
    )]
    public static partial void Expired(ILogger logger, string file, DateTimeOffset end);

    [LoggerMessage(1203, LogLevel.Warning, "The server certificate {File} expires on {End:yyyy-MM-dd}; put a new one in its place")]
    public static partial void ExpiresSoon(ILogger logger, string file, DateTimeOffset end);

    [LoggerMessage(1204, LogLevel.Warning, "{File} no longer names all it did; that takes effect when the next reading says the same")]
    public static partial void TakesBack(ILogger logger, string file);

    [LoggerMessage(
        1205,
        LogLevel.Error,
        "{Lines} of {File}: not a SHA-256 fingerprint of 64 hexadecimal digits. The other lines are in force, and so is every refusal from before"
    )]
    public static partial void FaultyLines(ILogger logger, string lines, string file);
}
