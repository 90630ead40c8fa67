using Microsoft.Extensions.Logging;

namespace SessionSigner.Server.Tests;

/// <summary>Keeps what is logged.</summary>
internal sealed class EventLog : ILogger
{
    public List<(LogLevel Level, int Id, string Text)> Events { get; } = [];

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel level, EventId id, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        Events.Add((level, id.Id, formatter(state, exception)));
}
