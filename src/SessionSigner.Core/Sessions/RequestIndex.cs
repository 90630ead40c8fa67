using SessionSigner.Ethereum;

namespace SessionSigner.Core;

/// <summary>
/// Step 2: which request identifiers of a live session have been answered and which are under way. Identifiers are kept as 128 bits of
/// their SHA-256; the journal holds the bodies' hashes and the answers. Only answered requests stay, so it never holds more than the
/// session's signatures. Not thread safe: the session's lock guards it.
/// </summary>
internal sealed class RequestIndex
{
    private readonly HashSet<UInt128> _answered = [];
    private readonly Dictionary<UInt128, RequestUnderWay> _underWay = [];

    /// <summary>Whether the request has been answered.</summary>
    public bool IsAnswered(UInt128 request) => _answered.Contains(request);

    /// <summary>The same request under way, or null; then the caller's is under way from now on.</summary>
    public RequestUnderWay? FindOrStart(UInt128 request, in Hash32 body)
    {
        if (_underWay.TryGetValue(request, out var other))
        {
            return other;
        }
        _underWay.Add(request, new RequestUnderWay(body));
        return null;
    }

    /// <summary>Ends a request that was under way.</summary>
    /// <param name="request">The request.</param>
    /// <param name="answered">True if it was answered with a signature; a refused or failed request may be repeated.</param>
    /// <returns>What others that wait for it hold.</returns>
    public RequestUnderWay Finish(UInt128 request, bool answered)
    {
        if (!_underWay.Remove(request, out var finished))
        {
            throw new InvalidOperationException("The request is not under way.");
        }
        if (answered)
        {
            _answered.Add(request);
        }
        return finished;
    }
}

/// <summary>A request under way, for those that repeat it meanwhile.</summary>
internal sealed class RequestUnderWay(Hash32 body)
{
    private TaskCompletionSource<SignResult>? _outcome;

    /// <summary>SHA-256 of its body.</summary>
    public Hash32 Body { get; } = body;

    /// <summary>Its outcome. Called under the session's lock, before it is finished.</summary>
    public Task<SignResult> Join() => (_outcome ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    /// <summary>Tells those that wait. Called once it is finished, so nobody joins any more.</summary>
    public void Tell(SignResult result) => _outcome?.TrySetResult(result);

    /// <summary>Tells those that wait.</summary>
    public void Tell(Exception failure)
    {
        if (_outcome?.TrySetException(failure) == true)
        {
            // Whoever waited may have gone; the failure is the first caller's to report.
            _ = _outcome.Task.Exception;
        }
    }
}
