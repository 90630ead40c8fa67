using SessionSigner.Core;

namespace SessionSigner.Server;

/// <summary>Opens the token that the configuration names.</summary>
internal static class TokenAccess
{
    /// <summary>Opens the token and pins its keys.</summary>
    /// <exception cref="StartException">If the token is not there, refuses the PIN or holds other keys.</exception>
    public static IGrantAuthority Open(TokenSection options, TimeProvider clock, ILogger logger)
    {
        foreach (var (name, value) in options.ModuleEnvironment)
        {
            if (!ProcessNative.SetEnvironment(name, value))
            {
                throw new StartException(ExitCodes.Token, $"{name} cannot be set for the PKCS#11 module.");
            }
        }
        throw new StartException(ExitCodes.Token, "Token access is not there yet.");
    }
}
