namespace SessionSigner.Audit;

/// <summary>The fields of an entry while it is read: in order, each at most once but the debits.</summary>
internal struct EntryFields
{
    private const int DebitsField = 16;
    private const int ReleasedIndexField = 23;
    private const int DebitBucketField = 6;
    private const string Unordered = "The fields are out of order, or one is there twice.";
    private const string Unknown = "A field is unknown or has the wrong wire type.";

    public List<BudgetDebit> Debits;
    private int _last;
    private ulong _kind;
    private ulong _timeMs;
    private string? _principal;
    private string? _sessionId;
    private string? _requestId;
    private string? _policy;
    private byte[]? _policyDigest;
    private string? _primaryKey;
    private string? _payloadKind;
    private byte[]? _payloadDigest;
    private byte[]? _signatureHash;
    private string? _rule;
    private string? _reason;
    private string? _observed;
    private string? _limit;
    private byte[]? _grant;
    private string? _detail;
    private string? _documentKind;
    private byte[]? _rosterDigest;
    private string? _approverKey;
    private byte[]? _approval;
    private ulong _releasedIndex;

    public bool TryRead(int field, WireType wireType, ref EntryReader reader)
    {
        if (wireType != (field is 1 or 2 or ReleasedIndexField ? WireType.Varint : WireType.LengthDelimited))
        {
            return reader.Refuse(Unknown);
        }
        if (field < _last || (field == _last && field != DebitsField))
        {
            return reader.Refuse(Unordered);
        }
        _last = field;
        return field switch
        {
            1 => TryReadNumber(ref reader, out _kind),
            2 => TryReadNumber(ref reader, out _timeMs),
            3 => reader.TryReadText(out _principal),
            4 => reader.TryReadText(out _sessionId),
            5 => reader.TryReadText(out _requestId),
            6 => reader.TryReadText(out _policy),
            7 => TryReadBlob(ref reader, out _policyDigest),
            8 => reader.TryReadText(out _primaryKey),
            9 => reader.TryReadText(out _payloadKind),
            10 => TryReadBlob(ref reader, out _payloadDigest),
            11 => TryReadBlob(ref reader, out _signatureHash),
            12 => reader.TryReadText(out _rule),
            13 => reader.TryReadText(out _reason),
            14 => reader.TryReadText(out _observed),
            15 => reader.TryReadText(out _limit),
            DebitsField => TryReadDebit(ref reader),
            17 => TryReadBlob(ref reader, out _grant),
            18 => reader.TryReadText(out _detail),
            19 => reader.TryReadText(out _documentKind),
            20 => TryReadBlob(ref reader, out _rosterDigest),
            21 => reader.TryReadText(out _approverKey),
            22 => TryReadBlob(ref reader, out _approval),
            ReleasedIndexField => TryReadNumber(ref reader, out _releasedIndex),
            _ => reader.Refuse(Unknown),
        };
    }

    public readonly Entry ToEntry() =>
        new()
        {
            // Numbers that do not fit become values the rules refuse.
            Kind = _kind <= int.MaxValue ? (EntryKind)_kind : EntryKind.Unspecified,
            TimeMs = _timeMs <= long.MaxValue ? (long)_timeMs : -1,
            Principal = _principal ?? "",
            SessionId = _sessionId ?? "",
            RequestId = _requestId ?? "",
            Policy = _policy ?? "",
            PolicyDigest = _policyDigest,
            PrimaryKey = _primaryKey ?? "",
            PayloadKind = _payloadKind ?? "",
            PayloadDigest = _payloadDigest,
            SignatureHash = _signatureHash,
            Rule = _rule ?? "",
            Reason = _reason ?? "",
            Observed = _observed ?? "",
            Limit = _limit ?? "",
            Debits = Debits,
            Grant = _grant,
            Detail = _detail ?? "",
            DocumentKind = _documentKind ?? "",
            RosterDigest = _rosterDigest,
            ApproverKey = _approverKey ?? "",
            Approval = _approval,
            ReleasedIndex = _releasedIndex <= long.MaxValue ? (long)_releasedIndex : -1,
        };

    private static bool TryReadNumber(ref EntryReader reader, out ulong value) =>
        reader.TryReadVarint(out value) && (value != 0 || reader.Refuse("A number is 0; zeros are left out."));

    private static bool TryReadBlob(ref EntryReader reader, out byte[]? value)
    {
        value = null;
        if (!reader.TryReadBytes(out var bytes))
        {
            return false;
        }
        value = bytes.ToArray();
        return true;
    }

    private readonly bool TryReadDebit(ref EntryReader reader)
    {
        if (Debits.Count == EntryRules.DebitsMax)
        {
            return reader.Refuse("There are more than 64 debits.");
        }
        if (!reader.TryReadBytes(out var bytes))
        {
            return false;
        }
        var inner = new EntryReader(bytes);
        string[] texts = ["", "", "", "", ""];
        var bucket = 0UL;
        var last = 0;
        while (!inner.IsAtEnd)
        {
            if (!inner.TryReadTag(out var field, out var wireType))
            {
                return reader.Refuse(inner.Fault);
            }
            if (field is < 1 or > DebitBucketField || wireType != (field == DebitBucketField ? WireType.Varint : WireType.LengthDelimited))
            {
                return reader.Refuse(Unknown);
            }
            if (field <= last)
            {
                return reader.Refuse(Unordered);
            }
            last = field;
            if (field == DebitBucketField ? !TryReadNumber(ref inner, out bucket) : !inner.TryReadText(out texts[field - 1]))
            {
                return reader.Refuse(inner.Fault);
            }
        }
        Debits.Add(
            new BudgetDebit(texts[0], texts[1], texts[2])
            {
                Per = texts[3],
                Window = texts[4],
                // A number that does not fit becomes a value the rules refuse.
                Bucket = bucket <= long.MaxValue ? (long)bucket : -1,
            }
        );
        return true;
    }
}
