namespace SessionSigner.Pkcs11;

/// <summary>Logs the user in to a token, once per PIN.</summary>
internal static class TokenLogin
{
    /// <exception cref="TokenException">The PIN was refused, now or before, or must not be tried.</exception>
    public static void LogIn(Cryptoki cryptoki, nuint session, TokenDescription token, PinSource source, PinRefusals refusals)
    {
        if (token.Has(TokenInfo.UserPinLocked) || token.Has(TokenInfo.UserPinFinalTry))
        {
            throw new TokenException(
                TokenFault.PinRefused,
                $"Token {token.Label} (serial {token.Serial}) reports that its PIN is locked or that one try is left. It is not tried: unlock it with the token's own tool first."
            );
        }
        using var pin = source.Read();
        refusals.LogInOnce(token, source, pin, () => cryptoki.Login(session, UserType.User, pin.Bytes));
    }
}
