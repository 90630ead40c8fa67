using SessionSigner.Core;

namespace SessionSigner.Storage;

/// <summary>What changes of a session while it lives, as the writer keeps it in memory. The batch writes those that were touched.</summary>
internal sealed class SessionState(string sessionId, long sequence)
{
    public string SessionId { get; } = sessionId;

    public long Sequence { get; } = sequence;

    public long Signatures { get; set; }

    public SessionEndReason EndReason { get; set; }

    public string EndedBy { get; set; } = "";

    public long EndedAtMs { get; set; }

    /// <summary>Whether the batch under way changed it.</summary>
    public bool IsTouched { get; set; }
}
