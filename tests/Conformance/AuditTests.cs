using SessionSigner.V1;

namespace Conformance;

[Collection(DaemonCollection.Name)]
public class AuditTests(DaemonFixture daemon)
{
    [Fact]
    public async Task The_root_of_the_log_follows_from_its_entries()
    {
        var id = (await daemon.Alice.OpenAsync("desk")).Session.SessionId;
        await daemon.Alice.SignAsync(id, new Transfer());
        var entries = await daemon.Auditor.EntriesAsync();
        var checkpoint = (await daemon.Auditor.Audit.GetCheckpointAsync(new(), Caller.Options())).Checkpoint;
        entries.AddRange(await MoreAsync(entries.Count, checkpoint.TreeSize));
        var leaves = entries.Take((int)checkpoint.TreeSize).Select(entry => entry.Entry.ToByteArray()).ToArray();
        Assert.Equal(checkpoint.TreeSize, (ulong)leaves.Length);
        Assert.Equal(Enumerable.Range(0, entries.Count).Select(i => (ulong)i), entries.Select(entry => entry.Index));
        Assert.Equal(checkpoint.RootHash.ToByteArray(), MerkleRoot.Of(leaves));
    }

    [Fact]
    public async Task Answers_and_refusals_name_the_entry_that_records_them()
    {
        var opened = await daemon.Alice.OpenAsync("desk");
        var signed = await daemon.Alice.SignAsync(opened.Session.SessionId, new Transfer());
        var denial = await Refusal.DenialOfAsync(
            daemon.Alice.SignAsync(opened.Session.SessionId, new Transfer { Amount = 1001 }),
            DenialReason.ConstraintUnmet
        );
        var closed = await daemon.Alice.CloseAsync(opened.Session.SessionId);
        ulong[] indexes = [opened.AuditIndex, signed.AuditIndex, denial.AuditIndex, closed.AuditIndex];
        Assert.Equal(indexes.Order(), indexes);
        Assert.Equal(4, indexes.Distinct().Count());
        var entries = await daemon.Auditor.EntriesAsync();
        // Each of them holds the session's identifier, as bytes or as text.
        var sessionId = opened.Session.SessionId;
        Assert.All(
            indexes,
            index =>
            {
                var bytes = entries[(int)index].Entry.ToByteArray();
                var found = Convert.ToHexStringLower(bytes).Contains(sessionId, StringComparison.Ordinal);
                Assert.True(found || System.Text.Encoding.Latin1.GetString(bytes).Contains(sessionId, StringComparison.Ordinal));
            }
        );
    }

    [Fact]
    public async Task Tailing_sends_new_entries_as_they_are_made()
    {
        var start = (await daemon.Auditor.Audit.GetCheckpointAsync(new(), Caller.Options())).Checkpoint.TreeSize;
        using var tail = daemon.Auditor.Audit.TailEntries(new TailEntriesRequest { StartIndex = start }, Caller.Options());
        var opened = await daemon.Alice.OpenAsync("desk");
        var seen = new List<ulong>();
        while (!seen.Contains(opened.AuditIndex) && await tail.ResponseStream.MoveNext(default))
        {
            seen.AddRange(tail.ResponseStream.Current.Entries.Select(entry => entry.Index));
        }
        Assert.Equal(start, seen[0]);
        Assert.Contains(opened.AuditIndex, seen);
    }

    [Fact]
    public async Task The_command_line_verifies_the_log()
    {
        await daemon.Alice.OpenAsync("desk");
        var result = await daemon.RunCliAsync(Identities.Auditor, "audit", "verify");
        Assert.True(result.ExitCode == 0, result.Output + result.Error);
    }

    [Fact]
    public async Task Custody_says_what_the_token_says_of_its_keys()
    {
        var report = await daemon.Auditor.Custody.GetCustodyReportAsync(new(), Caller.Options());
        var key = Assert.Single(report.PrimaryKeys);
        Assert.Equal("primary-1", key.Label);
        Assert.Equal("secp256k1", key.Curve);
        Assert.True(
            key is { Sensitive: true, Extractable: false, NeverExtractable: true, AlwaysSensitive: true, Local: true, Available: true }
        );
        Assert.Equal(Policies.All.Keys.Order(), report.Policies.Select(policy => policy.Name).Order());
        Assert.False(report.Vault.Degraded);
        Assert.Equal("memfd_secret", report.Vault.Memory);
        Assert.True(report.Vault.Undumpable);
        Assert.True(report.AuditSize > 0);
    }

    private async Task<IEnumerable<LogEntry>> MoreAsync(int start, ulong size) =>
        (ulong)start >= size
            ? []
            : (
                await daemon.Auditor.Audit.ListEntriesAsync(
                    new ListEntriesRequest { StartIndex = (ulong)start, PageSize = 1000 },
                    Caller.Options()
                )
            ).Entries;
}
