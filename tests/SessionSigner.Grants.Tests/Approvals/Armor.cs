namespace SessionSigner.Grants.Tests;

/// <summary>The text form of signatures, written as ssh-keygen does.</summary>
internal static class Armor
{
    public static string Close(byte[] blob, int lineLength = 70)
    {
        var base64 = Convert.ToBase64String(blob);
        var lines = base64.Chunk(lineLength).Select(line => new string(line));
        return $"-----BEGIN SSH SIGNATURE-----\n{string.Join('\n', lines)}\n-----END SSH SIGNATURE-----\n";
    }

    public static byte[] Open(string armored) => Convert.FromBase64String(string.Concat(armored.Split('\n')[1..^2]));
}
