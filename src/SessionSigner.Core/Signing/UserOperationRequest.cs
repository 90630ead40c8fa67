using SessionSigner.Ethereum;

namespace SessionSigner.Core;

/// <summary>A user operation to sign, with everything that its signature depends on and its JSON does not say. Nothing of it is guessed.</summary>
/// <param name="Version">Version of the EntryPoint.</param>
/// <param name="EntryPoint">The EntryPoint.</param>
/// <param name="ChainId">The chain.</param>
/// <param name="Form">What is signed.</param>
/// <param name="Json">JSON in UTF-8 as eth_sendUserOperation takes it, without signature; 1 to 131,072 bytes.</param>
public sealed record UserOperationRequest(
    EntryPointVersion Version,
    Address EntryPoint,
    UInt256 ChainId,
    UserOperationForm Form,
    ReadOnlyMemory<byte> Json
)
{
    /// <summary>What a body has before the JSON: form (1 byte), version (1), EntryPoint (20), chain (32).</summary>
    internal const int HeadSize = 2 + Address.Size + UInt256.Size;

    /// <summary>All of it in one encoding, so that requests that differ in anything have different bodies.</summary>
    /// <exception cref="OverflowException">The form or the version is none that exists.</exception>
    public ReadOnlyMemory<byte> ToBody()
    {
        var body = new byte[HeadSize + Json.Length];
        body[0] = checked((byte)Form);
        body[1] = checked((byte)Version);
        EntryPoint.CopyTo(body.AsSpan(2));
        ChainId.WriteBigEndian(body.AsSpan(2 + Address.Size));
        Json.CopyTo(body.AsMemory(HeadSize));
        return body;
    }

    /// <summary>Reads what <see cref="ToBody"/> made.</summary>
    /// <returns>Null for any other bytes that are too short.</returns>
    internal static UserOperationRequest? Read(ReadOnlyMemory<byte> body)
    {
        if (body.Length < HeadSize)
        {
            return null;
        }
        var head = body.Span[..HeadSize];
        return new UserOperationRequest(
            (EntryPointVersion)head[1],
            new Address(head.Slice(2, Address.Size)),
            UInt256.FromBigEndian(head[(2 + Address.Size)..]),
            (UserOperationForm)head[0],
            body[HeadSize..]
        );
    }
}
