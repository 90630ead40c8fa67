using SessionSigner.Audit;
using SessionSigner.Core;
using SessionSigner.Ethereum;

namespace SessionSigner.Storage.Tests;

/// <summary>Random histories with reopening in between, compared with a model in memory after every step.</summary>
public sealed class ModelTests : IDisposable
{
    private static readonly string[] Pers = ["principal", "policy", "primary_key"];

    private readonly JournalDirectory _directory = new();
    private readonly List<byte[]> _log = [];
    private readonly Dictionary<string, byte[]> _answers = [];
    private readonly Dictionary<(string Per, string Window, long Bucket), UInt256> _shared = [];
    private readonly Dictionary<int, (bool HasEnded, Dictionary<string, UInt256> Spent)> _sessions = [];

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Random_histories_agree_with_a_model(int seed)
    {
        var random = new Random(seed);
        var journal = _directory.Open();
        try
        {
            for (var step = 0; step < 60; step++)
            {
                // A group of writes is queued at once, so that batches differ from run to run; the outcome must not.
                var group = Enumerable.Range(0, random.Next(1, 30)).Select(_ => Next(random)).ToList();
                var outcomes = group.Select(write => Outcome(journal.Append(write))).ToList();
                foreach (var (write, outcome) in group.Zip(outcomes))
                {
                    var (index, code) = await outcome;
                    Assert.Equal(Apply(write), code);
                    Assert.Equal(code == ErrorCode.Unspecified ? _log.Count - 1 : -1, index);
                }
                if (random.Next(10) == 0)
                {
                    await journal.DisposeAsync();
                    journal = _directory.Open();
                }
                Check(journal);
            }
            CheckExport(journal);
        }
        finally
        {
            await journal.DisposeAsync();
        }
    }

    private static JournalWrite Next(Random random)
    {
        var session = random.Next(1, 7);
        return random.Next(12) switch
        {
            0 => Writes.Started(),
            1 or 2 => Writes.Opened(session),
            3 => random.Next(4) == 0 ? Writes.Ended(session) : Writes.Refused(session, $"r-{random.Next(400)}"),
            < 8 => Writes.Signed(session, $"r-{random.Next(400)}", (ulong)random.Next(1000), $"ceiling.budgets[{random.Next(3)}]"),
            _ => Writes.Signed(session, $"r-{random.Next(400)}", NextShared(random, session), NextShared(random, session)),
        };
    }

    private static BudgetDelta NextShared(Random random, int session)
    {
        var per = Pers[random.Next(Pers.Length)];
        var amount = (ulong)random.Next(1000);
        return random.Next(3) switch
        {
            0 => Writes.Shared(session, amount, per),
            1 => Writes.Shared(session, amount, per, "calendar_day", 86_400 * random.Next(1, 4)),
            _ => Writes.Shared(session, amount, per, "rolling", random.Next(1, 9)),
        };
    }

    private ErrorCode Apply(JournalWrite write)
    {
        var entry = write.Entry;
        var number = Enumerable.Range(1, 7).FirstOrDefault(i => Writes.SessionId(i) == entry.SessionId);
        if (entry.Kind == EntryKind.SessionOpened && !_sessions.TryAdd(number, (false, [])))
        {
            return ErrorCode.InvalidRequest;
        }
        if (entry.Kind is EntryKind.Signed or EntryKind.SessionEnded)
        {
            if (!_sessions.TryGetValue(number, out var session))
            {
                return ErrorCode.SessionNotFound;
            }
            if (session.HasEnded)
            {
                return ErrorCode.SessionEnded;
            }
        }
        if (write.Answer is { } answer && !_answers.TryAdd($"{answer.SessionId} {answer.RequestId}", answer.Answer.ToArray()))
        {
            return ErrorCode.RequestIdReused;
        }
        foreach (var debit in write.Debits)
        {
            if (debit.Per.Length > 0)
            {
                var key = (debit.Per, debit.Window, debit.Bucket);
                UInt256.TryAdd(_shared.GetValueOrDefault(key), debit.Amount, out var total);
                _shared[key] = total;
                continue;
            }
            var spent = _sessions[number].Spent;
            UInt256.TryAdd(spent.GetValueOrDefault(debit.Budget), debit.Amount, out var sum);
            spent[debit.Budget] = sum;
        }
        if (write.Ended is not null)
        {
            _sessions[number] = (true, _sessions[number].Spent);
        }
        _log.Add(EntryCodec.Encode(entry));
        return ErrorCode.Unspecified;
    }

    private void Check(SqliteJournal journal)
    {
        var tree = new MerkleTree();
        _log.ForEach(entry => tree.Append(entry));
        Assert.Equal(new TreeHead(_log.Count, new Hash32(tree.Root())), journal.Head);
        foreach (var (number, (hasEnded, spent)) in _sessions)
        {
            Assert.Equal(hasEnded, journal.FindSession(Writes.SessionId(number))!.EndReason != SessionEndReason.None);
            Assert.Equal(spent.OrderBy(pair => pair.Key), journal.ReadBudgets(Writes.SessionId(number)).OrderBy(pair => pair.Key));
        }
        var stored = Pers.SelectMany(per =>
            journal.ReadSharedBudget(KeyOf(per), long.MinValue).Select(row => ((per, row.Window, row.Bucket), (row.Spent, row.LastMs)))
        );
        Assert.Equal(
            _shared.OrderBy(pair => pair.Key).Select(pair => (pair.Key, (pair.Value, 1_700_000_000_500))),
            stored.OrderBy(pair => pair.Item1)
        );
        foreach (var (key, answer) in _answers)
        {
            var parts = key.Split(' ');
            Assert.Equal(answer, journal.FindAnswer(parts[0], parts[1])!.Answer.ToArray());
        }
    }

    private static SharedBudgetKey KeyOf(string per) =>
        new(per, SharedBudgetKey.SubjectOf(per, Writes.Principal, "desk", "desk-1"), "desk", Writes.Budget);

    // The stored log, exported, verifies with nothing but the file and the head.
    private static void CheckExport(SqliteJournal journal)
    {
        var checkpoint = new LogCheckpoint("example.org/test", journal.Head.Size, journal.Head.Root.ToArray());
        var file = new MemoryStream();
        var writer = new LogFileWriter(file, checkpoint);
        for (long next = 0; next < checkpoint.Size; )
        {
            foreach (var entry in journal.ReadEntries(next, 100))
            {
                writer.Write(entry.Bytes.Span);
                next++;
            }
        }
        writer.Complete();
        file.Position = 0;
        var result = LogFileReader.Verify(file, checkpoint, null, out _);
        Assert.True(result.IsValid, string.Join('\n', result.Faults));
    }

    private static async Task<(long Index, ErrorCode Code)> Outcome(Task<long> append)
    {
        try
        {
            return (await append, ErrorCode.Unspecified);
        }
        catch (SignerException e)
        {
            return (-1, e.Code);
        }
    }
}
