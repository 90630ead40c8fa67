using System.Diagnostics.CodeAnalysis;

namespace SessionSigner.Grants;

/// <summary>The text form of a signature. SPEC: OpenSSH PROTOCOL.sshsig 1.</summary>
internal static class SshArmor
{
    // A signature of the largest key has about 400 bytes, its namespace at most 255.
    private const int LengthMax = 4_096;
    private const int LineLengthMax = 76;
    private const string Header = "-----BEGIN SSH SIGNATURE-----";
    private const string Footer = "-----END SSH SIGNATURE-----";

    public static bool TryOpen(string armored, [NotNullWhen(true)] out byte[]? blob, out string fault)
    {
        blob = null;
        if (armored.Length > LengthMax)
        {
            fault = "armor: Must be at most 4096 characters.";
            return false;
        }
        var lines = armored.Split('\n');
        // The last line may end the file with or without a line feed.
        var count = lines[^1].Length == 0 ? lines.Length - 1 : lines.Length;
        if (count < 3 || lines[0] != Header || lines[count - 1] != Footer)
        {
            fault = $"armor: Must be \"{Header}\", lines of base64, and \"{Footer}\", each line ended by a line feed alone.";
            return false;
        }
        var body = lines.AsSpan(1, count - 2);
        for (var i = 0; i < body.Length; i++)
        {
            var isLast = i == body.Length - 1;
            if (body[i].Length is 0 or > LineLengthMax || (isLast ? body[i].Length > body[0].Length : body[i].Length != body[0].Length))
            {
                fault = "armor: Lines of base64 must have 1 to 76 characters, and all but the last the same number.";
                return false;
            }
        }
        if (!StrictBase64.TryDecode(string.Concat(body), out blob))
        {
            fault = "armor: Must be base64 with padding.";
            return false;
        }
        fault = "";
        return true;
    }
}
