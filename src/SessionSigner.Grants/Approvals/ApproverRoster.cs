using System.Diagnostics.CodeAnalysis;
using SessionSigner.Ethereum;

namespace SessionSigner.Grants;

/// <summary>One who approves.</summary>
/// <param name="Name">Name, unique in the roster.</param>
/// <param name="Key">The key, unique in the roster.</param>
/// <param name="UserVerification">Whether the key must state, each time, that it has verified its user; only for security keys.</param>
public sealed record Approver(string Name, OpenSshPublicKey Key, bool UserVerification);

/// <summary>
/// Who approves policies, and how many of them it takes. Immutable; made only by reading a document, so every instance can reach its threshold.
/// Format: proto/spec/policy.md.
/// </summary>
public sealed class ApproverRoster
{
    /// <summary>Most approvers.</summary>
    public const int CountMax = 32;

    /// <summary>Longest time lock, in seconds: 14 days.</summary>
    public const int TimeLockSecondsMax = 14 * 86_400;

    private ApproverRoster(int threshold, int timeLockSeconds, IReadOnlyList<Approver> approvers, JsonItem document)
    {
        Threshold = threshold;
        TimeLockSeconds = timeLockSeconds;
        Approvers = approvers;
        CanonicalJson = Grants.CanonicalJson.Write(document);
        Digest = Keccak256.Hash(Grants.CanonicalJson.WriteUtf8(document));
    }

    /// <summary>How many approvers it takes, at least 1.</summary>
    public int Threshold { get; }

    /// <summary>How long what was approved waits before it may come into force, in seconds; 0 for not at all.</summary>
    public int TimeLockSeconds { get; }

    /// <summary>The approvers, in the order of the document.</summary>
    public IReadOnlyList<Approver> Approvers { get; }

    /// <summary>Keccak-256 of the canonical JSON.</summary>
    public Hash32 Digest { get; }

    /// <summary>The canonical JSON (RFC 8785).</summary>
    public string CanonicalJson { get; }

    /// <summary>Reads a roster.</summary>
    /// <param name="utf8Json">JSON in UTF-8, at most 131072 bytes.</param>
    /// <param name="roster">The roster, if there is no fault.</param>
    /// <param name="faults">Everything that is wrong, one sentence each, naming the path.</param>
    public static bool TryParse(
        ReadOnlySpan<byte> utf8Json,
        [NotNullWhen(true)] out ApproverRoster? roster,
        out IReadOnlyList<string> faults
    )
    {
        var list = new FaultList();
        roster = StrictJson.Read(utf8Json, list) is { } item ? Read(item, list) : null;
        faults = list.Faults;
        return roster is not null;
    }

    private static ApproverRoster? Read(JsonItem item, FaultList faults)
    {
        var reader = ObjectReader.Open(item, "", faults);
        reader.Integer("version", 1, 1);
        var threshold = (int)reader.Integer("threshold", 1, CountMax);
        var timeLock = (int)(reader.OptionalInteger("time_lock_seconds", 0, TimeLockSecondsMax) ?? 0);
        var approvers = reader.List("approvers", 1, CountMax, ReadApprover);
        reader.RefuseUnknown();
        if (faults.Count == 0 && threshold > approvers.Count)
        {
            faults.Add("threshold", "Must be at most the number of approvers.");
        }
        RefuseDuplicates(approvers, faults);
        return faults.Count == 0 ? new ApproverRoster(threshold, timeLock, approvers, item) : null;
    }

    private static Approver? ReadApprover(JsonItem item, string path, FaultList faults)
    {
        var reader = ObjectReader.Open(item, path, faults);
        var name = reader.Text("name", Parsing.IsName, Parsing.NameRule);
        var line = reader.Text(
            "key",
            text => Parsing.IsPrintable(text, 1, OpenSshPublicKey.LineLengthMax),
            "Must be a line of a .pub file: 1 to 1024 printable ASCII characters."
        );
        var userVerification = reader.Flag("user_verification");
        reader.RefuseUnknown();
        if (line.Length == 0)
        {
            return null;
        }
        if (!OpenSshPublicKey.TryParse(line, out var key, out var fault))
        {
            faults.Add(reader.PathOf("key"), fault);
            return null;
        }
        if (userVerification && !key.IsSecurityKey)
        {
            faults.Add(reader.PathOf("user_verification"), "Only a security key (sk-) verifies its user.");
        }
        return new Approver(name, key, userVerification);
    }

    private static void RefuseDuplicates(IReadOnlyList<Approver> approvers, FaultList faults)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        var keys = new HashSet<OpenSshPublicKey>();
        foreach (var approver in approvers)
        {
            if (!names.Add(approver.Name))
            {
                faults.Add("approvers", $"{FaultList.Quote(approver.Name)} is named twice.");
            }
            if (!keys.Add(approver.Key))
            {
                faults.Add("approvers", $"The key of {FaultList.Quote(approver.Name)} is given twice.");
            }
        }
    }
}
