using System.Text.Json;

namespace SessionSigner.Audit.Tests;

/// <summary>proto/spec/audit-log.vectors.json.</summary>
internal static class Vectors
{
    public static JsonElement Root { get; } =
        JsonDocument.Parse(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "audit-log.vectors.json"))).RootElement;

    public static IEnumerable<JsonElement> List(string name) => Root.GetProperty(name).EnumerateArray();

    public static byte[] Hex(this JsonElement element, string name) => Convert.FromHexString(element.GetProperty(name).GetString()!);

    public static string Text(this JsonElement element, string name) => element.GetProperty(name).GetString()!;
}
