namespace SessionSigner.Audit.Tests;

/// <summary>A release names a signature before it, once, with its session, request and amounts.</summary>
public sealed class ReleaseTests
{
    private static readonly Entry s_signed = Entries.Full with { Grant = default };
    private static readonly Entry s_released = s_signed with
    {
        Kind = EntryKind.ReservationReleased,
        Principal = "spiffe://desk.example/settler",
        Debits = [s_signed.Debits[0] with { SpentAfter = "5" }, s_signed.Debits[1] with { SpentAfter = "" }],
        ReleasedIndex = 1,
        Detail = "void",
    };

    [Fact]
    public void A_release_is_read_as_it_was_written()
    {
        var bytes = EntryCodec.Encode(s_released);
        Assert.True(EntryCodec.TryDecode(bytes, out var entry, out var fault), fault);
        Assert.Equal(bytes, EntryCodec.Encode(entry!));
        Assert.Equal((1, "5", ""), (entry!.ReleasedIndex, entry.Debits[0].SpentAfter, entry.Debits[1].SpentAfter));
    }

    [Fact]
    public void A_release_names_a_signature_and_nothing_else_does()
    {
        AssertRefused(s_released with { ReleasedIndex = 0 }, "released_index");
        AssertRefused(s_released with { ReleasedIndex = -1 }, "released_index");
        AssertRefused(s_signed with { ReleasedIndex = 1 }, "released_index");
        AssertRefused(s_signed with { Debits = s_released.Debits }, "debits.spent_after");
        AssertRefused(s_signed with { Kind = (EntryKind)15 }, "kind");
    }

    [Fact]
    public void A_log_with_a_release_verifies() =>
        Assert.Empty(Faults(Entries.Opened, s_signed, Entries.Opened with { Kind = EntryKind.SessionEnded }, s_released));

    [Fact]
    public void A_release_that_does_not_follow_is_found()
    {
        const string Unknown = "The release names no signature before it, or one that has been released.";
        const string Other = "The release is of another session, or of other amounts, than the signature it names.";
        Assert.Equal([(3, Unknown)], Faults(Entries.Opened, s_signed, s_released, s_released));
        Assert.Equal([(1, Unknown)], Faults(Entries.Opened, s_released, s_signed));
        Assert.Equal([(2, Unknown)], Faults(Entries.Opened, s_signed, s_released with { ReleasedIndex = 2 }));
        Assert.Equal([(2, Unknown)], Faults(Entries.Opened, s_signed, s_released with { ReleasedIndex = long.MaxValue }));
        Assert.Equal([(2, Other)], Faults(Entries.Opened, s_signed, s_released with { SessionId = new string('1', 32) }));
        Assert.Equal([(2, Other)], Faults(Entries.Opened, s_signed, s_released with { RequestId = "order-2" }));
        Assert.Equal([(2, Other)], Faults(Entries.Opened, s_signed, s_released with { Debits = [s_released.Debits[0]] }));
        Assert.Equal(
            [(2, Other)],
            Faults(
                Entries.Opened,
                s_signed,
                s_released with
                {
                    Debits = [s_released.Debits[0] with { Amount = "8" }, s_released.Debits[1]],
                }
            )
        );
    }

    private static void AssertRefused(Entry entry, string field) =>
        Assert.StartsWith(field, Assert.Throws<ArgumentException>(() => EntryCodec.Encode(entry)).Message, StringComparison.Ordinal);

    private static (int, string)[] Faults(params Entry[] entries)
    {
        var (verifier, tree) = (new LogVerifier(), new MerkleTree());
        for (var i = 0; i < entries.Length; i++)
        {
            var bytes = EntryCodec.Encode(entries[i]);
            tree.Append(bytes);
            verifier.Add(i, bytes);
        }
        return [.. verifier.Complete(entries.Length, tree.Root()).Faults.Select(fault => ((int)fault.Index, fault.Message))];
    }
}
