using Microsoft.Extensions.Logging.Abstractions;
using SessionSigner.Core;
using SessionSigner.Pkcs11;

namespace SessionSigner.Server;

/// <summary>Whether the token is there, takes the PIN and holds the primary keys. Logs in once, as the daemon would.</summary>
internal static class TokenExamination
{
    private const string Subject = "token";

    public static IEnumerable<Finding> Run(DaemonOptions options, TimeProvider clock)
    {
        try
        {
            using var authority = TokenAccess.Open(options, clock, NullLogger.Instance);
            return [.. authority.PrimaryKeys.Select(ExamineKey)];
        }
        catch (StartException exception)
        {
            var fault = (exception.InnerException as TokenException)?.Fault;
            return [Finding.Fail(Subject, exception.Message, TokenRemedy.Of(fault, options.Token))];
        }
    }

    internal static Finding ExamineKey(PrimaryKey key) =>
        key.Extractable || !key.Sensitive || !key.Local
            ? Finding.Warn(
                Subject,
                $"{key.Label} in {key.TokenLabel} can leave the token or was made outside it",
                "generate a key in the token that cannot leave it, name it in token.keys, and register its address in the place of this one's"
            )
            : Finding.Good(
                Subject,
                $"{key.Label} ({key.PublicKey.CurveName}) in {key.TokenLabel}, serial {key.TokenSerial}, {key.TokenModel}"
            );
}
