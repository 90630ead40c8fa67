using System.Buffers;

namespace SessionSigner.Audit;

/// <summary>
/// Encodes entries to the bytes whose hash is the log's leaf, and decodes exactly those bytes: for every byte string there is at most one entry, and
/// for every entry exactly one byte string. Thread safe.
/// SPEC: proto/spec/audit-log.md, "Entry"
/// </summary>
public static class EntryCodec
{
    /// <summary>Most bytes an entry may have, so that its length fits the 16-bit prefix of an entry bundle.</summary>
    public const int SizeMax = 65_535;

    /// <summary>Encodes an entry.</summary>
    /// <returns>The entry's bytes, at most <see cref="SizeMax"/>.</returns>
    /// <exception cref="ArgumentException">The entry breaks a rule of the format; the message names the field.</exception>
    public static byte[] Encode(Entry entry)
    {
        if (EntryRules.FindFault(entry) is { } fault)
        {
            throw new ArgumentException(fault, nameof(entry));
        }
        var buffer = ArrayPool<byte>.Shared.Rent(SizeMax);
        try
        {
            var writer = new EntryWriter(buffer.AsSpan(0, SizeMax));
            if (!WriteEntry(ref writer, entry))
            {
                throw new ArgumentException("The entry has more than 65,535 bytes.", nameof(entry));
            }
            return writer.Written.ToArray();
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Decodes an entry; anything but the one encoding of a valid entry is false. Never throws, whatever the bytes.</summary>
    /// <param name="bytes">The entry's bytes.</param>
    /// <param name="entry">The entry, if true.</param>
    /// <param name="fault">What is wrong, if false: constant text that names the field.</param>
    public static bool TryDecode(ReadOnlySpan<byte> bytes, out Entry? entry, out string fault)
    {
        entry = null;
        if (bytes.Length > SizeMax)
        {
            fault = "The entry has more than 65,535 bytes.";
            return false;
        }
        var fields = default(EntryFields);
        fields.Debits = [];
        var reader = new EntryReader(bytes);
        while (!reader.IsAtEnd)
        {
            if (!reader.TryReadTag(out var field, out var wireType) || !fields.TryRead(field, wireType, ref reader))
            {
                fault = reader.Fault;
                return false;
            }
        }
        var decoded = fields.ToEntry();
        if (EntryRules.FindFault(decoded) is { } broken)
        {
            fault = broken;
            return false;
        }
        entry = decoded;
        fault = "";
        return true;
    }

    private static bool WriteEntry(ref EntryWriter writer, Entry entry)
    {
        writer.WriteVarintField(1, (ulong)entry.Kind);
        writer.WriteVarintField(2, (ulong)entry.TimeMs);
        writer.WriteTextField(3, entry.Principal);
        writer.WriteTextField(4, entry.SessionId);
        writer.WriteTextField(5, entry.RequestId);
        writer.WriteTextField(6, entry.Policy);
        writer.WriteBytesField(7, entry.PolicyDigest.Span);
        writer.WriteTextField(8, entry.PrimaryKey);
        writer.WriteTextField(9, entry.PayloadKind);
        writer.WriteBytesField(10, entry.PayloadDigest.Span);
        writer.WriteBytesField(11, entry.SignatureHash.Span);
        writer.WriteTextField(12, entry.Rule);
        writer.WriteTextField(13, entry.Reason);
        writer.WriteTextField(14, entry.Observed);
        writer.WriteTextField(15, entry.Limit);
        var debits = entry.Debits;
        for (var i = 0; i < debits.Count; i++)
        {
            writer.WriteDebitField(16, debits[i]);
        }
        writer.WriteBytesField(17, entry.Grant.Span);
        writer.WriteTextField(18, entry.Detail);
        writer.WriteTextField(19, entry.DocumentKind);
        writer.WriteBytesField(20, entry.RosterDigest.Span);
        writer.WriteTextField(21, entry.ApproverKey);
        writer.WriteBytesField(22, entry.Approval.Span);
        writer.WriteVarintField(23, checked((ulong)entry.ReleasedIndex));
        return !writer.IsOverfull;
    }
}
