using SessionSigner.Audit;
using SessionSigner.Ethereum;

namespace SessionSigner.Core.Tests;

/// <summary>Reads a log as a stranger would: every rule of the verifier, and every running sum added up anew.</summary>
internal static class ReleaseLog
{
    /// <summary>Checks the log and adds up what its entries leave taken from each counter.</summary>
    public static Dictionary<string, UInt256> Check(IReadOnlyList<Entry> entries)
    {
        var verifier = new LogVerifier();
        var owners = new Dictionary<string, string>();
        var sums = new Dictionary<string, UInt256>();
        for (var i = 0; i < entries.Count; i++)
        {
            var entry = entries[i];
            verifier.Add(i, EntryCodec.Encode(entry));
            if (entry.Kind == EntryKind.SessionOpened)
            {
                owners[entry.SessionId] = entry.Principal;
            }
            foreach (var debit in entry.Debits.Where(debit => debit.SpentAfter.Length > 0))
            {
                var sharer = debit.Per switch
                {
                    "" => entry.SessionId,
                    "principal" => owners[entry.SessionId],
                    _ => "",
                };
                var key = $"{sharer} {debit.Per} {debit.Budget} {debit.Window} {debit.Bucket}";
                Assert.True(UInt256.TryParse(debit.Amount, out var amount));
                var fits =
                    entry.Kind == EntryKind.Signed
                        ? UInt256.TryAdd(sums.GetValueOrDefault(key), amount, out var sum)
                        : UInt256.TrySubtract(sums.GetValueOrDefault(key), amount, out sum);
                Assert.True(fits);
                Assert.Equal(sum.ToString(), debit.SpentAfter);
                sums[key] = sum;
            }
        }
        var verified = verifier.Complete(entries.Count, [.. new byte[32]]);
        Assert.Equal(["The root differs: an entry was changed, or this is another log."], verified.Faults.Select(fault => fault.Message));
        return sums;
    }
}
