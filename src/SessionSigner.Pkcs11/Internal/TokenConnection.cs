using SessionSigner.Core;

namespace SessionSigner.Pkcs11;

/// <summary>
/// The way to one token: the login, the pinned keys, and the rule that nobody is inside the module while it is initialised anew.
/// <see cref="Connect"/>, <see cref="Probe"/> and <see cref="Dispose"/> belong to the supervisor's thread; workers enter between them.
/// </summary>
internal sealed class TokenConnection : IDisposable
{
    private readonly Pkcs11Options _options;
    private readonly PinSource _pinSource;
    private readonly PinRefusals _refusals;
    private readonly ReaderWriterLockSlim _gate = new();
    private CryptokiModule? _module;
    private volatile TokenLink? _link;
    private long _generation;

    public TokenConnection(Pkcs11Options options)
    {
        options.ThrowIfInvalid();
        _options = options;
        _pinSource = new PinSource(options.PinFile, options.PinCredential);
        _refusals = new PinRefusals(options.StateDirectory);
    }

    /// <summary>The login, or null while there is none.</summary>
    public TokenLink? Link => _link;

    public Cryptoki Functions => _module?.Functions ?? throw new InvalidOperationException("The module is not open.");

    /// <summary>The keys as read at the first login; later logins must find the same.</summary>
    public IReadOnlyList<PrimaryKey> Keys { get; private set; } = [];

    /// <summary>Logs in, for the first time or again, and checks the keys. Waits for workers to leave the module, but not longer than <paramref name="patience"/>.</summary>
    /// <exception cref="TokenException">Why not.</exception>
    public void Connect(TimeSpan patience)
    {
        if (!_gate.TryEnterWriteLock(patience))
        {
            throw new TokenException(
                TokenFault.Unavailable,
                "A call into the PKCS#11 module does not return, so it cannot be initialised anew. Restart the daemon if the token is well."
            );
        }
        try
        {
            _link = null;
            if (_module is null)
            {
                _module = CryptokiModule.Open(_options.ModulePath);
            }
            else
            {
                _module.Reinitialize();
            }
            var (slot, token) = TokenSearch.Find(Functions, _options.TokenLabel, _options.TokenSerial);
            if (token.IsSoftware && !_options.AllowSoftwareToken)
            {
                throw new TokenException(
                    TokenFault.SoftwareToken,
                    $"Token {token.Label} is software ({token.Model}): its keys are as safe as its files. "
                        + "Use a hardware token; for development, set token.allow_software_token: true."
                );
            }
            if (token.MaxSessionCount == 1)
            {
                throw new TokenException(
                    TokenFault.Unavailable,
                    $"Token {token.Label} allows one session; two are needed, one to stay logged in and one to work."
                );
            }
            // Closing the last session logs out silently, so this one is held for as long as the login.
            var session = Functions.OpenSession(slot, readWrite: false);
            TokenLogin.LogIn(Functions, session, token, _pinSource, _refusals);
            var link = new TokenLink(++_generation, slot, session, token);
            CheckKeys(ReadKeys(link));
            _link = link;
        }
        catch (CryptokiException exception)
        {
            throw new TokenException(
                TokenFault.Unavailable,
                $"Token {_options.TokenLabel} does not answer as it should: {exception.Message}",
                exception
            );
        }
        finally
        {
            _gate.ExitWriteLock();
        }
    }

    /// <summary>Whether the token is there, logged in, and shows its keys. Tokens that are gone may answer CKR_OK with nothing in it.</summary>
    public bool Probe()
    {
        if (_link is not { } link)
        {
            return false;
        }
        Enter();
        try
        {
            var objects = new KeyObjects(Functions, link.LoginSession);
            return IsPresent(link) && Keys.All(key => objects.Find(ObjectClass.PrivateKey, key.Label, key.KeyId).Length == 1);
        }
        catch (CryptokiException)
        {
            return false;
        }
        finally
        {
            Leave();
        }
    }

    /// <summary>Lets callers see that there is no login, before it is made anew.</summary>
    public void Disconnect() => _link = null;

    /// <summary>Before a call into the module.</summary>
    public void Enter()
    {
        if (_module is { MayCallConcurrently: false })
        {
            _gate.EnterWriteLock();
        }
        else
        {
            _gate.EnterReadLock();
        }
    }

    /// <summary>After it, on the same thread.</summary>
    public void Leave()
    {
        if (_gate.IsWriteLockHeld)
        {
            _gate.ExitWriteLock();
        }
        else
        {
            _gate.ExitReadLock();
        }
    }

    /// <summary>Ends the login and lets go of the module. If a worker is inside it, the module stays as it is until the process ends.</summary>
    public void Dispose()
    {
        _link = null;
        if (_gate.TryEnterWriteLock(TimeSpan.FromSeconds(2)))
        {
            _module?.Dispose();
            _module = null;
            _gate.ExitWriteLock();
        }
    }

    private IReadOnlyList<PrimaryKey> ReadKeys(TokenLink link)
    {
        try
        {
            var objects = new KeyObjects(Functions, link.LoginSession);
            return [.. _options.Keys.Select(selector => objects.Read(selector, link.Token, _options.AllowExtractable))];
        }
        catch (TokenException exception) when (exception.Fault == TokenFault.KeyNotFound && !IsPresent(link))
        {
            throw new TokenException(TokenFault.Unavailable, $"Token {link.Token.Label} went away while its keys were read.", exception);
        }
    }

    private void CheckKeys(IReadOnlyList<PrimaryKey> keys)
    {
        if (Keys.Count == 0)
        {
            Keys = keys;
            return;
        }
        foreach (var (pinned, now) in Keys.Zip(keys))
        {
            if (pinned.PublicKey != now.PublicKey)
            {
                throw new TokenException(
                    TokenFault.KeyRefused,
                    $"Key {pinned.Label} in token {now.TokenLabel} is not the key that was there at start. If the change is meant, restart the daemon."
                );
            }
        }
    }

    private bool IsPresent(TokenLink link)
    {
        try
        {
            var token = TokenDescription.From(Functions.GetTokenInfo(link.Slot));
            var state = Functions.GetSessionInfo(link.LoginSession).State;
            return token.Label == link.Token.Label
                && token.Serial == link.Token.Serial
                && state is SessionInfo.ReadOnlyUser or SessionInfo.ReadWriteUser;
        }
        catch (CryptokiException)
        {
            return false;
        }
    }
}
