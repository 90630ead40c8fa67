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
        var resolved = Path.GetFullPath(File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path);
        foreach (var name in new[] { path, resolved })
        {
            if (Path.GetFileName(name).Contains("pkcs11-spy", StringComparison.OrdinalIgnoreCase))
            {
                throw new TokenException(
                    TokenFault.Module,
                    $"{name} is a spy module: it writes the PIN to a log in clear. Name the token's own module."
                );
            }
            RefuseIfWritable(name, Path.GetDirectoryName(name)!);
        }
        RefuseIfWritable(resolved, resolved);
        return resolved;
    }

    private static void RefuseIfWritable(string module, string checkedPath)
    {
        if (FileStatus.Read(checkedPath) is not { IsSafeFromOthers: true })
        {
            throw new TokenException(
                TokenFault.Module,
                $"The PKCS#11 module {module} could be replaced by another user, because {checkedPath} is writable by others or belongs to one: chown root and chmod go-w."
            );
        }
    }
}
