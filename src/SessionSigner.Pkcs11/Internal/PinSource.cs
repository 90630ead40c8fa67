namespace SessionSigner.Pkcs11;

/// <summary>Where the PIN of a token is read from, each time it is needed.</summary>
internal sealed class PinSource
{
    private readonly string _path;
    private readonly bool _isCredential;

    public PinSource(string? pinFile, string? pinCredential)
    {
        if (pinFile is null == pinCredential is null)
        {
            throw new TokenException(TokenFault.Options, "Set exactly one of the PIN's file and the PIN's systemd credential.");
        }
        _isCredential = pinCredential is not null;
        _path = pinFile ?? ResolveCredential(pinCredential!);
        if (!Path.IsPathFullyQualified(_path))
        {
            throw new TokenException(TokenFault.Options, $"The PIN file {_path} must be an absolute path.");
        }
    }

    public Pin Read() => Pin.Read(_path, _isCredential);

    public override string ToString() => _path;

    private static string ResolveCredential(string name)
    {
        var folder = Environment.GetEnvironmentVariable("CREDENTIALS_DIRECTORY");
        if (name.Length == 0 || name.Contains('/', StringComparison.Ordinal) || name is "." or "..")
        {
            throw new TokenException(TokenFault.Options, "The name of a systemd credential is not a path.");
        }
        return string.IsNullOrEmpty(folder)
            ? throw new TokenException(
                TokenFault.PinFile,
                $"The PIN is credential {name}, but $CREDENTIALS_DIRECTORY is not set: start the daemon by systemd with LoadCredential={name}:FILE."
            )
            : Path.Combine(folder, name);
    }
}
