namespace SessionSigner.Core;

/// <summary>How long a trace may be. The bounds hold for each of its parts: the ceiling, the narrowing, everything else.</summary>
/// <param name="StepsMax">Most steps.</param>
/// <param name="SizeMax">Most characters in all steps, each with some for its form.</param>
/// <param name="TextMax">Most characters of one observed value or limit.</param>
/// <param name="WithMet">Whether steps that are met are listed.</param>
internal sealed record TraceBounds(int StepsMax, int SizeMax, int TextMax, bool WithMet)
{
    /// <summary>
    /// In a refusal, which travels in a trailer: with the denial it stays below 4 KiB, so that peers that take 8 KiB of headers take it. What is met is left out.
    /// </summary>
    public static TraceBounds Refusal { get; } = new(StepsMax: 8, SizeMax: 640, TextMax: 64, WithMet: false);

    /// <summary>In the answer to an evaluation.</summary>
    public static TraceBounds Answer { get; } = new(StepsMax: 100, SizeMax: 64_000, TextMax: 256, WithMet: true);
}
