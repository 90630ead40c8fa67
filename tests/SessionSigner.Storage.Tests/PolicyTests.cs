using System.Text;
using Microsoft.Data.Sqlite;
using SessionSigner.Audit;
using SessionSigner.Core;
using SessionSigner.Ethereum;

namespace SessionSigner.Storage.Tests;

/// <summary>Policies and rosters in the journal: documents beside the log, order by the log, both verified whenever it opens.</summary>
public sealed class PolicyTests : IDisposable
{
    private static readonly byte[] s_roster = "{\"roster\":1}"u8.ToArray();
    private static readonly byte[] s_policy = Encoding.UTF8.GetBytes($$"""{"name":"desk","text":"{{new string('x', 131_000)}}"}""");

    private readonly JournalDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Documents_and_history_are_there_at_the_next_start()
    {
        await FillAsync();
        await using var journal = _directory.Open();

        Assert.Equal(
            [EntryKind.PolicyActivated, EntryKind.PolicyProposed, EntryKind.PolicyApproved, EntryKind.PolicyActivated],
            journal.PolicyHistory.Select(stored => EntryCodec.TryDecode(stored.Bytes.Span, out var entry, out _) ? entry!.Kind : default)
        );
        Assert.Equal(s_policy, journal.FindDocument(Keccak256.Hash(s_policy))!.Value.ToArray());
        Assert.Equal(s_roster, journal.FindDocument(Keccak256.Hash(s_roster))!.Value.ToArray());
        Assert.Null(journal.FindDocument(Keccak256.Hash("other"u8)));
    }

    [Fact]
    public async Task The_order_of_the_log_has_the_last_word()
    {
        await FillAsync();
        await using var journal = _directory.Open();
        var size = journal.Head.Size;
        foreach (
            var write in (JournalWrite[])
                [
                    Proposal(),
                    new(Of(EntryKind.PolicyActivated)),
                    new(Of(EntryKind.PolicyApproved) with { ApproverKey = "SHA256:b", Approval = new byte[1] }),
                    Writes.Opened(1),
                ]
        )
        {
            Assert.Equal(ErrorCode.InvalidRequest, (await Assert.ThrowsAsync<SignerException>(() => journal.Append(write))).Code);
        }
        Assert.Equal(size, journal.Head.Size);
        await journal.Append(new JournalWrite(Of(EntryKind.PolicyRetired)));
        Assert.Equal(size + 1, journal.Head.Size);
    }

    [Fact]
    public async Task A_document_goes_with_the_entry_that_proposes_it_and_has_its_digest()
    {
        await using var journal = _directory.Open();
        await journal.Append(First());
        Assert.Throws<ArgumentException>(() =>
            journal.Append(new JournalWrite(Of(EntryKind.PolicyProposed)) { Document = s_roster }).Status
        );
        Assert.Throws<ArgumentException>(() => journal.Append(new JournalWrite(Of(EntryKind.PolicyProposed))).Status);
        Assert.Throws<ArgumentException>(() =>
            journal.Append(new JournalWrite(Of(EntryKind.PolicyRetired)) { Document = s_policy }).Status
        );
        var large = new byte[131_073];
        var entry = Of(EntryKind.PolicyProposed) with { PolicyDigest = Keccak256.Hash(large).ToArray() };
        Assert.Throws<ArgumentException>(() => journal.Append(new JournalWrite(entry) { Document = large }).Status);
        Assert.Equal(1, journal.Head.Size);
    }

    [Theory]
    [InlineData("UPDATE policy_document SET document = x'7b7d'", "is not one that the log proposes")]
    [InlineData("UPDATE policy_document SET digest = zeroblob(32) WHERE length(document) < 100", "is not one that the log proposes")]
    [InlineData("INSERT INTO policy_document VALUES (zeroblob(32), x'7b7d')", "is not one that the log proposes")]
    [InlineData("DELETE FROM policy_document WHERE length(document) > 100", "The log proposes 2 policy documents, 1 are stored")]
    public async Task A_tampered_table_is_refused(string sql, string message)
    {
        await FillAsync();
        Execute(sql);
        Assert.Contains(message, Assert.Throws<JournalOpenException>(_directory.Open).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_document_changed_while_the_journal_is_open_is_not_given()
    {
        await FillAsync();
        await using var journal = _directory.Open();
        Execute("UPDATE policy_document SET document = x'7b7d'");
        Assert.Equal(ErrorCode.JournalFailed, Assert.Throws<SignerException>(() => journal.FindDocument(Keccak256.Hash(s_policy))).Code);
    }

    private static JournalWrite First() => FirstRoster(s_roster);

    private static JournalWrite Proposal() => new(Of(EntryKind.PolicyProposed)) { Document = s_policy };

    /// <summary>The first roster, which needs no other before it.</summary>
    internal static JournalWrite FirstRoster(byte[] document) =>
        new(
            Of(EntryKind.PolicyActivated) with
            {
                Policy = "",
                DocumentKind = "roster",
                PolicyDigest = Keccak256.Hash(document).ToArray(),
                RosterDigest = default,
            }
        )
        {
            Document = document,
        };

    private static Entry Of(EntryKind kind) =>
        new()
        {
            Kind = kind,
            TimeMs = 1_700_000_000_000,
            Policy = "desk",
            PolicyDigest = Keccak256.Hash(s_policy).ToArray(),
            DocumentKind = "policy",
            RosterDigest = Keccak256.Hash(s_roster).ToArray(),
        };

    private async Task FillAsync()
    {
        await using var journal = _directory.Open();
        await journal.Append(First());
        await journal.Append(Proposal());
        await journal.Append(new JournalWrite(Of(EntryKind.PolicyApproved) with { ApproverKey = "SHA256:a", Approval = new byte[1] }));
        await journal.Append(new JournalWrite(Of(EntryKind.PolicyActivated)));
    }

    private void Execute(string sql)
    {
        SQLitePCL.Batteries_V2.Init();
        using var connection = new SqliteConnection($"Data Source={_directory.Path};Pooling=false");
        connection.Open();
        connection.Run(sql);
    }
}
