using System.Diagnostics.CodeAnalysis;
using SessionSigner.Ethereum;

namespace SessionSigner.Core;

/// <summary>OpenSession requests under way, by principal and request identifier: who repeats one meanwhile waits for it. Bounded, thread safe.</summary>
internal sealed class OpensUnderWay(int countMax, int countPerPrincipalMax)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<(string Principal, string RequestId), (Hash32 Body, TaskCompletionSource<OpenedSession> Outcome)> _opens =
    [];

    /// <summary>Claims the identifier.</summary>
    /// <returns>True if the request is the caller's to run and to finish; false with the outcome of the one that runs.</returns>
    /// <exception cref="SignerException"><see cref="ErrorCode.RequestIdReused"/>, <see cref="ErrorCode.Overloaded"/>.</exception>
    public bool TryStart(OpenRequest request, [NotNullWhen(false)] out Task<OpenedSession>? running)
    {
        lock (_gate)
        {
            if (_opens.TryGetValue((request.Caller.Identity, request.RequestId), out var other))
            {
                running = other.Body == request.BodyHash ? other.Outcome.Task : throw Failures.RequestIdReused();
                return false;
            }
            if (_opens.Count >= countMax || _opens.Keys.Count(key => key.Principal == request.Caller.Identity) >= countPerPrincipalMax)
            {
                throw new SignerException(ErrorCode.Overloaded, "Too many sessions are being opened; try again.");
            }
            var outcome = new TaskCompletionSource<OpenedSession>(TaskCreationOptions.RunContinuationsAsynchronously);
            _opens.Add((request.Caller.Identity, request.RequestId), (request.BodyHash, outcome));
            running = null;
            return true;
        }
    }

    /// <summary>Ends a claim and tells those that wait.</summary>
    public void Finish(OpenRequest request, OpenedSession? opened, Exception? failure)
    {
        TaskCompletionSource<OpenedSession> outcome;
        lock (_gate)
        {
            _opens.Remove((request.Caller.Identity, request.RequestId), out var removed);
            outcome = removed.Outcome;
        }
        if (opened is not null)
        {
            outcome.TrySetResult(opened);
            return;
        }
        outcome.TrySetException(failure ?? new SignerException(ErrorCode.Unspecified, "The request failed."));
        _ = outcome.Task.Exception;
    }
}
