using System.Text;

namespace SessionSigner.Pkcs11;

/// <summary>What a token says of itself, without padding.</summary>
internal sealed record TokenDescription(string Label, string Serial, string Model, nuint Flags, nuint MaxSessionCount)
{
    private static readonly string[] s_softwareModels = ["SoftHSM", "NSS 3", "IBM Soft", "Kryoptic"];

    public bool IsInitialized => Has(TokenInfo.Initialized);

    /// <summary>Whether the token says that it is one of the software tokens known here: SoftHSM, NSS, openCryptoki's Soft, Kryoptic.</summary>
    public bool IsSoftware => s_softwareModels.Any(model => Model.Contains(model, StringComparison.OrdinalIgnoreCase));

    public bool Has(uint flag) => (Flags & flag) != 0;

    public static unsafe TokenDescription From(TokenInfo info) =>
        new(
            Text(new ReadOnlySpan<byte>(info.Label, 32)),
            Text(new ReadOnlySpan<byte>(info.Serial, 16)),
            (Text(new ReadOnlySpan<byte>(info.Manufacturer, 32)) + " " + Text(new ReadOnlySpan<byte>(info.Model, 16))).Trim(),
            info.Flags,
            info.MaxSessionCount
        );

    // Blank padded by the standard; some modules pad with zeros.
    private static string Text(ReadOnlySpan<byte> padded) => Encoding.UTF8.GetString(padded.TrimEnd(" \0"u8));
}
