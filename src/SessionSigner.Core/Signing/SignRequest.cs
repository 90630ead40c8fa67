using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using SessionSigner.Ethereum;

namespace SessionSigner.Core;

/// <summary>A signing request whose form has been checked.</summary>
internal sealed class SignRequest
{
    private SignRequest(Principal caller, string requestId, PayloadKind kind, ReadOnlyMemory<byte> body)
    {
        Caller = caller;
        RequestId = requestId;
        Kind = kind;
        Body = body;
        BodyHash = HashBody(kind, body.Span);
        Key = HashIdentifier(requestId);
    }

    public Principal Caller { get; }

    public string RequestId { get; }

    public PayloadKind Kind { get; }

    public ReadOnlyMemory<byte> Body { get; }

    /// <summary>Tells bodies apart: SHA-256 of the kind and the SHA-256 of the bytes.</summary>
    public Hash32 BodyHash { get; }

    /// <summary>The request identifier's key in the index.</summary>
    public UInt128 Key { get; }

    /// <exception cref="SignerException"><see cref="ErrorCode.InvalidRequest"/> naming field and rule.</exception>
    public static SignRequest Parse(Principal caller, string requestId, PayloadKind kind, ReadOnlyMemory<byte> body)
    {
        RequestFields.CheckRequestId(requestId);
        CheckBody(kind, body);
        return new SignRequest(caller, requestId, kind, body);
    }

    /// <exception cref="SignerException"><see cref="ErrorCode.InvalidRequest"/> naming field and rule.</exception>
    public static void CheckBody(PayloadKind kind, ReadOnlyMemory<byte> body)
    {
        var (field, sizeMax) = kind switch
        {
            PayloadKind.Transaction => ("unsigned_transaction", PayloadDecoder.SizeMax),
            PayloadKind.TypedData => ("typed_data_json", PayloadDecoder.SizeMax),
            PayloadKind.Message => ("message", MessageText.SizeMax),
            PayloadKind.Digest => ("digest", Hash32.Size),
            PayloadKind.UserOperation => ("user_operation.json", PayloadDecoder.SizeMax),
            _ => throw Failures.Invalid("payload", "Must be of a known kind."),
        };
        // What stands before the JSON of a user operation does not count.
        var size = kind == PayloadKind.UserOperation ? body.Length - UserOperationRequest.HeadSize : body.Length;
        if (size <= 0)
        {
            throw Failures.Invalid(field, "Must not be empty.");
        }
        if (kind == PayloadKind.Digest && size != sizeMax)
        {
            throw Failures.Invalid(field, "Must be exactly 32 bytes.");
        }
        if (size > sizeMax)
        {
            throw Failures.Invalid(field, $"Must be at most {sizeMax} bytes.");
        }
    }

    // The kind is hashed with the body's hash, so that the same bytes as another kind are another body.
    private static Hash32 HashBody(PayloadKind kind, ReadOnlySpan<byte> body)
    {
        Span<byte> preimage = stackalloc byte[1 + Hash32.Size];
        Span<byte> digest = stackalloc byte[Hash32.Size];
        preimage[0] = (byte)kind;
        SHA256.HashData(body, preimage[1..]);
        SHA256.HashData(preimage, digest);
        return new Hash32(digest);
    }

    /// <summary>The key of a request identifier.</summary>
    public static UInt128 HashIdentifier(string requestId)
    {
        Span<byte> text = stackalloc byte[RequestFields.RequestIdLengthMax];
        Span<byte> digest = stackalloc byte[32];
        SHA256.HashData(text[..Encoding.ASCII.GetBytes(requestId, text)], digest);
        return BinaryPrimitives.ReadUInt128BigEndian(digest);
    }
}
