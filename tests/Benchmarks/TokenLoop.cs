using System.Diagnostics;
using System.Security.Cryptography;
using SessionSigner.Ethereum;
using SessionSigner.Grants;
using SessionSigner.Pkcs11;

namespace Benchmarks;

/// <summary>What every request would cost if the token signed it: one grant after the other, in a process that has SOFTHSM2_CONF.</summary>
internal static class TokenLoop
{
    public static async Task<int> RunAsync(string folder, TimeSpan duration)
    {
        var state = Directory.CreateTempSubdirectory("benchmarks-token-").FullName;
        var options = new Pkcs11Options
        {
            ModulePath = "/usr/lib/softhsm/libsofthsm2.so",
            TokenLabel = "conformance",
            PinFile = Path.Combine(folder, "token-pin"),
            StateDirectory = state,
            AllowSoftwareToken = true,
            Keys = [new PrimaryKeySelector("primary-1")],
        };
        using var authority = Pkcs11GrantAuthority.Open(options, TimeProvider.System);
        var grant = ToSign(authority.PrimaryKeys[0].PublicKey);
        var ticks = new List<long>(1 << 14);
        var start = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(start) < duration)
        {
            var before = Stopwatch.GetTimestamp();
            await authority.AuthorizeAsync(grant, CancellationToken.None);
            ticks.Add(Stopwatch.GetTimestamp() - before);
        }
        Console.WriteLine(Measurement.Of(ticks, Stopwatch.GetElapsedTime(start)).ToLine());
        Directory.Delete(state, recursive: true);
        return 0;
    }

    private static UnsignedGrant ToSign(PublicKey primary)
    {
        var session33 = new byte[33];
        if (!Secp256k1.TryCreatePublicKey(RandomNumberGenerator.GetBytes(32), session33))
        {
            throw new InvalidOperationException("The random key is no scalar; run again.");
        }
        return new UnsignedGrant
        {
            GrantId = new Hash32(RandomNumberGenerator.GetBytes(32)),
            SessionKey = new PublicKey(Curve.Secp256k1, session33),
            PrimaryKey = primary,
            Account = Address.FromPublicKey(session33),
            Chains = [UInt256.One],
            NotBefore = 0,
            NotAfter = 1,
            ScopeHash = default,
            PolicyDigest = default,
            Audience = "benchmark",
        };
    }
}
