using System.Collections.Concurrent;

namespace SessionSigner.Core;

/// <summary>
/// What a principal may put into the log besides signatures: refusals, openings, proposals and approvals. They are kept for ever and cost whoever asks for them nothing; without a
/// bound one client could fill the disk, and then nobody signs. Signatures need no such bound, their number is the scope's. Thread safe.
/// </summary>
internal sealed class EntryAllowance(TimeProvider time, SessionOptions options)
{
    /// <summary>What a refusal takes.</summary>
    public const int Refusal = 1;

    // The scope is kept in the entry and beside the session.
    private const int ScopeBytesPerUnit = 512;
    private const int ProposalUnits = 100;

    private readonly long _started = time.GetTimestamp();
    private readonly TimeSpan _interval = TimeSpan.FromSeconds(1) / options.EntriesPerSecond;

    // One for each principal; the configuration names them.
    private readonly ConcurrentDictionary<string, Account> _accounts = new(StringComparer.Ordinal);

    /// <summary>What an opening takes: about as many refusals as take its room.</summary>
    /// <param name="scopeBytes">Length of the effective scope.</param>
    public static int Opening(int scopeBytes) => 1 + (scopeBytes / ScopeBytesPerUnit);

    /// <summary>What the proposal of a policy or roster takes: every change afterwards, and every start, goes through all that were ever proposed.</summary>
    /// <param name="documentBytes">Length of the document.</param>
    public static int Proposal(int documentBytes) => ProposalUnits + Opening(documentBytes);

    /// <summary>Takes units from what the principal may use.</summary>
    /// <exception cref="SignerException"><see cref="ErrorCode.Overloaded"/>: that is used up for now; nothing was taken.</exception>
    public void Take(Principal caller, int units)
    {
        var account = _accounts.GetOrAdd(caller.Identity, static _ => new Account());
        lock (account)
        {
            var now = time.GetElapsedTime(_started);
            // When everything so far would be paid for at one unit an interval.
            var paidUntil = (account.PaidUntil > now ? account.PaidUntil : now) + (_interval * units);
            if (paidUntil - now > _interval * options.EntryBurst)
            {
                throw new SignerException(
                    ErrorCode.Overloaded,
                    "This identity has had too many requests refused or sessions opened; wait a little."
                );
            }
            account.PaidUntil = paidUntil;
        }
    }

    private sealed class Account
    {
        public TimeSpan PaidUntil { get; set; }
    }
}
