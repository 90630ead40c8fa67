using SessionSigner.Grants;

namespace SessionSigner.Pkcs11;

/// <summary>A grant on its way through a worker.</summary>
internal sealed class GrantJob(UnsignedGrant grant)
{
    private readonly TaskCompletionSource<SignedGrant> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _started;
    private volatile bool _abandoned;

    public UnsignedGrant Grant { get; } = grant;

    public Task<SignedGrant> Answer => _answer.Task;

    public bool Started => _started;

    /// <summary>False if nobody waits for it any more.</summary>
    public bool TryStart()
    {
        _started = !_abandoned;
        return _started;
    }

    public void Abandon() => _abandoned = true;

    public void Complete(SignedGrant grant) => _answer.TrySetResult(grant);

    public void Fail(Exception exception)
    {
        _answer.TrySetException(exception);
        // Whoever gave up does not look at it; mark it as seen.
        _ = _answer.Task.Exception;
    }
}
