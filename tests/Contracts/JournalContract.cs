using System.Text;
using SessionSigner.Audit;
using SessionSigner.Core;
using SessionSigner.Ethereum;
using SessionSigner.Storage.Tests;

namespace Contracts;

/// <summary>What the comments of <see cref="IJournal"/> promise.</summary>
public abstract class JournalContract
{
    private static readonly SharedBudgetKey s_shared = new("policy", "desk", "desk", Writes.Budget);

    /// <summary>An empty journal.</summary>
    protected abstract IJournal Journal { get; }

    /// <summary>Makes the next commit fail.</summary>
    protected abstract void Break();

    [Fact]
    public void An_empty_journal_is_writable_and_has_nothing()
    {
        Assert.True(Journal.IsWritable);
        Assert.Equal(new TreeHead(0, Root([])), Journal.Head);
        Assert.Empty(Journal.ReadEntries(0, 10));
        Assert.Null(Journal.FindAnswer(Writes.SessionId(1), "r"));
        Assert.Null(Journal.FindSession(Writes.SessionId(1)));
        Assert.Null(Journal.FindSessionByGrant(Writes.Hash("grant 1")));
        Assert.Null(Journal.FindDocument(Writes.Hash("")));
        Assert.Empty(Journal.ListSessions(null, includeEnded: true, null, 10));
        Assert.Empty(Journal.CountGrants());
        Assert.Empty(Journal.ReadBudgets(Writes.SessionId(1)));
        Assert.Empty(Journal.ReadSharedBudget(s_shared, 0));
        Assert.Empty(Journal.PolicyHistory);
    }

    [Fact]
    public async Task Writes_become_durable_in_the_order_of_the_calls_and_are_read_back()
    {
        JournalWrite[] writes = [Writes.Opened(1), .. Enumerable.Range(0, 50).Select(i => Writes.Signed(1, $"r-{i}", 1)), Writes.Ended(1)];

        var indexes = await Task.WhenAll(writes.Select(Journal.Append).ToList());

        Assert.Equal(Enumerable.Range(0, writes.Length).Select(i => (long)i), indexes);
        var entries = Journal.ReadEntries(0, 1_000);
        Assert.Equal(indexes, entries.Select(entry => entry.Index));
        Assert.Equal(writes.Select(write => Hex(EntryCodec.Encode(write.Entry))), entries.Select(entry => Hex(entry.Bytes.Span)));
        Assert.Equal(new TreeHead(writes.Length, Root(entries)), Journal.Head);
        Assert.Equal([7, 8, 9], Journal.ReadEntries(7, 3).Select(entry => entry.Index));
        Assert.Empty(Journal.ReadEntries(writes.Length, 10));
    }

    [Fact]
    public async Task After_a_failed_commit_nothing_is_written_and_what_is_durable_is_read()
    {
        await Journal.Append(Writes.Opened(1));
        await Journal.Append(Writes.Signed(1, "before", 1));
        Break();

        Assert.Equal(ErrorCode.JournalFailed, await CodeOf(() => Journal.Append(Writes.Signed(1, "failing", 1))));

        Assert.False(Journal.IsWritable);
        Action late = () => _ = Journal.Append(Writes.Signed(1, "after", 1));
        Assert.Equal(ErrorCode.JournalFailed, Assert.Throws<SignerException>(late).Code);
        Assert.Equal(2, Journal.Head.Size);
        Assert.Equal(2, Journal.ReadEntries(0, 10).Count);
        Assert.NotNull(Journal.FindAnswer(Writes.SessionId(1), "before"));
        Assert.Null(Journal.FindAnswer(Writes.SessionId(1), "failing"));
        Assert.Equal(UInt256.One, Journal.ReadBudgets(Writes.SessionId(1))[Writes.Budget]);
    }

    [Fact]
    public async Task Waiting_for_growth_ends_with_growth_or_cancellation()
    {
        using var cancellation = new CancellationTokenSource();
        var grown = Journal.WaitForGrowthAsync(0, CancellationToken.None);
        var cancelled = Journal.WaitForGrowthAsync(1, cancellation.Token);
        Assert.False(grown.IsCompleted);

        await Journal.Append(Writes.Started());

        await grown.WaitAsync(TimeSpan.FromSeconds(10));
        await Journal.WaitForGrowthAsync(0, CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(10));
        Assert.False(cancelled.IsCompleted);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
    }

    [Fact]
    public async Task Answers_are_found_by_session_and_request()
    {
        await Journal.Append(Writes.Opened(1));
        await Journal.Append(Writes.Opened(2));
        await Journal.Append(Writes.Signed(1, "r", 1));
        await Journal.Append(Writes.Refused(1, "refused"));

        var answer = Journal.FindAnswer(Writes.SessionId(1), "r")!;
        Assert.Equal((Writes.Hash("body r"), 2), (answer.BodyHash, answer.AuditIndex));
        Assert.Equal(Writes.Signature("r"), answer.Answer.ToArray());
        var opening = Journal.FindAnswer(Writes.Principal, "open-2")!;
        Assert.Equal((Writes.SessionId(2), 1), (Encoding.UTF8.GetString(opening.Answer.Span), opening.AuditIndex));
        Assert.Null(Journal.FindAnswer(Writes.SessionId(2), "r"));
        Assert.Null(Journal.FindAnswer(Writes.SessionId(1), "R"));
        Assert.Null(Journal.FindAnswer(Writes.SessionId(1), "refused"));
    }

    [Fact]
    public async Task Sessions_are_found_open_and_ended()
    {
        await Journal.Append(Writes.Opened(1));
        await Journal.Append(Writes.Opened(2));
        await Journal.Append(Writes.Signed(1, "r-1", 1));
        await Journal.Append(Writes.Signed(1, "r-2", 1));
        await Journal.Append(Writes.Ended(1, SessionEndReason.Revoked));

        var expected = Writes.Opened(1).Opened! with
        {
            Signatures = 2,
            EndReason = SessionEndReason.Revoked,
            EndedBy = Writes.Principal,
            EndedAtMs = 1_700_000_001_000,
        };
        Assert.Equivalent(expected, Journal.FindSession(Writes.SessionId(1)), strict: true);
        Assert.Equivalent(expected, Journal.FindSessionByGrant(Writes.Hash("grant 1")), strict: true);
        Assert.Equivalent(Writes.Opened(2).Opened!, Journal.FindSession(Writes.SessionId(2)), strict: true);
        Assert.Null(Journal.FindSession(Writes.SessionId(3)));
    }

    [Fact]
    public async Task Sessions_are_listed_newest_first_in_pages()
    {
        for (var i = 1; i <= 9; i++)
        {
            await Journal.Append(Writes.Opened(i, i % 3 == 0 ? "spiffe://other" : Writes.Principal, i == 5 ? "desk-2" : "desk-1"));
        }
        await Journal.Append(Writes.Ended(8));

        var first = Journal.ListSessions(null, includeEnded: true, null, 4);
        Assert.Equal([9, 8, 7, 6], Numbers(first));
        Assert.Equal([5, 4, 3, 2, 1], Numbers(Journal.ListSessions(null, true, first[^1].Sequence, 10)));
        Assert.Equal([7, 5, 4, 2, 1], Numbers(Journal.ListSessions(Writes.Principal, false, null, 10)));
        Assert.Equal([8, 7, 5, 4, 2, 1], Numbers(Journal.ListSessions(Writes.Principal, true, null, 10)));
        Assert.Equal([("desk-1", 8L), ("desk-2", 1L)], Journal.CountGrants().Select(item => (item.Key, item.Value)).Order());

        static IEnumerable<int> Numbers(IEnumerable<(long Sequence, SessionRecord Session)> sessions) =>
            sessions.Select(item => (int)(item.Session.OpenedAtMs - 1_700_000_000_000));
    }

    [Fact]
    public async Task Budgets_hold_what_was_taken_and_not_given_back()
    {
        var own = Writes.Signed(1, "r-1", new BudgetDelta(Writes.SessionId(1), Writes.Budget, 7), Writes.Shared(1, 5));
        await Journal.Append(Writes.Opened(1));
        await Journal.Append(Writes.Opened(2));
        await Journal.Append(own);
        await Journal.Append(Writes.Signed(1, "r-2", 3));
        await Journal.Append(Writes.Signed(2, "r-2", Writes.Shared(2, 4)));
        Assert.Equal((UInt256)10, Assert.Single(Journal.ReadBudgets(Writes.SessionId(1))).Value);
        Assert.Empty(Journal.ReadBudgets(Writes.SessionId(2)));
        Assert.Equal((UInt256)9, Assert.Single(Journal.ReadSharedBudget(s_shared, 0)).Spent);

        var index = await Journal.Append(Writes.Released(own, 2, "3", "4"));

        Assert.Equal((UInt256)3, Assert.Single(Journal.ReadBudgets(Writes.SessionId(1))).Value);
        Assert.Equal((UInt256)4, Assert.Single(Journal.ReadSharedBudget(s_shared, 0)).Spent);
        Assert.Equal(index, Journal.FindAnswer(Writes.SessionId(1), ReleasedReservation.AnswerIdOf(2))!.AuditIndex);
    }

    [Fact]
    public async Task A_shared_budget_is_read_by_what_may_still_count()
    {
        await Journal.Append(Writes.Opened(1));
        await Journal.Append(Writes.Signed(1, "r-1", Writes.Shared(1, 3), Writes.Shared(1, 4)));
        await Journal.Append(Writes.Signed(1, "r-2", Writes.Shared(1, 5, "policy", "rolling", 1_700_000_010)));
        await Journal.Append(Writes.Signed(1, "r-3", Writes.Shared(1, 6, "primary_key")));

        Assert.Equal(
            [new SharedBudgetRow("", 0, 1_700_000_000_500, 7), new SharedBudgetRow("rolling", 1_700_000_010, 1_700_000_000_500, 5)],
            Journal.ReadSharedBudget(s_shared, 1_700_000_000_500).OrderBy(row => row.Bucket)
        );
        Assert.Equal([1_700_000_010L], Journal.ReadSharedBudget(s_shared, 1_700_000_000_501).Select(row => row.Bucket));
        Assert.Empty(Journal.ReadSharedBudget(s_shared, 1_700_000_010_001));
        Assert.Empty(Journal.ReadSharedBudget(s_shared with { Policy = "other" }, 0));
        var perKey = new SharedBudgetKey("primary_key", "desk-1", "desk", Writes.Budget);
        Assert.Equal((UInt256)6, Assert.Single(Journal.ReadSharedBudget(perKey, 0)).Spent);
    }

    [Fact]
    public async Task A_document_is_found_by_its_digest()
    {
        var roster = "{\"version\":1}"u8.ToArray();
        var digest = Keccak256.Hash(roster);
        await Journal.Append(
            new JournalWrite(
                new Entry
                {
                    Kind = EntryKind.PolicyActivated,
                    TimeMs = 1_700_000_000_000,
                    DocumentKind = "roster",
                    PolicyDigest = digest.ToArray(),
                }
            )
            {
                Document = roster,
            }
        );

        Assert.Equal(roster, Journal.FindDocument(digest)?.ToArray());
        Assert.Null(Journal.FindDocument(Writes.Hash("another")));
    }

    private static async Task<ErrorCode> CodeOf(Func<Task> work) => (await Assert.ThrowsAsync<SignerException>(work)).Code;

    private static Hash32 Root(IEnumerable<StoredEntry> entries)
    {
        var tree = new MerkleTree();
        foreach (var entry in entries)
        {
            tree.Append(entry.Bytes.Span);
        }
        return new Hash32(tree.Root());
    }

    private static string Hex(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(bytes);
}
