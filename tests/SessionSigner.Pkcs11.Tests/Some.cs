using SessionSigner.Core;
using SessionSigner.Ethereum;
using SessionSigner.Grants;

namespace SessionSigner.Pkcs11.Tests;

/// <summary>Values that tests need and do not care about.</summary>
internal static class Some
{
    public static UnsignedGrant Grant(PublicKey primaryKey, int number = 1) =>
        new()
        {
            GrantId = Keccak256.Hash(BitConverter.GetBytes(number)),
            SessionKey = SessionKey(),
            PrimaryKey = primaryKey,
            Account = new Address(new byte[20]),
            Chains = [UInt256.One],
            NotBefore = 1_700_000_000,
            NotAfter = 1_700_003_600,
            ScopeHash = Keccak256.Hash("scope"u8),
            PolicyDigest = Keccak256.Hash("policy"u8),
            Audience = "desk.example",
        };

    public static PublicKey SessionKey()
    {
        var compressed33 = new byte[33];
        Assert.True(Secp256k1.TryCreatePublicKey(Enumerable.Repeat((byte)7, 32).ToArray(), compressed33));
        return new PublicKey(Curve.Secp256k1, compressed33);
    }

    public static async Task<SignerException> Refusal(Func<Task> work) => await Assert.ThrowsAsync<SignerException>(work);
}
