using System.Security.Cryptography;
using FsCheck;
using FsCheck.Fluent;

namespace SessionSigner.Audit.Tests;

/// <summary>Entries for tests.</summary>
internal static class Entries
{
    public const string SessionId = "00112233445566778899aabbccddeeff";

    public static Entry Opened { get; } =
        new()
        {
            Kind = EntryKind.SessionOpened,
            TimeMs = 1_767_225_600_000,
            SessionId = SessionId,
            Grant = new byte[100],
        };

    public static Entry Full { get; } =
        new()
        {
            Kind = EntryKind.Signed,
            TimeMs = 1_767_225_602_345,
            Principal = "spiffe://desk.example/bot/élise",
            SessionId = SessionId,
            RequestId = "order-1",
            Policy = "desk",
            PolicyDigest = SHA256.HashData("policy"u8),
            PrimaryKey = "desk-1",
            PayloadKind = "transaction",
            PayloadDigest = SHA256.HashData("payload"u8),
            SignatureHash = SHA256.HashData("signature"u8),
            Rule = "ceiling.permissions[0]",
            Reason = "None",
            Observed = "1",
            Limit = "2",
            Debits = [new BudgetDebit("ceiling.budgets[usdc]", "7", "12"), new BudgetDebit("narrowing.budgets[usdc]", "7", "7")],
            Grant = "{}"u8.ToArray(),
            Detail = "text",
            DocumentKind = "policy",
            RosterDigest = SHA256.HashData("roster"u8),
            ApproverKey = "SHA256:x",
            Approval = "signature"u8.ToArray(),
        };

    /// <summary>A valid log: one session that opens, signs and ends, again and again.</summary>
    public static List<byte[]> Log(int count) =>
        [
            .. Enumerable
                .Range(0, count)
                .Select(i =>
                    EntryCodec.Encode(
                        (i % 8 == 0 ? Opened : Full) with
                        {
                            Kind =
                                i % 8 == 0 ? EntryKind.SessionOpened
                                : i % 8 == 7 ? EntryKind.SessionEnded
                                : EntryKind.Signed,
                            TimeMs = 1_767_225_600_000 + i,
                            SessionId = Convert.ToHexStringLower(SHA256.HashData(BitConverter.GetBytes(i / 8))[..16]),
                        }
                    )
                ),
        ];

    /// <summary>Any valid entry.</summary>
    public static Gen<Entry> Any { get; } =
        from kind in Gen.Choose(1, 13)
        from time in Gen.Choose(0, int.MaxValue)
        from texts in Gen.ArrayOf(Text(64), 11)
        from digests in Gen.ArrayOf(Digest, 4)
        from hasSession in Gen.Elements(true, false)
        from debits in Gen.Choose(0, 4).SelectMany(count => Gen.ArrayOf(Debit, count))
        from document in Gen.Elements("", "policy", "roster")
        from grant in Gen.Choose(0, 300).Select(size => new byte[size])
        select new Entry
        {
            Kind = (EntryKind)kind,
            TimeMs = time * 117_994L,
            Principal = texts[0],
            SessionId = hasSession ? SessionId : "",
            RequestId = texts[1],
            Policy = texts[2],
            PolicyDigest = digests[0],
            PrimaryKey = texts[3],
            PayloadKind = texts[4],
            PayloadDigest = digests[1],
            SignatureHash = digests[2],
            Rule = texts[5],
            Reason = texts[6],
            Observed = texts[7],
            Limit = texts[8],
            Debits = debits,
            Grant = grant,
            Detail = texts[9],
            DocumentKind = document,
            RosterDigest = digests[3],
            ApproverKey = texts[10],
            Approval = grant,
        };

    private static Gen<string> Text(int max) =>
        from count in Gen.Choose(0, max)
        from characters in Gen.ArrayOf(Gen.Elements("a", "Z", " ", "~", "é", "非", "🔑", "\u00A0", "\u2027", "\u202F"), count)
        select string.Concat(characters);

    private static Gen<ReadOnlyMemory<byte>> Digest =>
        Gen.Choose(0, 255).Select(value => value < 60 ? default : (ReadOnlyMemory<byte>)SHA256.HashData([(byte)value]));

    private static Gen<BudgetDebit> Debit =>
        from budget in Text(100).Select(text => text + "b")
        from amount in Gen.Choose(0, int.MaxValue)
        from per in Gen.Elements("", "principal", "policy", "primary_key")
        from window in Gen.Elements("", "calendar_day", "rolling")
        from bucket in Gen.Choose(1, 2_900_000)
        select new BudgetDebit(budget, $"{amount}", $"{(System.Numerics.BigInteger)amount << 200}")
        {
            Per = per,
            Window = window,
            Bucket = window.Length == 0 ? 0 : bucket * 86_400L,
        };
}
