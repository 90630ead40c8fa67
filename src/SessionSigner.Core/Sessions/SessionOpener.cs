using System.Security.Cryptography;
using System.Text;
using SessionSigner.Audit;
using SessionSigner.Ethereum;
using SessionSigner.Grants;

namespace SessionSigner.Core;

/// <summary>
/// Opens sessions. Until the opening is queued to the journal, any failure and any cancellation wipes the key and leaves nothing behind;
/// from then on the opening completes whether or not the caller waits, and its repetition gets the session. Thread safe.
/// </summary>
internal sealed class SessionOpener(
    IVault vault,
    IGrantAuthority authority,
    IJournal journal,
    ActivePolicies policies,
    SessionTable table,
    SessionEnder ender,
    EntryAllowance allowance,
    SharedMeters shared,
    TimeProvider time,
    SessionOptions options
)
{
    private readonly OpensUnderWay _underWay = new(options.MaxOpensUnderWay, options.MaxOpensUnderWayPerPrincipal);

    public async Task<OpenedSession> OpenAsync(Principal caller, OpenSessionCommand command, CancellationToken cancellationToken)
    {
        // 1. Check the form of every field.
        var request = OpenRequest.Parse(caller, command);
        while (true)
        {
            ThrowIfCancelled(cancellationToken);
            if (_underWay.TryStart(request, out var other))
            {
                return await RunAsync(request, cancellationToken);
            }
            try
            {
                return await other.WaitAsync(cancellationToken);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                throw Failures.CancelledLate();
            }
            catch (SignerException failure) when (failure.Code == ErrorCode.Cancelled && !cancellationToken.IsCancellationRequested)
            {
                // The one that ran was cancelled; this one was not.
                continue;
            }
        }
    }

    private async Task<OpenedSession> RunAsync(OpenRequest request, CancellationToken cancellationToken)
    {
        try
        {
            var opened = FindOpened(request) ?? await OpenNewAsync(request, cancellationToken);
            _underWay.Finish(request, opened, null);
            return opened;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            var cancelled = Failures.CancelledEarly();
            _underWay.Finish(request, null, cancelled);
            throw cancelled;
        }
        catch (Exception failure)
        {
            _underWay.Finish(request, null, failure);
            throw;
        }
    }

    /// <summary>The session that the same request opened before, or null.</summary>
    private OpenedSession? FindOpened(OpenRequest request)
    {
        if (journal.FindAnswer(request.Caller.Identity, request.RequestId) is not { } found)
        {
            return null;
        }
        if (found.BodyHash != request.BodyHash)
        {
            throw Failures.RequestIdReused();
        }
        var sessionId = Encoding.ASCII.GetString(found.Answer.Span);
        var record = journal.FindSession(sessionId) ?? throw Failures.JournalFailed();
        var view = table.Find(sessionId)?.ToView() ?? SessionViews.Create(record);
        return new OpenedSession(view, record.GrantJson, found.AuditIndex);
    }

    private async Task<OpenedSession> OpenNewAsync(OpenRequest request, CancellationToken cancellationToken)
    {
        if (!journal.IsWritable)
        {
            throw Failures.JournalFailed();
        }
        // 2. What the policy makes of it.
        if (!policies.Current.TryGet(request.Policy, out var policy))
        {
            var inactive = policies.FindInactive(request.Policy);
            throw await RefuseAsync(request, null, NotActive(inactive.State), inactive.Principals);
        }
        if (OpeningTerms.Decide(request, policy, authority.PrimaryKeys, NowMs / 1_000, out var terms) is { } denial)
        {
            throw await RefuseAsync(request, policy, denial, policy.Principals);
        }
        allowance.Take(request.Caller, EntryAllowance.Opening(terms!.Scope.CanonicalUtf8.Length));
        // 3. Make the key. The table knows the session from here on, so that a revocation or a shutdown reaches the key.
        var key = vault.Generate();
        LiveSession? session = null;
        var opened = false;
        try
        {
            session = CreateSession(request, terms!, key);
            if (table.TryAdd(session, policy.MaxOpenSessionsPerPrincipal) is { } full)
            {
                throw await RefuseAsync(request, policy, full, policy.Principals);
            }
            // Only now: who takes the version out of force either finds the session in the table or is seen here.
            if (!policies.Has(policy))
            {
                throw await RefuseAsync(request, policy, NotActive(PolicyState.Superseded), policy.Principals);
            }
            // 4. The primary key signs the grant, and what comes back is checked against what was asked for.
            var unsigned = GrantRequest.Create(terms!, session.Record);
            var signed = await authority.AuthorizeAsync(unsigned, cancellationToken);
            var grantJson = GrantRequest.Check(unsigned, signed, terms!, NowMs / 1_000);
            ThrowIfCancelled(cancellationToken);
            // 5. Journal entry, session and answer, in one write. Past this point cancellation is too late.
            var record = session.Record with
            {
                GrantJson = grantJson,
            };
            if (!session.TryQueueOpening(journal, record, ToWrite(request, record), out var durable))
            {
                throw EndedMeanwhile(session);
            }
            var index = await durable;
            // 6. Only now may it sign.
            if (!session.TryActivate())
            {
                throw EndedMeanwhile(session);
            }
            opened = true;
            return new OpenedSession(session.ToView(), grantJson, index);
        }
        finally
        {
            if (!opened)
            {
                key.Dispose();
                if (session is not null)
                {
                    ender.Abandon(session);
                }
            }
        }
    }

    private LiveSession CreateSession(OpenRequest request, OpeningTerms terms, ISessionKey key)
    {
        var openedAtMs = NowMs;
        var clock = new SessionClock(time, openedAtMs, time.GetTimestamp(), terms.NotBefore, terms.NotAfter);
        var record = new SessionRecord
        {
            SessionId = RandomNumberGenerator.GetHexString(RequestFields.SessionIdLength, lowercase: true),
            Principal = request.Caller.Identity,
            Policy = terms.Policy.Name,
            PolicyDigest = terms.Policy.Digest,
            PrimaryKey = terms.PrimaryKey.Label,
            GrantId = new Hash32(RandomNumberGenerator.GetBytes(Hash32.Size)),
            Account = terms.Account,
            Address = key.Address,
            PublicKey = key.PublicKey.Compressed,
            NotBefore = terms.NotBefore,
            NotAfter = terms.NotAfter,
            OpenedAtMs = openedAtMs,
            GrantJson = default,
        };
        var meters = SessionMeters.Create(terms.Policy.CompiledCeiling, terms.Narrowing, options.MaxSignaturesPerSession, record, shared);
        return new LiveSession(record, terms.Scope.CanonicalJson, key, clock, terms.Policy.CompiledCeiling, terms.Narrowing, meters);
    }

    private static Denial NotActive(PolicyState state) =>
        new(DenialReason.PolicyNotActive, "policy.state", state.ToString().ToLowerInvariant(), "active");

    // To whom the policy does not name, it is none: the same entry in the same time, the same answer.
    private async Task<SignerException> RefuseAsync(OpenRequest request, Policy? policy, Denial denial, IReadOnlyList<string> principals)
    {
        allowance.Take(request.Caller, EntryAllowance.Refusal);
        var entry = new Entry
        {
            Kind = EntryKind.OpenRefused,
            TimeMs = NowMs,
            Principal = request.Caller.Identity,
            RequestId = request.RequestId,
            Policy = request.Policy,
            PolicyDigest = policy?.Digest.ToArray(),
            PrimaryKey = request.PrimaryKey ?? "",
            Rule = denial.Rule,
            Reason = denial.Reason.ToString(),
            Observed = denial.Observed,
            Limit = denial.Limit,
        };
        var index = await journal.Append(new JournalWrite(entry));
        if (!principals.Contains(request.Caller.Identity))
        {
            return new SignerException(ErrorCode.NotFound, "There is no such policy, or it does not name you.", "policy")
            {
                AuditIndex = index,
            };
        }
        return new SignerException(ErrorCode.Denied, "The policy does not allow this session; the denial says which rule refused.")
        {
            Denial = denial,
            AuditIndex = index,
        };
    }

    private static JournalWrite ToWrite(OpenRequest request, SessionRecord record)
    {
        var entry = new Entry
        {
            Kind = EntryKind.SessionOpened,
            TimeMs = record.OpenedAtMs,
            Principal = record.Principal,
            SessionId = record.SessionId,
            RequestId = request.RequestId,
            Policy = record.Policy,
            PolicyDigest = record.PolicyDigest.ToArray(),
            PrimaryKey = record.PrimaryKey,
            Grant = record.GrantJson,
        };
        return new JournalWrite(entry)
        {
            Opened = record,
            Answer = new StoredAnswer(record.Principal, request.RequestId, request.BodyHash, Encoding.ASCII.GetBytes(record.SessionId)),
        };
    }

    private SignerException EndedMeanwhile(LiveSession session) =>
        table.IsClosed ? Failures.ShuttingDown() : Failures.Ended(session.EndedDenialNow(), null);

    private long NowMs => time.GetUtcNow().ToUnixTimeMilliseconds();

    private static void ThrowIfCancelled(CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            throw Failures.CancelledEarly();
        }
    }
}
