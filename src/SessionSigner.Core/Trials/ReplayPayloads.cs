using System.Text;
using SessionSigner.Ethereum;
using SessionSigner.Grants;

namespace SessionSigner.Core;

/// <summary>
/// Payloads that a desk has kept, by the digest that is computed from each when it is added: a payload cannot pass for another. Not thread safe.
/// </summary>
public sealed class ReplayPayloads
{
    private readonly Dictionary<Hash32, (PayloadKind Kind, ReadOnlyMemory<byte> Body)> _byDigest = [];

    /// <summary>How many there are.</summary>
    public int Count => _byDigest.Count;

    /// <summary>Adds one payload: <c>{"kind":…,"payload":…}</c>.</summary>
    /// <param name="json">JSON in UTF-8, at most 131072 bytes.</param>
    /// <param name="fault">What is wrong, naming the member; empty if nothing is.</param>
    public bool TryAdd(ReadOnlySpan<byte> json, out string fault)
    {
        var faults = new FaultList();
        if (StrictJson.Read(json, faults) is { } item)
        {
            Add(item, faults);
        }
        fault = string.Join(' ', faults.Faults);
        return faults.Count == 0;
    }

    /// <summary>Finds a payload.</summary>
    internal bool Find(ReadOnlySpan<byte> digest, out PayloadKind kind, out ReadOnlyMemory<byte> body)
    {
        (kind, body) = digest.Length == Hash32.Size ? _byDigest.GetValueOrDefault(new Hash32(digest)) : default;
        return kind != PayloadKind.Unspecified;
    }

    private void Add(JsonItem item, FaultList faults)
    {
        var reader = ObjectReader.Open(item, "", faults);
        var kind = PayloadKindText.Parse(
            reader.Text("kind", text => PayloadKindText.Parse(text) != PayloadKind.Unspecified, $"Must be one of {PayloadKindText.Names}.")
        );
        var payload = reader.Required("payload");
        reader.RefuseUnknown();
        if (faults.Count > 0)
        {
            return;
        }
        var body = kind switch
        {
            PayloadKind.Transaction or PayloadKind.Digest => Parsing.Bytes(payload),
            PayloadKind.UserOperation => UserOperationItem.Read(payload!, "payload", faults),
            PayloadKind.Message => payload is JsonItem.Text { Value: var text } ? Encoding.UTF8.GetBytes(text) : null,
            PayloadKind.TypedData => payload is JsonItem.Object ? CanonicalJson.WriteUtf8(payload) : null,
            _ => null,
        };
        if (faults.Count > 0)
        {
            return;
        }
        if (body is null || (kind == PayloadKind.Digest && body.Length != Hash32.Size))
        {
            faults.Add(
                "payload",
                "Must be hexadecimal digits after 0x of a transaction or digest, text of a message, an object of typed data."
            );
            return;
        }
        var decoded = PayloadDecoder.Decode(kind, body);
        if (!decoded.IsDecoded)
        {
            faults.Add("payload", $"It cannot be decoded: {decoded.Denial.Observed}.");
            return;
        }
        _byDigest.TryAdd(decoded.Payload.Digest, (kind, body));
    }
}
