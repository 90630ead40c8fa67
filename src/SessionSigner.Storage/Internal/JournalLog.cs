using Microsoft.Extensions.Logging;

namespace SessionSigner.Storage;

/// <summary>Log messages of the journal: event ids 4000 to 4099.</summary>
internal static partial class JournalLog
{
    [LoggerMessage(4000, LogLevel.Information, "Journal {Path} opened: {Size} entries verified in {DurationMs} ms")]
    public static partial void Opened(ILogger logger, string path, long size, long durationMs);

    [LoggerMessage(
        4001,
        LogLevel.Critical,
        "The journal failed after {Size} entries; nothing is signed any more. Remove the cause and restart the daemon, which verifies what is stored"
    )]
    public static partial void Failed(ILogger logger, Exception cause, long size);

    [LoggerMessage(4002, LogLevel.Warning, "A write was refused at its turn: {Code}")]
    public static partial void Rejected(ILogger logger, Core.ErrorCode code);
}
