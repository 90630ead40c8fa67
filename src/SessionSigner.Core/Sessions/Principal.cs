namespace SessionSigner.Core;

/// <summary>An authenticated caller.</summary>
/// <param name="Identity">The one URI of its client certificate, at most 256 characters; compared as text.</param>
public sealed record Principal(string Identity);
