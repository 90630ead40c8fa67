using SessionSigner.Audit;
using SessionSigner.Core;
using SessionSigner.Ethereum;

namespace SessionSigner.Storage.Tests;

public sealed class SqliteJournalTests : IDisposable
{
    private readonly JournalDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task An_empty_journal_has_the_root_of_the_empty_tree()
    {
        await using var journal = _directory.Open();

        Assert.Equal(new TreeHead(0, Writes.Hash("")), journal.Head);
        Assert.True(journal.IsWritable);
        Assert.Empty(journal.ReadEntries(0, 10));
        Assert.Null(journal.FindAnswer("nobody", "nothing"));
        Assert.Null(journal.FindSession(Writes.SessionId(1)));
        Assert.Empty(journal.ListSessions(null, includeEnded: true, null, 10));
        Assert.Empty(journal.CountGrants());
    }

    [Fact]
    public async Task What_was_appended_is_read_back_and_survives_reopening()
    {
        TreeHead head;
        await using (var journal = _directory.Open())
        {
            Assert.Equal(0, await journal.Append(Writes.Started()));
            Assert.Equal(1, await journal.Append(Writes.Opened(1)));
            Assert.Equal(2, await journal.Append(Writes.Signed(1, "r-1", 7)));
            Assert.Equal(3, await journal.Append(Writes.Signed(1, "r-2", 5)));
            Assert.Equal(4, await journal.Append(Writes.Refused(1, "r-3")));
            Check(journal);
            head = journal.Head;
        }
        await using var reopened = _directory.Open();
        Assert.Equal(head, reopened.Head);
        Check(reopened);

        static void Check(SqliteJournal journal)
        {
            var tree = new MerkleTree();
            var entries = journal.ReadEntries(0, 100);
            Assert.Equal([0, 1, 2, 3, 4], entries.Select(entry => entry.Index));
            foreach (var entry in entries)
            {
                Assert.True(EntryCodec.TryDecode(entry.Bytes.Span, out _, out _));
                tree.Append(entry.Bytes.Span);
            }
            Assert.Equal(new TreeHead(5, new Hash32(tree.Root())), journal.Head);
            Assert.Equal(EntryCodec.Encode(Writes.Signed(1, "r-2", 5).Entry), entries[3].Bytes.ToArray());

            var answer = journal.FindAnswer(Writes.SessionId(1), "r-1");
            Assert.NotNull(answer);
            Assert.Equal(2, answer.AuditIndex);
            Assert.Equal(Writes.Hash("body r-1"), answer.BodyHash);
            Assert.Equal(Writes.Signature("r-1"), answer.Answer.ToArray());
            Assert.Equal(1, journal.FindAnswer(Writes.Principal, "open-1")?.AuditIndex);
            Assert.Null(journal.FindAnswer(Writes.SessionId(1), "r-3"));
            Assert.Equal((UInt256)12, journal.ReadBudgets(Writes.SessionId(1))[Writes.Budget]);

            var session = journal.FindSession(Writes.SessionId(1));
            Assert.NotNull(session);
            Assert.Equal(2, session.Signatures);
            Assert.Equal(SessionEndReason.None, session.EndReason);
            Assert.Equivalent(Writes.Opened(1).Opened! with { Signatures = 2 }, session);
            Assert.Equal(session.SessionId, journal.FindSessionByGrant(session.GrantId)?.SessionId);
            Assert.Equal(1, journal.CountGrants()["desk-1"]);
        }
    }

    [Fact]
    public async Task Sessions_are_listed_newest_first_in_pages()
    {
        await using var journal = _directory.Open();
        for (var i = 1; i <= 9; i++)
        {
            await journal.Append(Writes.Opened(i, i % 3 == 0 ? "spiffe://other" : Writes.Principal));
        }
        await journal.Append(Writes.Ended(8, SessionEndReason.Revoked));

        var first = journal.ListSessions(null, includeEnded: true, null, 4);
        Assert.Equal([9, 8, 7, 6], first.Select(item => Number(item.Session)));
        var second = journal.ListSessions(null, includeEnded: true, first[^1].Sequence, 10);
        Assert.Equal([5, 4, 3, 2, 1], second.Select(item => Number(item.Session)));
        Assert.Equal([7, 5, 4, 2, 1], journal.ListSessions(Writes.Principal, false, null, 10).Select(item => Number(item.Session)));
        Assert.Equal([8, 7, 5, 4, 2, 1], journal.ListSessions(Writes.Principal, true, null, 10).Select(item => Number(item.Session)));
        Assert.Equal(8, journal.ListSessions(null, false, null, 10).Count);
        var ended = journal.FindSession(Writes.SessionId(8));
        Assert.Equal((SessionEndReason.Revoked, Writes.Principal, 1_700_000_001_000), (ended!.EndReason, ended.EndedBy, ended.EndedAtMs));

        static int Number(SessionRecord session) => (int)(session.OpenedAtMs - 1_700_000_000_000);
    }

    [Fact]
    public async Task Concurrent_appenders_get_distinct_indexes_in_call_order_and_exact_budgets()
    {
        await using var journal = _directory.Open();
        await journal.Append(Writes.Opened(1));
        var answers = new (string Request, long Index)[32 * 60];
        await Task.WhenAll(
            Enumerable
                .Range(0, 32)
                .Select(task =>
                    Task.Run(async () =>
                    {
                        // Two at once from each task: the later call must get the higher index.
                        for (var i = 0; i < 60; i += 2)
                        {
                            var (a, b) = ($"t{task}-{i}", $"t{task}-{i + 1}");
                            var first = journal.Append(Writes.Signed(1, a, 3));
                            var second = journal.Append(Writes.Signed(1, b, 4));
                            answers[(task * 60) + i] = (a, await first);
                            answers[(task * 60) + i + 1] = (b, await second);
                            Assert.True(await first < await second);
                        }
                    })
                )
        );

        Assert.Equal(answers.Length, answers.Select(answer => answer.Index).Distinct().Count());
        Assert.Equal(1 + answers.Length, journal.Head.Size);
        Assert.Equal((UInt256)(16 * 60 * 7), journal.ReadBudgets(Writes.SessionId(1))[Writes.Budget]);
        Assert.Equal(answers.Length, journal.FindSession(Writes.SessionId(1))!.Signatures);
        foreach (var (request, index) in answers)
        {
            Assert.True(EntryCodec.TryDecode(journal.ReadEntries(index, 1)[0].Bytes.Span, out var entry, out _));
            Assert.Equal(request, entry!.RequestId);
            Assert.Equal(index, journal.FindAnswer(Writes.SessionId(1), request)!.AuditIndex);
        }
    }

    [Fact]
    public async Task A_second_answer_to_a_request_is_refused_and_the_first_kept()
    {
        await using var journal = _directory.Open();
        await journal.Append(Writes.Opened(1));
        var writes = new[] { journal.Append(Writes.Signed(1, "same", 1)), journal.Append(Writes.Signed(1, "same", 2)) };

        Assert.Equal(1, await writes[0]);
        Assert.Equal(ErrorCode.RequestIdReused, (await Assert.ThrowsAsync<SignerException>(() => writes[1])).Code);
        Assert.Equal(2, await journal.Append(Writes.Signed(1, "next", 10)));
        Assert.Equal((UInt256)11, journal.ReadBudgets(Writes.SessionId(1))[Writes.Budget]);
        Assert.True(journal.IsWritable);
    }

    [Fact]
    public async Task Nothing_is_signed_after_the_end_or_without_a_session()
    {
        await using var journal = _directory.Open();
        await journal.Append(Writes.Opened(1));
        var ended = journal.Append(Writes.Ended(1));
        var late = journal.Append(Writes.Signed(1, "late", 1));

        await ended;
        Assert.Equal(ErrorCode.SessionEnded, (await Assert.ThrowsAsync<SignerException>(() => late)).Code);
        await AssertRefused(ErrorCode.SessionEnded, Writes.Signed(1, "later", 1));
        await AssertRefused(ErrorCode.SessionEnded, Writes.Ended(1));
        await AssertRefused(ErrorCode.SessionNotFound, Writes.Signed(2, "none", 1));
        await AssertRefused(ErrorCode.InvalidRequest, Writes.Opened(1));
        Assert.Equal(2, journal.Head.Size);
        Assert.Null(journal.FindAnswer(Writes.SessionId(1), "late"));

        async Task AssertRefused(ErrorCode code, JournalWrite write) =>
            Assert.Equal(code, (await Assert.ThrowsAsync<SignerException>(() => journal.Append(write))).Code);
    }

    [Fact]
    public async Task A_total_beyond_256_bits_is_refused()
    {
        await using var journal = _directory.Open();
        await journal.Append(Writes.Opened(1));
        await journal.Append(WithAmount("a", UInt256.MaxValue));
        var error = await Assert.ThrowsAsync<SignerException>(() => journal.Append(WithAmount("b", UInt256.One)));

        Assert.Equal(ErrorCode.InvalidRequest, error.Code);
        Assert.Equal(UInt256.MaxValue, journal.ReadBudgets(Writes.SessionId(1))[Writes.Budget]);

        static JournalWrite WithAmount(string requestId, UInt256 amount)
        {
            var write = Writes.Signed(1, requestId, 0);
            return new JournalWrite(write.Entry with { Debits = [new BudgetDebit(Writes.Budget, amount.ToString(), amount.ToString())] })
            {
                Answer = write.Answer,
                Debits = [new BudgetDelta(Writes.SessionId(1), Writes.Budget, amount)],
            };
        }
    }

    [Fact]
    public async Task A_write_whose_entry_does_not_record_its_changes_is_refused_at_once()
    {
        await using var journal = _directory.Open();
        var signed = Writes.Signed(1, "r", 5);
        var opened = Writes.Opened(1);
        JournalWrite[] faulty =
        [
            signed with
            {
                Debits = [],
            },
            signed with
            {
                Debits = [new BudgetDelta(Writes.SessionId(1), Writes.Budget, 6)],
            },
            signed with
            {
                Debits = [new BudgetDelta(Writes.SessionId(2), Writes.Budget, 5)],
            },
            signed with
            {
                Answer = signed.Answer! with { RequestId = "other" },
            },
            signed with
            {
                Answer = signed.Answer! with { Answer = Writes.Signature("other") },
            },
            signed with
            {
                Entry = signed.Entry with { Detail = "line\nbreak" },
            },
            opened with
            {
                Opened = null,
            },
            opened with
            {
                Opened = opened.Opened! with { Principal = "spiffe://other" },
            },
            Writes.Started() with
            {
                Ended = Writes.Ended(1).Ended,
            },
        ];
        foreach (var write in faulty)
        {
            await Assert.ThrowsAsync<ArgumentException>(() => journal.Append(write));
        }
        Assert.Equal(0, journal.Head.Size);
    }

    [Fact]
    public async Task Waiting_for_growth_ends_with_growth_cancellation_or_closing()
    {
        var journal = _directory.Open();
        using var cancellation = new CancellationTokenSource();
        var grown = journal.WaitForGrowthAsync(0, CancellationToken.None);
        var cancelled = journal.WaitForGrowthAsync(1, cancellation.Token);
        var closed = journal.WaitForGrowthAsync(1, CancellationToken.None);
        Assert.False(grown.IsCompleted);

        await journal.Append(Writes.Started());
        await grown.WaitAsync(TimeSpan.FromSeconds(5));
        await journal.WaitForGrowthAsync(0, CancellationToken.None);
        Assert.False(closed.IsCompleted);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
        await journal.DisposeAsync();
        Assert.Equal(ErrorCode.ShuttingDown, (await Assert.ThrowsAsync<SignerException>(() => closed)).Code);
    }

    [Fact]
    public async Task Disposing_commits_what_waits_and_refuses_what_comes()
    {
        var journal = _directory.Open();
        var writes = Enumerable.Range(0, 1000).Select(_ => journal.Append(Writes.Started())).ToList();
        await journal.DisposeAsync();

        Assert.Equal(Enumerable.Range(0, 1000).Select(i => (long)i), await Task.WhenAll(writes));
        Assert.Equal(ErrorCode.ShuttingDown, (await Assert.ThrowsAsync<SignerException>(() => journal.Append(Writes.Started()))).Code);
        Assert.False(journal.IsWritable);
        await using var reopened = _directory.Open();
        Assert.Equal(1000, reopened.Head.Size);
    }

    [Fact]
    public async Task A_full_queue_refuses_and_queues_nothing()
    {
        await using var journal = _directory.Open();
        var accepted = new List<Task<long>>();
        var refused = 0;
        // Another connection has SQLite's write lock, so the writer waits with its first batch and the queue fills up behind it.
        using (_directory.HoldWriteLock())
        {
            for (var i = 0; i < WriteQueue.CountMax + WriteQueue.BatchCountMax + 1 && refused == 0; i++)
            {
                try
                {
                    accepted.Add(journal.Append(Writes.Started()));
                }
                catch (SignerException e)
                {
                    Assert.Equal(ErrorCode.Overloaded, e.Code);
                    refused++;
                }
            }
        }
        Assert.Equal(1, refused);
        var indexes = await Task.WhenAll(accepted);
        Assert.Equal(accepted.Count, journal.Head.Size);
        Assert.Equal(accepted.Count - 1, indexes[^1]);
        Assert.Equal(accepted.Count, await journal.Append(Writes.Started()));
    }

    [Fact]
    public async Task Reading_is_bounded_by_count_and_bytes_and_starts_inside_a_batch()
    {
        await using var journal = _directory.Open();
        var big = Writes.Started() with { Entry = Writes.Started().Entry with { Grant = new byte[60_000] } };
        await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => journal.Append(big)));

        Assert.Equal(18, journal.ReadEntries(0, 1000).Count);
        Assert.Equal([7, 8, 9], journal.ReadEntries(7, 3).Select(entry => entry.Index));
        Assert.Equal(39, Assert.Single(journal.ReadEntries(39, 10)).Index);
        Assert.Empty(journal.ReadEntries(40, 10));
        Assert.Throws<ArgumentOutOfRangeException>(() => journal.ReadEntries(-1, 1));
    }

    [Fact]
    public async Task A_shared_budget_is_read_by_what_may_still_count()
    {
        await using var journal = _directory.Open();
        await journal.Append(Writes.Opened(1));
        await journal.Append(Writes.Signed(1, "r-1", Writes.Shared(1, 3), Writes.Shared(1, 4)));
        await journal.Append(Writes.Signed(1, "r-2", Writes.Shared(1, 5, "policy", "rolling", 1_700_000_010)));
        await journal.Append(Writes.Signed(1, "r-3", Writes.Shared(1, 6, "primary_key")));
        var key = new SharedBudgetKey("policy", "desk", "desk", Writes.Budget);
        Assert.Equal(
            [new SharedBudgetRow("", 0, 1_700_000_000_500, 7), new SharedBudgetRow("rolling", 1_700_000_010, 1_700_000_000_500, 5)],
            journal.ReadSharedBudget(key, 1_700_000_000_500).OrderBy(row => row.Bucket)
        );
        Assert.Equal([1_700_000_010L], journal.ReadSharedBudget(key, 1_700_000_000_501).Select(row => row.Bucket));
        Assert.Empty(journal.ReadSharedBudget(key, 1_700_000_010_001));
        Assert.Empty(journal.ReadSharedBudget(key with { Policy = "other" }, 0));
        Assert.Empty(journal.ReadBudgets(Writes.SessionId(1)));
    }

    [Fact]
    public async Task A_debit_that_the_entry_does_not_say_is_refused()
    {
        await using var journal = _directory.Open();
        await journal.Append(Writes.Opened(1));
        var write = Writes.Signed(1, "r-1", Writes.Shared(1, 3));
        foreach (
            var changed in new[]
            {
                write.Debits[0] with
                {
                    Per = "",
                },
                write.Debits[0] with
                {
                    Per = "principal",
                },
                write.Debits[0] with
                {
                    Window = "rolling",
                    Bucket = 1,
                },
            }
        )
        {
            Assert.Throws<ArgumentException>(() =>
            {
                _ = journal.Append(write with { Debits = [changed] });
            });
        }
        Assert.Throws<ArgumentException>(() =>
        {
            _ = journal.Append(write with { Entry = write.Entry with { PrimaryKey = "" } });
        });
    }
}
