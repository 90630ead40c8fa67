namespace SessionSigner.Core;

/// <summary>The policies that the log and the configuration tell of do not go together; the message says what to do.</summary>
public sealed class PolicyHistoryException(string message) : Exception(message);
