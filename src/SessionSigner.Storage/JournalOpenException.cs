namespace SessionSigner.Storage;

/// <summary>The journal was not opened: its place is unsafe, it is in use, or what is stored does not verify. The message says what and where.</summary>
public sealed class JournalOpenException : Exception
{
    /// <param name="message">What is wrong and what to do; for the operator, never for a client.</param>
    /// <param name="inner">The cause, if there is one.</param>
    public JournalOpenException(string message, Exception? inner = null)
        : base(message, inner) { }

    /// <summary>Whether another process owns the journal and nothing else is known to be wrong.</summary>
    public bool IsInUse { get; init; }

    /// <summary>Whether what is wrong is who may reach the journal's place or what disk it is on, not what is stored there.</summary>
    public bool IsPlaceUnsafe { get; init; }
}
