using System.Globalization;

namespace Conformance;

/// <summary>Texts that the policy "words" allows.</summary>
internal static class Texts
{
    public static string Quote(int amount = 100) => $"Quote 0xc0ffee00: {amount} USDC at {Time(0)}";

    /// <summary>Sign-In with Ethereum by the session's address, for ten minutes.</summary>
    public static string SignIn(string address) =>
        $"""
            desk.example wants you to sign in with your Ethereum account:
            {address}

            Sign in to trade.

            URI: https://desk.example/login
            Version: 1
            Chain ID: {Policies.Chain}
            Nonce: 32891757
            Issued At: {Time(0)}
            Expiration Time: {Time(590)}
            Resources:
            - https://desk.example/terms
            """;

    public static string Time(int seconds) =>
        TimeProvider.System.GetUtcNow().AddSeconds(seconds).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
