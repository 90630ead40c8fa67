namespace SessionSigner.Server;

/// <summary>Counts as people write them.</summary>
internal static class Plural
{
    /// <summary>"1 fault", "2 faults".</summary>
    public static string Of(int count, string one, string many) => $"{count} {(count == 1 ? one : many)}";
}
