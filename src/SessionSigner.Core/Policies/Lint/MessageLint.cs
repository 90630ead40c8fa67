using SessionSigner.Ethereum;
using SessionSigner.Grants;

namespace SessionSigner.Core;

/// <summary>What is usually not meant in permissions for personal messages.</summary>
internal static class MessageLint
{
    private const int LongLifetimeSeconds = 24 * 3_600;
    private const int FreeTextMax = 64;

    public static void Check(MessagePermission permission, string path, List<string> warnings)
    {
        foreach (var hole in permission.Holes)
        {
            if (hole is MessageHole.Text { Alphabet: TextAlphabet.Printable, LengthMax: > FreeTextMax })
            {
                warnings.Add(
                    $"{path}.holes: \"{hole.Name}\" takes {FreeTextMax + 1} characters or more of anything; it can say what nobody meant to sign."
                );
            }
            if (hole is MessageHole.Uint { Max: var max } && max == UInt256.MaxValue && !ArgumentBounds.IsCapped(permission, [hole.Name]))
            {
                warnings.Add($"{path}.holes: \"{hole.Name}\" has no cap; give it a max.");
            }
        }
        if (!permission.Holes.Any(hole => hole is MessageHole.Time))
        {
            warnings.Add(
                $"{path}.template: Has no time; whoever gets the signature may use it for ever, unless the one who reads it asks for more."
            );
        }
    }

    public static void Check(SignInPermission permission, string path, List<string> warnings)
    {
        if (permission.MaxLifetimeSeconds > LongLifetimeSeconds)
        {
            warnings.Add($"{path}.max_lifetime_seconds: A sign-in may be valid for {permission.MaxLifetimeSeconds / 3_600} hours.");
        }
        foreach (
            var origin in permission.Domains.Concat(permission.Origins).Where(text => text.StartsWith("http:", StringComparison.Ordinal))
        )
        {
            warnings.Add($"{path}: {origin} is not encrypted; whoever is in between gets the sign-in.");
        }
    }
}
