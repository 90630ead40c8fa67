namespace SessionSigner.Pkcs11;

/// <summary>A module runs inside the daemon and sees the PIN: nobody but root and the daemon's user may be able to replace it.</summary>
internal static class ModuleFile
{
    /// <summary>Checks a module's path and returns it without symbolic links.</summary>
    /// <exception cref="TokenException"><see cref="TokenFault.Module"/>.</exception>
    public static string Check(string path)
    {
        if (!Path.IsPathFullyQualified(path))
        {
            throw new TokenException(TokenFault.Module, $"The path of the PKCS#11 module must be absolute: {path}.");
        }
        if (!File.Exists(path))
        {
            throw new TokenException(
                TokenFault.Module,
                $"There is no PKCS#11 module at {path}. Install the token's software or correct the path."
            );
        }
        RefuseSpy(path);
        var followed = TrustedPath.Follow(path);
        if (followed.Fault is { } fault)
        {
            throw new TokenException(TokenFault.Module, $"The PKCS#11 module {path} could be replaced by another user: {fault}.");
        }
        RefuseSpy(followed.Target);
        return followed.Target;
    }

    private static void RefuseSpy(string path)
    {
        if (Path.GetFileName(path).Contains("pkcs11-spy", StringComparison.OrdinalIgnoreCase))
        {
            throw new TokenException(
                TokenFault.Module,
                $"{path} is a spy module: it writes the PIN to a log in clear. Name the token's own module."
            );
        }
    }
}
