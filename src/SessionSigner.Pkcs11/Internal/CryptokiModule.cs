namespace SessionSigner.Pkcs11;

/// <summary>
/// A module that has been checked, loaded and initialised. One at a time per file in a process: Cryptoki's state belongs to the process,
/// so a second user would be logged out or finalised by the first.
/// </summary>
internal sealed class CryptokiModule : IDisposable
{
    private static readonly HashSet<string> s_open = [];

    private readonly string _path;
    private bool _isInitialized;

    private CryptokiModule(string path, Cryptoki functions)
    {
        _path = path;
        Functions = functions;
    }

    public Cryptoki Functions { get; }

    /// <summary>False if calls must be made one at a time.</summary>
    public bool MayCallConcurrently { get; private set; }

    /// <exception cref="TokenException"><see cref="TokenFault.Module"/>.</exception>
    public static CryptokiModule Open(string path)
    {
        var resolved = ModuleFile.Check(path);
        lock (s_open)
        {
            if (!s_open.Add(resolved))
            {
                throw new TokenException(TokenFault.Module, $"The PKCS#11 module {path} is already in use in this process.");
            }
        }
        try
        {
            var module = new CryptokiModule(resolved, Cryptoki.Load(resolved));
            module.Initialize();
            return module;
        }
        catch (CryptokiException exception)
        {
            Release(resolved);
            var advice =
                exception.Code == ReturnValue.AlreadyInitialized
                    ? "Something else in this process uses it."
                    : "Check the module's own configuration and that its token storage exists.";
            throw new TokenException(
                TokenFault.Module,
                $"The PKCS#11 module {path} cannot be initialised: {exception.Message} {advice}",
                exception
            );
        }
        catch
        {
            Release(resolved);
            throw;
        }
    }

    /// <summary>C_Finalize and C_Initialize: the only way to make some modules see a token again. Ends every session and login.</summary>
    public void Reinitialize()
    {
        Terminate();
        Initialize();
    }

    public void Dispose()
    {
        try
        {
            Terminate();
        }
        finally
        {
            Release(_path);
        }
    }

    private void Initialize()
    {
        MayCallConcurrently = Functions.Initialize();
        _isInitialized = true;
    }

    private void Terminate()
    {
        if (!_isInitialized)
        {
            return;
        }
        try
        {
            Functions.Terminate();
            _isInitialized = false;
        }
        catch (CryptokiException exception)
        {
            // Still initialised, as the next C_Initialize will say: it is finalised again before the next attempt.
            _isInitialized = exception.Code != ReturnValue.NotInitialized;
        }
    }

    private static void Release(string path)
    {
        lock (s_open)
        {
            s_open.Remove(path);
        }
    }
}
