using System.Globalization;
using SessionSigner.Core;
using SessionSigner.Storage;
using SessionSigner.Storage.Tests;

// The child process of the crash tests: appends from many tasks and prints each request as soon as it is acknowledged.
// Arguments: the journal's path, a prefix for request identifiers, how many requests, from how many tasks.
if (args.Length != 4)
{
    return 2;
}
var (path, prefix) = (args[0], args[1]);
var count = int.Parse(args[2], CultureInfo.InvariantCulture);
var tasks = int.Parse(args[3], CultureInfo.InvariantCulture);
var output = new StreamWriter(Console.OpenStandardOutput()) { AutoFlush = true };
var gate = new Lock();
void Print(string line)
{
    lock (gate)
    {
        output.WriteLine(line);
    }
}

if (prefix == "plain")
{
    PlainSqlite.Run(path, count, Print);
    return 0;
}
SqliteJournal journal;
try
{
    journal = SqliteJournal.Open(new SqliteJournalOptions { Path = path }, TimeProvider.System);
}
catch (JournalOpenException e)
{
    Print($"refused {e.Message}");
    return 3;
}
if (journal.FindSession(Writes.SessionId(1)) is null)
{
    await journal.Append(Writes.Opened(1));
}
Print("ready");
var failures = 0;
var next = 0;
await Task.WhenAll(
    Enumerable
        .Range(0, tasks)
        .Select(_ =>
            Task.Run(async () =>
            {
                for (var i = Interlocked.Increment(ref next); i <= count; i = Interlocked.Increment(ref next))
                {
                    try
                    {
                        var index = await journal.Append(
                            Writes.Signed(
                                1,
                                $"{prefix}-{i}",
                                new BudgetDelta(Writes.SessionId(1), Writes.Budget, 1),
                                Writes.Shared(1, 2, "principal"),
                                Writes.Shared(1, 3, "policy", "rolling", 1_700_000_000 + (i % 5))
                            )
                        );
                        Print($"ack {prefix}-{i} {index}");
                    }
                    catch (SignerException e)
                    {
                        Print($"failed {e.Code} {journal.IsWritable}");
                        Interlocked.Increment(ref failures);
                    }
                }
            })
        )
);
await journal.DisposeAsync();
Print("closed");
return failures == 0 ? 0 : 4;
