using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using SessionSigner.Ethereum;

namespace SessionSigner.Grants;

/// <summary>
/// The text that approvers read and sign. It binds what is approved, what it replaces, the roster that judges, the daemon and an end; so a signature of it is good for
/// nothing else. A daemon makes the statement from its own state and never takes it from whoever brings the signatures. Immutable. Format: proto/spec/policy.md.
/// </summary>
public sealed class ApprovalStatement
{
    /// <summary>What the signatures are for (<c>ssh-keygen -Y sign -n</c>).</summary>
    public const string SignatureNamespace = "sessionsigner-policy@v1";

    /// <summary>Longest time from an approval's check to its end, in seconds: 31 days.</summary>
    public const long ValiditySecondsMax = 31 * 86_400;

    internal const string Title = "SessionSigner policy approval v1";
    internal const string TimeFormat = "yyyy-MM-dd'T'HH:mm:ss'Z'";
    internal const string None = "none";

    private const long ExpiresMax = 253_402_300_799;
    private const int DaemonLengthMax = 128;

    private ApprovalStatement(
        ApprovalAction action,
        string policy,
        Hash32 digest,
        Hash32? previous,
        Hash32 roster,
        string daemon,
        long expires
    )
    {
        Action = action;
        Policy = policy;
        Digest = digest;
        Previous = previous;
        Roster = roster;
        Daemon = daemon;
        Expires = expires;
        var text = new StringBuilder(Title).Append('\n');
        foreach (var (name, value) in Fields())
        {
            text.Append(name).Append(": ").Append(value).Append('\n');
        }
        Text = text.ToString();
        Utf8 = Encoding.ASCII.GetBytes(Text);
        Hash = new Hash32(SHA256.HashData(Utf8.Span));
    }

    /// <summary>What is approved.</summary>
    public ApprovalAction Action { get; }

    /// <summary>Name of the policy; empty for <see cref="ApprovalAction.Roster"/>.</summary>
    public string Policy { get; }

    /// <summary>Digest of the version that comes into force, or of the new roster.</summary>
    public Hash32 Digest { get; }

    /// <summary>For <see cref="ApprovalAction.Activate"/> the digest of the version that is in force; null if none is, and for a roster.</summary>
    public Hash32? Previous { get; }

    /// <summary>Digest of the roster in force, whose quorum it takes.</summary>
    public Hash32 Roster { get; }

    /// <summary>The daemon it is for: the origin of its audit log.</summary>
    public string Daemon { get; }

    /// <summary>First second in which the approval is no longer good, Unix time.</summary>
    public long Expires { get; }

    /// <summary>The text; ASCII, lines ended by line feeds.</summary>
    public string Text { get; }

    /// <summary>The bytes that are signed.</summary>
    public ReadOnlyMemory<byte> Utf8 { get; }

    /// <summary>SHA-256 of the bytes, by which people compare what they sign.</summary>
    public Hash32 Hash { get; }

    /// <summary>The statement that a version of a policy comes into force.</summary>
    /// <param name="policy">Name of the policy.</param>
    /// <param name="digest">Digest of the version.</param>
    /// <param name="previous">Digest of the version that is in force, or null if none is.</param>
    /// <param name="roster">Digest of the roster in force.</param>
    /// <param name="daemon">Origin of the daemon's audit log.</param>
    /// <param name="expires">First second in which the approval is no longer good, Unix time.</param>
    /// <exception cref="ArgumentException">A field breaks its rule.</exception>
    public static ApprovalStatement Activate(string policy, Hash32 digest, Hash32? previous, Hash32 roster, string daemon, long expires) =>
        Create(ApprovalAction.Activate, policy, digest, previous, roster, daemon, expires);

    /// <summary>The statement that another roster takes the place of the one in force.</summary>
    /// <param name="newRoster">Digest of the roster that comes into force.</param>
    /// <param name="roster">Digest of the roster in force.</param>
    /// <param name="daemon">Origin of the daemon's audit log.</param>
    /// <param name="expires">First second in which the approval is no longer good, Unix time.</param>
    /// <exception cref="ArgumentException">A field breaks its rule.</exception>
    public static ApprovalStatement ChangeRoster(Hash32 newRoster, Hash32 roster, string daemon, long expires) =>
        Create(ApprovalAction.Roster, "", newRoster, null, roster, daemon, expires);

    /// <summary>Reads a statement; every statement has one text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="statement">The statement, if nothing is wrong.</param>
    /// <param name="fault">What is wrong, naming the line; empty if nothing is.</param>
    public static bool TryParse(string text, [NotNullWhen(true)] out ApprovalStatement? statement, out string fault) =>
        ApprovalStatementReader.TryRead(text, out statement, out fault);

    internal static ApprovalStatement Create(
        ApprovalAction action,
        string policy,
        Hash32 digest,
        Hash32? previous,
        Hash32 roster,
        string daemon,
        long expires
    )
    {
        if (action != ApprovalAction.Roster && !Parsing.IsName(policy))
        {
            throw new ArgumentException(Parsing.NameRule, nameof(policy));
        }
        if (previous == digest)
        {
            throw new ArgumentException("Must not be the version that is activated.", nameof(previous));
        }
        if (action == ApprovalAction.Roster && digest == roster)
        {
            throw new ArgumentException("Must not be the roster in force.", nameof(digest));
        }
        if (daemon.Length is 0 or > DaemonLengthMax || daemon.Any(c => c is <= ' ' or > '~' or '+'))
        {
            throw new ArgumentException("Must be 1 to 128 printable ASCII characters without spaces or +.", nameof(daemon));
        }
        if (expires is <= 0 or > ExpiresMax)
        {
            throw new ArgumentException("Must be a time from 1970 to 9999.", nameof(expires));
        }
        return new ApprovalStatement(action, policy, digest, previous, roster, daemon, expires);
    }

    private IEnumerable<(string Name, string Value)> Fields()
    {
        var expires = DateTimeOffset.FromUnixTimeSeconds(Expires).ToString(TimeFormat, CultureInfo.InvariantCulture);
        (string, string)[] common = [("roster", Roster.ToString()), ("daemon", Daemon), ("expires", expires)];
        return Action switch
        {
            ApprovalAction.Activate =>
            [
                ("action", "activate"),
                ("policy", Policy),
                ("digest", Digest.ToString()),
                ("previous", Previous?.ToString() ?? None),
                .. common,
            ],
            ApprovalAction.Roster => [("action", "roster"), ("new-roster", Digest.ToString()), .. common],
            _ => throw new InvalidOperationException("The action is not stated."),
        };
    }
}
