using System.Runtime.ExceptionServices;
using Microsoft.Extensions.Logging;

namespace SessionSigner.Pkcs11;

/// <summary>The thread that opens the connection, asks now and then whether the token is there, and gets it back when it was lost.</summary>
internal sealed class TokenSupervisor : IDisposable
{
    private static readonly TimeSpan s_recoveryDelayFirst = TimeSpan.FromMilliseconds(250);

    // One failure may be the token's bad moment; a second without a success between them is taken for a lost state of the module.
    private const int FailuresMax = 2;

    private readonly TokenConnection _connection;
    private readonly Pkcs11Options _options;
    private readonly ILogger _logger;
    private readonly AutoResetEvent _wake = new(false);
    private readonly TaskCompletionSource _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _stopping;
    private int _failures;

    public TokenSupervisor(TokenConnection connection, Pkcs11Options options, ILogger logger)
    {
        _connection = connection;
        _options = options;
        _logger = logger;
        new Thread(Run) { IsBackground = true, Name = "token-supervisor" }.Start();
    }

    /// <summary>Waits for the first login.</summary>
    /// <exception cref="TokenException">It failed, or took longer than <paramref name="patience"/>.</exception>
    public void WaitUntilOpen(TimeSpan patience)
    {
        var answered = Task.WaitAny([_opened.Task], patience) == 0;
        if (!answered)
        {
            throw new TokenException(TokenFault.Unavailable, $"The PKCS#11 module did not answer within {patience.TotalSeconds} s.");
        }
        if (_opened.Task.Exception is { } failure)
        {
            ExceptionDispatchInfo.Throw(failure.InnerException!);
        }
    }

    /// <summary>A worker saw the token fail: look at once.</summary>
    public void ReportFailure(Exception exception)
    {
        Log.CallFailed(_logger, exception);
        Interlocked.Increment(ref _failures);
        _wake.Set();
    }

    public void ReportSuccess() => Volatile.Write(ref _failures, 0);

    /// <summary>Stops the thread and finalises the module; does not depend on either.</summary>
    public void Dispose()
    {
        _stopping = true;
        _wake.Set();
        if (Task.WaitAny([_closed.Task], TimeSpan.FromSeconds(5)) < 0)
        {
            Log.CloseTimedOut(_logger);
        }
    }

    private void Run()
    {
        try
        {
            try
            {
                _connection.Connect(_options.CallTimeout);
                _opened.SetResult();
            }
            catch (Exception exception)
            {
                // Let go of the module before anybody hears of it and tries again.
                _connection.Dispose();
                _opened.SetException(exception);
                return;
            }
            Watch();
        }
        finally
        {
            _connection.Dispose();
            _closed.SetResult();
        }
    }

    private void Watch()
    {
        while (!_stopping)
        {
            _wake.WaitOne(_options.ProbeInterval);
            var isLost = !_connection.Probe() || Volatile.Read(ref _failures) >= FailuresMax;
            if (isLost && !_stopping)
            {
                Recover();
            }
        }
    }

    private void Recover()
    {
        _connection.Disconnect();
        Log.Lost(_logger, _options.TokenLabel);
        var delay = s_recoveryDelayFirst;
        var lastMessage = "";
        while (!_stopping)
        {
            try
            {
                _connection.Connect(_options.CallTimeout);
                Volatile.Write(ref _failures, 0);
                Log.Recovered(_logger, _options.TokenLabel);
                return;
            }
            catch (Exception exception)
            {
                // The same reason over and over is said once.
                if (exception.Message != lastMessage)
                {
                    Log.RecoveryFailed(_logger, exception);
                    lastMessage = exception.Message;
                }
            }
            Pause(delay);
            delay = delay * 2 < _options.RecoveryDelayMax ? delay * 2 : _options.RecoveryDelayMax;
        }
    }

    // Failures reported meanwhile do not shorten the pause; stopping does.
    private void Pause(TimeSpan delay)
    {
        var until = TimeProvider.System.GetTimestamp();
        while (!_stopping && TimeProvider.System.GetElapsedTime(until) is var elapsed && elapsed < delay)
        {
            _wake.WaitOne(delay - elapsed);
        }
    }
}
