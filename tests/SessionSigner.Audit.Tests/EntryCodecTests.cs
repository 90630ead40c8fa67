using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Google.Protobuf;

namespace SessionSigner.Audit.Tests;

public sealed class EntryCodecTests
{
    [Fact]
    public void Valid_vectors_are_decoded_and_encoded_again_to_the_same_bytes()
    {
        var leaf = new byte[MerkleTree.HashSize];
        foreach (var vector in Vectors.List("valid"))
        {
            var bytes = vector.Hex("hex");
            Assert.True(EntryCodec.TryDecode(bytes, out var entry, out var fault), $"{vector.Text("name")}: {fault}");
            Assert.Equal(bytes, EntryCodec.Encode(entry!));
            MerkleTree.HashLeaf(bytes, leaf);
            Assert.Equal(vector.Hex("leaf"), leaf);
        }
    }

    [Fact]
    public void Invalid_vectors_are_refused_with_a_reason()
    {
        foreach (var vector in Vectors.List("invalid"))
        {
            Assert.False(EntryCodec.TryDecode(vector.Hex("hex"), out var entry, out var fault), vector.Text("name"));
            Assert.Null(entry);
            Assert.NotEqual("", fault);
        }
    }

    [Fact]
    public void Stock_protobuf_reads_and_writes_the_same_bytes()
    {
        foreach (var vector in Vectors.List("valid"))
        {
            var bytes = vector.Hex("hex");
            var stock = V1.Entry.Parser.ParseFrom(bytes);
            Assert.Equal(JsonParser.Default.Parse<V1.Entry>(vector.GetProperty("entry").GetRawText()), stock);
            Assert.Equal(bytes, stock.ToByteArray());
        }
    }

    [Property(MaxTest = 300)]
    public Property Any_entry_means_the_same_to_stock_protobuf() =>
        Prop.ForAll(
            Arb.From(Entries.Any),
            entry =>
            {
                var bytes = EntryCodec.Encode(entry);
                Assert.True(EntryCodec.TryDecode(bytes, out var decoded, out var fault), fault);
                Assert.Equal(bytes, EntryCodec.Encode(decoded!));
                var stock = V1.Entry.Parser.ParseFrom(bytes);
                Assert.Equal(bytes, stock.ToByteArray());
                Assert.Equal(entry.Kind, (EntryKind)stock.Kind);
                Assert.Equal(entry.TimeMs, stock.TimeMs);
                Assert.Equal(
                    [entry.Principal, entry.SessionId, entry.RequestId, entry.Policy, entry.PrimaryKey, entry.PayloadKind],
                    [stock.Principal, stock.SessionId, stock.RequestId, stock.Policy, stock.PrimaryKey, stock.PayloadKind]
                );
                Assert.Equal(
                    [entry.Rule, entry.Reason, entry.Observed, entry.Limit, entry.Detail],
                    [stock.Rule, stock.Reason, stock.Observed, stock.Limit, stock.Detail]
                );
                Assert.Equal(entry.PolicyDigest.ToArray(), stock.PolicyDigest.ToByteArray());
                Assert.Equal(entry.PayloadDigest.ToArray(), stock.PayloadDigest.ToByteArray());
                Assert.Equal(entry.SignatureHash.ToArray(), stock.SignatureHash.ToByteArray());
                Assert.Equal(entry.Grant.ToArray(), stock.Grant.ToByteArray());
                Assert.Equal([entry.DocumentKind, entry.ApproverKey], [stock.DocumentKind, stock.ApproverKey]);
                Assert.Equal(entry.RosterDigest.ToArray(), stock.RosterDigest.ToByteArray());
                Assert.Equal(entry.Approval.ToArray(), stock.Approval.ToByteArray());
                Assert.Equal(
                    entry.Debits,
                    stock.Debits.Select(debit => new BudgetDebit(debit.Budget, debit.Amount, debit.SpentAfter)
                    {
                        Per = debit.Per,
                        Window = debit.Window,
                        Bucket = debit.Bucket,
                    })
                );
            }
        );

    [Property(MaxTest = 2000)]
    public void Random_bytes_never_throw_and_what_is_accepted_is_canonical(byte[] bytes)
    {
        if (EntryCodec.TryDecode(bytes, out var entry, out _))
        {
            Assert.Equal(bytes, EntryCodec.Encode(entry!));
        }
    }

    [Fact]
    public void Every_changed_byte_is_refused_or_another_entry_with_its_own_bytes()
    {
        var bytes = EntryCodec.Encode(Entries.Full);
        for (var i = 0; i < bytes.Length; i++)
        {
            for (var change = 1; change < 256; change++)
            {
                var changed = (byte[])bytes.Clone();
                changed[i] ^= (byte)change;
                if (EntryCodec.TryDecode(changed, out var entry, out _))
                {
                    Assert.Equal(changed, EntryCodec.Encode(entry!));
                }
            }
        }
    }

    [Fact]
    public void Every_cut_inserted_or_removed_byte_keeps_the_encoding_canonical()
    {
        var bytes = EntryCodec.Encode(Entries.Full);
        for (var i = 0; i < bytes.Length; i++)
        {
            foreach (var changed in (byte[][])[bytes[..i], [.. bytes[..i], .. bytes[(i + 1)..]], [.. bytes[..i], 0, .. bytes[i..]]])
            {
                if (EntryCodec.TryDecode(changed, out var entry, out _))
                {
                    Assert.Equal(changed, EntryCodec.Encode(entry!));
                }
            }
        }
    }

    [Fact]
    public void Entries_that_break_a_rule_are_not_encoded_and_the_field_is_named()
    {
        Entry full = Entries.Full;
        (Entry Entry, string Field)[] faulty =
        [
            (full with { Kind = EntryKind.Unspecified }, "kind"),
            (full with { Kind = (EntryKind)15 }, "kind"),
            (full with { TimeMs = -1 }, "time_ms"),
            (full with { Principal = new string('a', 257) }, "principal"),
            (full with { Principal = "a\u0000b" }, "principal"),
            (full with { Principal = "\uD800" }, "principal"),
            (full with { SessionId = Entries.SessionId[1..] }, "session_id"),
            (full with { SessionId = Entries.SessionId.ToUpperInvariant() }, "session_id"),
            (full with { RequestId = new string('a', 65) }, "request_id"),
            (full with { PolicyDigest = new byte[31] }, "policy_digest"),
            (full with { PayloadDigest = new byte[33] }, "payload_digest"),
            (full with { SignatureHash = new byte[64] }, "signature_hash"),
            (full with { Rule = new string('a', 257) }, "rule"),
            (full with { Observed = "a\nb" }, "observed"),
            (full with { Limit = "\u202E" }, "limit"),
            (full with { Debits = [new BudgetDebit("", "1", "1")] }, "debits.budget"),
            (full with { Debits = [new BudgetDebit("b", "", "1")] }, "debits.amount"),
            (full with { Debits = [new BudgetDebit("b", "1", "-1")] }, "debits.spent_after"),
            (full with { Debits = [new BudgetDebit("b", "1", "1") { Per = "session" }] }, "debits.per"),
            (full with { Debits = [new BudgetDebit("b", "1", "1") { Window = "lifetime" }] }, "debits.window"),
            (full with { Debits = [new BudgetDebit("b", "1", "1") { Window = "calendar_day", Bucket = -86_400 }] }, "debits.bucket"),
            (full with { Debits = [new BudgetDebit("b", "1", "1") { Bucket = 1 }] }, "debits.bucket"),
            (full with { Debits = [.. Enumerable.Repeat(new BudgetDebit("b", "1", "1"), 65)] }, "debits"),
            (full with { Detail = new string('a', 513) }, "detail"),
            (full with { DocumentKind = "rosters" }, "document_kind"),
            (full with { RosterDigest = new byte[31] }, "roster_digest"),
            (full with { ApproverKey = new string('a', 65) }, "approver_key"),
            (full with { Approval = new byte[4_097] }, "approval"),
            (full with { Grant = new byte[65_536] }, "65,535 bytes"),
        ];
        foreach (var (entry, field) in faulty)
        {
            Assert.Contains(field, Assert.Throws<ArgumentException>(() => EntryCodec.Encode(entry)).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void The_largest_entries_fit_exactly()
    {
        var small = Entries.Opened with { Grant = new byte[40_000] };
        var rest = EntryCodec.SizeMax - EntryCodec.Encode(small).Length;
        var largest = small with { Grant = new byte[40_000 + rest] };
        var bytes = EntryCodec.Encode(largest);

        Assert.Equal(EntryCodec.SizeMax, bytes.Length);
        Assert.True(EntryCodec.TryDecode(bytes, out _, out _));
        Assert.Throws<ArgumentException>(() => EntryCodec.Encode(largest with { Grant = new byte[40_001 + rest] }));
        Assert.False(EntryCodec.TryDecode(new byte[EntryCodec.SizeMax + 1], out _, out _));
        Assert.Equal(512, string.Concat(Enumerable.Repeat("🔑", 512)).EnumerateRunes().Count());
        EntryCodec.Encode(Entries.Full with { Detail = string.Concat(Enumerable.Repeat("🔑", 512)) });
    }
}
