namespace SessionSigner.Cli;

/// <summary>What the user gave cannot be used. The message says what is wrong and what to do next.</summary>
internal sealed class UsageException(string message, Exception? inner = null) : Exception(message, inner);
