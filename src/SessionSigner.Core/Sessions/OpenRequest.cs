using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using SessionSigner.Ethereum;
using SessionSigner.Grants;

namespace SessionSigner.Core;

/// <summary>Step 1 of opening: an OpenSession request whose every field has its form. Whether the policy allows it is not decided here.</summary>
internal sealed record OpenRequest
{
    /// <summary>Longest narrowing in bytes.</summary>
    public const int NarrowingSizeMax = 65_536;

    private const int IdentityLengthMax = 256;
    private const int NameLengthMax = 128;
    private const int AudienceLengthMax = 256;
    private const int FaultTextLengthMax = 1_024;

    public required Principal Caller { get; init; }

    public required string RequestId { get; init; }

    /// <summary>SHA-256 of everything but the identifier.</summary>
    public required Hash32 BodyHash { get; init; }

    public required string Policy { get; init; }

    /// <summary>Label, or null for the policy's only one.</summary>
    public required string? PrimaryKey { get; init; }

    /// <summary>Account, or null for the policy's only one.</summary>
    public required Address? Account { get; init; }

    /// <summary>Audience, or null for the policy's only one.</summary>
    public required string? Audience { get; init; }

    /// <summary>Lifetime, or null for the longest the policy allows.</summary>
    public required long? LifetimeSeconds { get; init; }

    /// <summary>Narrowing in the form in which it is enforced, or null.</summary>
    public required CompiledScope? Narrowing { get; init; }

    /// <exception cref="SignerException"><see cref="ErrorCode.InvalidRequest"/> naming field and rule.</exception>
    public static OpenRequest Parse(Principal caller, OpenSessionCommand command)
    {
        RequestFields.CheckText("principal", caller.Identity, 1, IdentityLengthMax);
        RequestFields.CheckRequestId(command.RequestId);
        RequestFields.CheckText("policy", command.Policy, 1, NameLengthMax);
        RequestFields.CheckText("primary_key", command.PrimaryKey, 0, NameLengthMax);
        RequestFields.CheckText("audience", command.Audience, 0, AudienceLengthMax);
        if (command.LifetimeSeconds is < 0 or > uint.MaxValue)
        {
            throw Failures.Invalid("lifetime_seconds", "Must be 0 to 4294967295.");
        }
        return new OpenRequest
        {
            Caller = caller,
            RequestId = command.RequestId,
            BodyHash = Hash(command),
            Policy = command.Policy,
            PrimaryKey = command.PrimaryKey.Length == 0 ? null : command.PrimaryKey,
            Account = ParseAccount(command.Account),
            Audience = command.Audience.Length == 0 ? null : command.Audience,
            LifetimeSeconds = command.LifetimeSeconds == 0 ? null : command.LifetimeSeconds,
            Narrowing = ParseNarrowing(command.NarrowingJson),
        };
    }

    private static Address? ParseAccount(string text)
    {
        if (text.Length == 0)
        {
            return null;
        }
        return Address.TryParseChecksummed(text, out var account)
            ? account
            : throw Failures.Invalid("account", "Must be an address with its EIP-55 checksum, or empty.");
    }

    private static CompiledScope? ParseNarrowing(ReadOnlyMemory<byte> json)
    {
        if (json.IsEmpty)
        {
            return null;
        }
        if (json.Length > NarrowingSizeMax)
        {
            throw Failures.Invalid("narrowing_json", "Must be at most 65536 bytes.");
        }
        if (!Scope.TryParse(json.Span, out var scope, out var faults) || scope is null)
        {
            throw InvalidNarrowing(faults);
        }
        return CompiledScope.TryCompile("narrowing", scope, out var compiled, out faults) ? compiled : throw InvalidNarrowing(faults);
    }

    // Reports every fault, as far as they fit.
    private static SignerException InvalidNarrowing(IEnumerable<string> faults) =>
        Failures.Invalid("narrowing_json", AuditText.Clip("Must be a scope: " + string.Join(' ', faults), FaultTextLengthMax));

    private static Hash32 Hash(OpenSessionCommand command)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Add(hash, Encoding.UTF8.GetBytes(command.Policy));
        Add(hash, Encoding.UTF8.GetBytes(command.PrimaryKey));
        Add(hash, Encoding.UTF8.GetBytes(command.Account));
        Add(hash, Encoding.UTF8.GetBytes(command.Audience));
        Span<byte> lifetime = stackalloc byte[8];
        BinaryPrimitives.WriteInt64BigEndian(lifetime, command.LifetimeSeconds);
        hash.AppendData(lifetime);
        Add(hash, command.NarrowingJson.Span);
        return new Hash32(hash.GetHashAndReset());
    }

    private static void Add(IncrementalHash hash, ReadOnlySpan<byte> field)
    {
        Span<byte> length = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(length, field.Length);
        hash.AppendData(length);
        hash.AppendData(field);
    }
}
