namespace SessionSigner.Server;

/// <summary>What a check came to. The zero value is a failure.</summary>
internal enum Verdict
{
    /// <summary>The daemon will not start, or not work.</summary>
    Failed = 0,

    /// <summary>It works; something should be looked at.</summary>
    Warning = 1,

    /// <summary>All is well.</summary>
    Good = 2,
}

/// <summary>One result of the examination. Whatever is not well comes with what to do about it.</summary>
internal sealed record Finding
{
    private Finding(Verdict verdict, string subject, string text, string remedy)
    {
        Verdict = verdict;
        Subject = subject;
        Text = text;
        Remedy = remedy;
    }

    /// <summary>What it came to.</summary>
    public Verdict Verdict { get; }

    /// <summary>What was examined.</summary>
    public string Subject { get; }

    /// <summary>What was found.</summary>
    public string Text { get; }

    /// <summary>What to do next; empty only if all is well.</summary>
    public string Remedy { get; }

    /// <summary>All is well.</summary>
    public static Finding Good(string subject, string text) => new(Verdict.Good, subject, text, "");

    /// <summary>The daemon works; something should be looked at.</summary>
    /// <exception cref="ArgumentException">The remedy is empty.</exception>
    public static Finding Warn(string subject, string text, string remedy) => Bad(Verdict.Warning, subject, text, remedy);

    /// <summary>The daemon will not start, or not work.</summary>
    /// <exception cref="ArgumentException">The remedy is empty.</exception>
    public static Finding Fail(string subject, string text, string remedy) => Bad(Verdict.Failed, subject, text, remedy);

    private static Finding Bad(Verdict verdict, string subject, string text, string remedy)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(remedy);
        return new Finding(verdict, subject, text, remedy);
    }
}
