using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using SessionSigner.Core;
using SessionSigner.Grants;

namespace SessionSigner.Pkcs11;

/// <summary>
/// Grants signed by primary keys in a PKCS#11 token. The digest is made from the grant here and every signature is verified in software
/// against the public key pinned at start. A lost token is looked for again and again, a refused PIN is never tried twice. Thread safe.
/// </summary>
public sealed class Pkcs11GrantAuthority : IGrantAuthority, IDisposable
{
    private static readonly TimeSpan s_openTimeout = TimeSpan.FromSeconds(30);

    private readonly Pkcs11Options _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly TokenConnection _connection;
    private readonly TokenSupervisor _supervisor;
    private readonly BlockingCollection<GrantJob> _queue;
    private readonly TokenWorker[] _workers;

    private Pkcs11GrantAuthority(Pkcs11Options options, TimeProvider time, ILogger logger)
    {
        _options = options;
        _time = time;
        _logger = logger;
        _connection = new TokenConnection(options);
        _supervisor = new TokenSupervisor(_connection, options, logger);
        _supervisor.WaitUntilOpen(s_openTimeout);
        _queue = new BlockingCollection<GrantJob>(options.QueueLength);
        _workers = [.. Enumerable.Range(1, CountWorkers()).Select(StartWorker)];
    }

    /// <inheritdoc/>
    public IReadOnlyList<PrimaryKey> PrimaryKeys => _connection.Keys;

    /// <summary>Loads the module, logs in to the token (one attempt per PIN, ever), reads and pins the keys.</summary>
    /// <exception cref="TokenException">Something is not as it must be; the message says what to do.</exception>
    public static Pkcs11GrantAuthority Open(Pkcs11Options options, TimeProvider time, ILogger? logger = null)
    {
        var authority = new Pkcs11GrantAuthority(options, time, logger ?? NullLogger.Instance);
        var token = authority._connection.Link?.Token;
        Log.Opened(authority._logger, options.TokenLabel, token?.Serial ?? "", authority.PrimaryKeys.Count);
        return authority;
    }

    /// <inheritdoc/>
    public bool IsAvailable(PrimaryKey primaryKey) =>
        PrimaryKeys.Any(key => key.PublicKey == primaryKey.PublicKey) && _connection.Link is not null && CountLost() < _workers.Length;

    /// <inheritdoc/>
    /// <exception cref="SignerException">Also <see cref="ErrorCode.NotFound"/> for another key than <see cref="PrimaryKeys"/>, and <see cref="ErrorCode.Overloaded"/>.</exception>
    public async ValueTask<SignedGrant> AuthorizeAsync(UnsignedGrant grant, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();

        // 1. Only pinned keys, only while there is somebody to do the work.
        if (!PrimaryKeys.Any(key => key.PublicKey == grant.PrimaryKey))
        {
            throw new SignerException(ErrorCode.NotFound, "The token holds no such primary key.");
        }
        if (_connection.Link is null || CountLost() == _workers.Length)
        {
            throw Unavailable();
        }

        // 2. Into the bounded queue.
        var job = new GrantJob(grant);
        if (!TryEnqueue(job))
        {
            throw new SignerException(ErrorCode.Overloaded, "Too many grants wait for the token; try again.");
        }

        // 3. The answer, or nothing in time: the call cannot be cancelled, so the caller stops waiting and the worker counts as lost until it is back.
        try
        {
            var signed = await job.Answer.WaitAsync(_options.CallTimeout, _time, cancellationToken);
            _supervisor.ReportSuccess();
            return signed;
        }
        catch (TimeoutException exception)
        {
            job.Abandon();
            Log.CallTimedOut(_logger, _options.CallTimeout, CountLost(), _workers.Length);
            throw job.Started
                ? Unavailable(exception)
                : new SignerException(ErrorCode.Overloaded, "The token did not get to this grant in time; try again.", inner: exception);
        }
        catch (OperationCanceledException)
        {
            job.Abandon();
            throw;
        }
    }

    /// <summary>Ends the login. Grants under way are refused.</summary>
    public void Dispose()
    {
        _queue.CompleteAdding();
        while (_queue.TryTake(out var job))
        {
            job.Fail(new SignerException(ErrorCode.ShuttingDown, "The daemon is shutting down."));
        }
        _supervisor.Dispose();
    }

    internal static SignerException Unavailable(Exception? cause = null) =>
        new(
            ErrorCode.TokenUnavailable,
            "The token does not answer; no grant was issued. Try again later; an operator must check the token if it lasts.",
            inner: cause
        );

    private TokenWorker StartWorker(int number) => new(_connection, _queue, _time, _supervisor.ReportFailure, number);

    private int CountLost() => _workers.Count(worker => worker.IsLost(_options.CallTimeout));

    // One session is held for the login; 0 and all ones mean that the token states no limit.
    private int CountWorkers()
    {
        var sessionsMax = _connection.Link?.Token.MaxSessionCount ?? 0;
        return sessionsMax is 0 || sessionsMax > (nuint)_options.Workers ? _options.Workers : (int)Math.Max(1, sessionsMax - 1);
    }

    private bool TryEnqueue(GrantJob job)
    {
        try
        {
            return _queue.TryAdd(job);
        }
        catch (InvalidOperationException exception)
        {
            throw new SignerException(ErrorCode.ShuttingDown, "The daemon is shutting down.", inner: exception);
        }
    }
}
