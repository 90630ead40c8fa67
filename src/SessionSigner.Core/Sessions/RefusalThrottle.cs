using System.Collections.Concurrent;

namespace SessionSigner.Core;

/// <summary>
/// How many refusals a principal may have journaled. Every refusal is an entry, kept for ever, that costs whoever asks for it nothing: without a bound one
/// client could fill the disk, and then nobody signs. Signatures need no such bound, their number is the scope's. Thread safe.
/// </summary>
internal sealed class RefusalThrottle(TimeProvider time, SessionOptions options)
{
    private readonly long _started = time.GetTimestamp();
    private readonly TimeSpan _interval = TimeSpan.FromSeconds(1) / options.RefusalsPerSecond;

    // One for each principal; the configuration names them.
    private readonly ConcurrentDictionary<string, Account> _accounts = new(StringComparer.Ordinal);

    /// <summary>Counts one refusal.</summary>
    /// <exception cref="SignerException"><see cref="ErrorCode.Overloaded"/>: the principal has had too many; nothing was counted.</exception>
    public void Count(Principal caller)
    {
        var account = _accounts.GetOrAdd(caller.Identity, static _ => new Account());
        lock (account)
        {
            var now = time.GetElapsedTime(_started);
            // When the refusals so far would be over if they had come one an interval.
            var paidUntil = (account.PaidUntil > now ? account.PaidUntil : now) + _interval;
            if (paidUntil - now > _interval * options.RefusalBurst)
            {
                throw new SignerException(ErrorCode.Overloaded, "Too many requests of this identity were refused; wait a little.");
            }
            account.PaidUntil = paidUntil;
        }
    }

    private sealed class Account
    {
        public TimeSpan PaidUntil { get; set; }
    }
}
