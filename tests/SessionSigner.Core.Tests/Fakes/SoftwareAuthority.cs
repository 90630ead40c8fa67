using SessionSigner.Ethereum;
using SessionSigner.Grants;

namespace SessionSigner.Core.Tests;

/// <summary>A primary key in managed memory: for tests only.</summary>
internal sealed class SoftwareAuthority : IGrantAuthority
{
    private static readonly byte[] s_secret = [.. Enumerable.Repeat((byte)7, 32)];

    public SoftwareAuthority()
    {
        PrimaryKeys = [CreateKey("treasury")];
    }

    public IReadOnlyList<PrimaryKey> PrimaryKeys { get; }

    public int Calls { get; private set; }

    /// <summary>Runs before the grant is signed.</summary>
    public Func<CancellationToken, Task> BeforeSigning { get; set; } = _ => Task.CompletedTask;

    /// <summary>Changes the grant before it is signed.</summary>
    public Func<UnsignedGrant, UnsignedGrant> Swap { get; set; } = grant => grant;

    /// <summary>Changes what comes back.</summary>
    public Func<SignedGrant, SignedGrant> Spoil { get; set; } = grant => grant;

    public bool IsAvailable(PrimaryKey primaryKey) => true;

    public async ValueTask<SignedGrant> AuthorizeAsync(UnsignedGrant grant, CancellationToken cancellationToken)
    {
        Calls++;
        cancellationToken.ThrowIfCancellationRequested();
        if (!PrimaryKeys.Any(key => key.PublicKey.Equals(grant.PrimaryKey)))
        {
            throw new SignerException(ErrorCode.NotFound, "There is no such primary key.");
        }
        await BeforeSigning(cancellationToken);
        var stated = Swap(grant);
        var signature = new byte[65];
        Assert.True(Secp256k1.TrySignRecoverable(s_secret, GrantCodec.Digest(stated), signature));
        signature[64] += 27;
        return Spoil(new SignedGrant(stated, signature));
    }

    private static PrimaryKey CreateKey(string label)
    {
        var compressed = new byte[33];
        Assert.True(Secp256k1.TryCreatePublicKey(s_secret, compressed));
        return new PrimaryKey
        {
            Label = label,
            KeyId = new byte[] { 1 },
            PublicKey = new PublicKey(Curve.Secp256k1, compressed),
            TokenLabel = "test",
            TokenSerial = "1",
            TokenModel = "software",
            Sensitive = true,
            Extractable = false,
            NeverExtractable = true,
            AlwaysSensitive = true,
            Local = true,
        };
    }
}
