using System.Collections.Concurrent;
using SessionSigner.Core;

namespace SessionSigner.Pkcs11;

/// <summary>
/// One thread with one token session. Calls into a module block and cannot be cancelled, so they have threads of their own:
/// one that does not return costs this thread, not the daemon's.
/// </summary>
internal sealed class TokenWorker
{
    private readonly TokenConnection _connection;
    private readonly BlockingCollection<GrantJob> _queue;
    private readonly TimeProvider _time;
    private readonly Action<Exception> _onFailure;
    private TokenSession? _session;
    private long _callStarted; // timestamp; 0 while idle

    public TokenWorker(
        TokenConnection connection,
        BlockingCollection<GrantJob> queue,
        TimeProvider time,
        Action<Exception> onFailure,
        int number
    )
    {
        _connection = connection;
        _queue = queue;
        _time = time;
        _onFailure = onFailure;
        new Thread(Run) { IsBackground = true, Name = $"token-worker-{number}" }.Start();
    }

    /// <summary>Whether it has been inside the module for longer than a call may take. It is back once the call returns.</summary>
    public bool IsLost(TimeSpan callTimeout) =>
        Volatile.Read(ref _callStarted) is var started and not 0 && _time.GetElapsedTime(started) > callTimeout;

    private void Run()
    {
        foreach (var job in _queue.GetConsumingEnumerable())
        {
            if (job.TryStart())
            {
                Serve(job);
            }
        }
    }

    private void Serve(GrantJob job)
    {
        _connection.Enter();
        Volatile.Write(ref _callStarted, Math.Max(1, _time.GetTimestamp()));
        try
        {
            var link = _connection.Link ?? throw Pkcs11GrantAuthority.Unavailable();
            if (_session?.Generation != link.Generation)
            {
                // Nothing to close: handles of an earlier generation ended with it.
                _session = null;
                _session = TokenSession.Open(_connection.Functions, link, _connection.Keys);
            }
            job.Complete(_session.Sign(job.Grant));
        }
        catch (Exception exception)
        {
            DropSession();
            if (exception is CryptokiException or SignerException { Code: ErrorCode.TokenMisbehaved })
            {
                _onFailure(exception);
            }
            job.Fail(exception is CryptokiException ? Pkcs11GrantAuthority.Unavailable(exception) : exception);
        }
        finally
        {
            Volatile.Write(ref _callStarted, 0);
            _connection.Leave();
        }
    }

    // After an unexpected answer a session may hold an unfinished operation: it is never used again.
    private void DropSession()
    {
        if (_session is not null && _session.Generation == _connection.Link?.Generation)
        {
            _session.Close();
        }
        _session = null;
    }
}
