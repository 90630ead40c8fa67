using SessionSigner.Pkcs11;

namespace SessionSigner.Server;

/// <summary>What to do about a token that cannot be used.</summary>
internal static class TokenRemedy
{
    /// <param name="fault">Why it cannot be used; null if the module was not even asked.</param>
    /// <param name="token">How it is configured.</param>
    public static string Of(TokenFault? fault, TokenSection token) =>
        fault switch
        {
            null => "change token.module_environment to names and values that the system takes",
            TokenFault.Options => "change the section token of the configuration as the text says",
            TokenFault.Module =>
                "install the token's own PKCS#11 module for this machine, owned by root and writable by nobody else, and name its absolute path in token.module",
            TokenFault.TokenNotFound =>
                $"connect the token; {List(token)} shows what there is: put its label and serial number into token.label and token.serial",
            TokenFault.PinFile => $"write the PIN as one line into {PinPlace(token)}, owned by the daemon's user, mode 600",
            TokenFault.PinRefused =>
                $"see with {List(token)} whether the token has locked its PIN, then put the right one into {PinPlace(token)}: a changed PIN is tried, once; if it is the right one already, delete the file that the text names",
            TokenFault.KeyNotFound =>
                $"'pkcs11-tool --module {token.Module} --token-label {token.Label} --login --list-objects' shows the keys: put label and identifier of the one that is meant into token.keys, or generate it",
            TokenFault.KeyRefused =>
                "generate a key in the token that is sensitive and not extractable, on secp256k1 or P-256, and name it in token.keys",
            TokenFault.SoftwareToken => "use a hardware token; only for a trial set token.allow_software_token: true",
            TokenFault.Unavailable =>
                $"see that the token is connected and its software runs, until {List(token)} shows it; then run doctor again",
            _ => "report this text as a defect",
        };

    private static string List(TokenSection token) => $"'pkcs11-tool --module {token.Module} --list-token-slots'";

    private static string PinPlace(TokenSection token) => token.PinFile ?? $"the systemd credential {token.PinCredential}";
}
