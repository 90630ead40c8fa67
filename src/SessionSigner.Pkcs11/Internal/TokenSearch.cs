namespace SessionSigner.Pkcs11;

/// <summary>Finds tokens by label and serial number, never by slot number.</summary>
internal static class TokenSearch
{
    /// <summary>Every slot that answers. One that fails (an empty place of a cluster, a reader that was unplugged) does not hide the others.</summary>
    public static IReadOnlyList<(nuint Slot, TokenDescription Token)> List(Cryptoki cryptoki)
    {
        var tokens = new List<(nuint, TokenDescription)>();
        foreach (var slot in cryptoki.GetSlotsWithToken())
        {
            try
            {
                tokens.Add((slot, TokenDescription.From(cryptoki.GetTokenInfo(slot))));
            }
            catch (CryptokiException)
            {
                continue;
            }
        }
        return tokens;
    }

    /// <exception cref="TokenException"><see cref="TokenFault.TokenNotFound"/>.</exception>
    public static (nuint Slot, TokenDescription Token) Find(Cryptoki cryptoki, string label, string? serial)
    {
        var all = List(cryptoki).Where(candidate => candidate.Token.IsInitialized).ToList();
        var matches = all.Where(candidate => candidate.Token.Label == label && (serial is null || candidate.Token.Serial == serial))
            .ToList();
        var wanted = serial is null ? $"label {label}" : $"label {label} and serial {serial}";
        return matches.Count switch
        {
            1 => matches[0],
            0 => throw new TokenException(
                TokenFault.TokenNotFound,
                $"No token has {wanted}. The module shows: {(all.Count == 0 ? "none" : string.Join(", ", all.Select(c => $"{c.Token.Label} ({c.Token.Serial})")))}. "
                    + "Check that it is connected and that the module's own configuration (for example SOFTHSM2_CONF) points to it."
            ),
            _ => throw new TokenException(
                TokenFault.TokenNotFound,
                $"{matches.Count} tokens have {wanted}; name the serial number: {string.Join(", ", matches.Select(c => c.Token.Serial))}."
            ),
        };
    }
}
