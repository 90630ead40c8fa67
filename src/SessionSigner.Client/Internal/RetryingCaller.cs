using System.Security.Cryptography;
using Grpc.Core;

namespace SessionSigner.Client;

/// <summary>Repeats a call while the daemon is unavailable: same request object and so same request identifier, one deadline for all attempts.</summary>
internal sealed class RetryingCaller(ClientOptions options)
{
    private const int FirstDelayMs = 50;
    private const int DelayMsMax = 2_000;

    public async Task<T> CallAsync<T>(Func<CallOptions, AsyncUnaryCall<T>> start, CancellationToken cancellationToken)
    {
        var deadline = TimeProvider.System.GetUtcNow() + options.Deadline;
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                using var call = start(new CallOptions(deadline: deadline.UtcDateTime, cancellationToken: cancellationToken));
                return await call.ResponseAsync;
            }
            catch (RpcException e)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var error = ErrorMapping.ToException(e, options.Address);
                var delay = Delay(attempt);
                var isLast = attempt >= options.AttemptsMax || TimeProvider.System.GetUtcNow() + delay >= deadline;
                if (isLast || error is not SignerUnavailableException || e.StatusCode != StatusCode.Unavailable)
                {
                    throw error;
                }

                await Task.Delay(delay, cancellationToken);
            }
        }
    }

    public async IAsyncEnumerable<T> StreamAsync<T>(
        Func<CallOptions, AsyncServerStreamingCall<T>> start,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        using var call = start(new CallOptions(cancellationToken: cancellationToken));
        while (true)
        {
            try
            {
                if (!await call.ResponseStream.MoveNext(cancellationToken))
                {
                    yield break;
                }
            }
            catch (RpcException e)
            {
                cancellationToken.ThrowIfCancellationRequested();
                throw ErrorMapping.ToException(e, options.Address);
            }

            yield return call.ResponseStream.Current;
        }
    }

    // Exponential with full jitter, so that clients of a restarted daemon do not return all at once.
    private static TimeSpan Delay(int attempt)
    {
        var ceilingMs = Math.Min(DelayMsMax, FirstDelayMs << Math.Min(attempt, 10));
        return TimeSpan.FromMilliseconds(RandomNumberGenerator.GetInt32(FirstDelayMs, ceilingMs + 1));
    }
}
