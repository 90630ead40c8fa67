namespace SessionSigner.Core;

/// <summary>How the audit log and documents name the kinds of payloads.</summary>
internal static class PayloadKindText
{
    private static readonly Dictionary<string, PayloadKind> s_kinds = new(StringComparer.Ordinal)
    {
        ["transaction"] = PayloadKind.Transaction,
        ["typed_data"] = PayloadKind.TypedData,
        ["message"] = PayloadKind.Message,
        ["digest"] = PayloadKind.Digest,
        ["user_operation"] = PayloadKind.UserOperation,
    };

    private static readonly Dictionary<PayloadKind, string> s_names = s_kinds.ToDictionary(pair => pair.Value, pair => pair.Key);

    /// <summary>All of them, for a fault.</summary>
    public static string Names { get; } = string.Join(", ", s_kinds.Keys);

    /// <summary>The name; empty for no kind.</summary>
    public static string Of(PayloadKind kind) => s_names.GetValueOrDefault(kind, "");

    /// <summary>The kind, or <see cref="PayloadKind.Unspecified"/> for any other text.</summary>
    public static PayloadKind Parse(string text) => s_kinds.GetValueOrDefault(text);
}
