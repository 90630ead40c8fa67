namespace SessionSigner.Core;

/// <summary>Text fit for denials and the audit log: printable ASCII of bounded length, so that it can neither forge a line nor hide one.</summary>
internal static class AuditText
{
    /// <summary>Replaces what is not printable ASCII by '?' and cuts at the length.</summary>
    public static string Clip(string text, int lengthMax = 256)
    {
        if (text.Length <= lengthMax && !text.AsSpan().ContainsAnyExceptInRange(' ', '~'))
        {
            return text;
        }
        return string.Create(
            Math.Min(text.Length, lengthMax),
            text,
            static (span, source) =>
            {
                for (var i = 0; i < span.Length; i++)
                {
                    span[i] = source[i] is >= ' ' and <= '~' ? source[i] : '?';
                }
            }
        );
    }

    /// <summary>Clips every text of a refusal.</summary>
    public static Denial Clip(Denial denial) =>
        denial with
        {
            Rule = Clip(denial.Rule),
            Observed = Clip(denial.Observed),
            Limit = Clip(denial.Limit),
            Headroom = Clip(denial.Headroom),
        };
}
