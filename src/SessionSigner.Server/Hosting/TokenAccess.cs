using SessionSigner.Pkcs11;

namespace SessionSigner.Server;

/// <summary>Opens the token that the configuration names.</summary>
internal static class TokenAccess
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>Opens the token, logs in once and pins its keys.</summary>
    /// <exception cref="StartException">If the token is not there, refuses the PIN or holds other keys.</exception>
    public static Pkcs11GrantAuthority Open(DaemonOptions options, TimeProvider clock, ILogger logger)
    {
        SetModuleEnvironment(options.Token.ModuleEnvironment);
        try
        {
            return Pkcs11GrantAuthority.Open(ToPkcs11(options), clock, logger);
        }
        catch (TokenException exception)
        {
            throw new StartException(ExitCodeOf(exception.Fault), exception.Message, exception);
        }
    }

    /// <summary>Sets the variables that the module reads its own configuration from. Must come before the module is loaded.</summary>
    /// <exception cref="StartException">If the system refuses.</exception>
    public static void SetModuleEnvironment(IReadOnlyDictionary<string, string> environment)
    {
        foreach (var (name, value) in environment)
        {
            if (!ProcessNative.SetEnvironment(name, value))
            {
                throw new StartException(ExitCodes.Token, $"{name} cannot be set for the PKCS#11 module.");
            }
        }
    }

    // A refused PIN ends the service for good: starting again must not try it again.
    private static int ExitCodeOf(TokenFault fault) =>
        fault
            is TokenFault.Options
                or TokenFault.Module
                or TokenFault.PinFile
                or TokenFault.PinRefused
                or TokenFault.KeyRefused
                or TokenFault.SoftwareToken
            ? ExitCodes.Configuration
            : ExitCodes.Token;

    private static Pkcs11Options ToPkcs11(DaemonOptions options) =>
        new()
        {
            ModulePath = options.Token.Module,
            TokenLabel = options.Token.Label,
            TokenSerial = options.Token.Serial,
            PinFile = options.Token.PinFile,
            PinCredential = options.Token.PinCredential,
            StateDirectory = StateFolder(options.Journal),
            Keys = [.. options.Token.Keys.Select(key => new PrimaryKeySelector(key.Label, ParseId(key.Id)))],
            AllowExtractable = options.Token.AllowExtractable,
            AllowSoftwareToken = options.Token.AllowSoftwareToken,
            CallTimeout = options.Token.CallTimeout,
        };

    // A null array would turn into an empty identifier, which no key has.
    private static ReadOnlyMemory<byte>? ParseId(string? id) => id is null ? default(ReadOnlyMemory<byte>?) : Convert.FromHexString(id);

    private static string StateFolder(JournalSection journal)
    {
        var folder = Path.GetDirectoryName(journal.Path)!;
        if (!Directory.Exists(folder))
        {
            Directory.CreateDirectory(folder, OwnerOnly);
        }
        return folder;
    }
}
