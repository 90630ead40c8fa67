using System.Security.Cryptography;
using System.Text;

namespace SessionSigner.Pkcs11;

/// <summary>
/// Remembers, across restarts, which PINs a token has refused, so that no refused PIN is ever tried again: a few wrong ones lock a token, and a service that
/// restarts with a wrong PIN would do just that. An attempt without a clear answer, because the process did not survive it or the module said neither yes nor
/// no, may be repeated once. A changed PIN is tried.
/// </summary>
internal sealed class PinRefusals
{
    private readonly string _folder;

    public PinRefusals(string stateDirectory)
    {
        if (!Path.IsPathFullyQualified(stateDirectory) || FileStatus.Read(stateDirectory) is not { IsSafeFromOthers: true })
        {
            throw new TokenException(
                TokenFault.Options,
                $"The state folder {stateDirectory} must be an absolute path, exist, and be writable by the daemon's user alone: mkdir -p and chmod 0700."
            );
        }
        _folder = stateDirectory;
    }

    /// <summary>Calls <paramref name="login"/> once, unless this PIN has been refused before, and keeps a refusal.</summary>
    /// <exception cref="TokenException"><see cref="TokenFault.PinRefused"/>.</exception>
    /// <exception cref="CryptokiException">The token answered with another error.</exception>
    public void LogInOnce(TokenDescription token, PinSource source, Pin pin, Func<nuint> login)
    {
        var path = Path.Combine(_folder, FileName(token));
        using var marks = Keep(token, () => PinMarks.Open(path));
        var line = marks.Find(token, pin, out var before);
        if (FindRefusal(path, line, before) is { } why)
        {
            throw new TokenException(
                TokenFault.PinRefused,
                $"Token {token.Label} (serial {token.Serial}) is not asked with the PIN in {source}, because wrong PINs lock tokens: {why}"
            );
        }
        // The mark is on the disk before the token is asked: if it cannot be kept, the PIN is not tried.
        Keep(
            token,
            () =>
            {
                marks.Write(line, before == PinMark.Trying ? PinMark.TryingAgain : PinMark.Trying);
                return marks;
            }
        );
        var code = login();
        if (ReturnValue.RefusesPin(code))
        {
            marks.Write(line, PinMark.Refused);
            throw new TokenException(
                TokenFault.PinRefused,
                $"Token {token.Label} (serial {token.Serial}) refused the PIN in {source}: {ReturnValue.Describe(code)}. It will not be tried again. Put the right PIN into the file and start again."
            );
        }
        var isIn = code is ReturnValue.Ok or ReturnValue.UserAlreadyLoggedIn;
        if (isIn || ReturnValue.LeavesPinAlone(code))
        {
            // What an earlier attempt left in doubt is settled by a login only.
            marks.Write(line, isIn ? PinMark.None : before);
        }
        if (!isIn)
        {
            Cryptoki.Check("C_Login", code);
        }
    }

    private static string? FindRefusal(string path, int line, PinMark before) =>
        (line, before) switch
        {
            (< 0, _) =>
                $"{PinMarks.CountMax} others were refused or left without an answer, and no more is tried. Check the PIN, then delete {path} and start again.",
            (_, PinMark.Refused) =>
                $"it has refused this one before; it is not tried again. Put the right PIN into the file and start again. If the token's PIN was changed to this one since, delete {path} first.",
            (_, PinMark.TryingAgain) =>
                $"it was asked with this one twice without a clear answer (the process ended, or the module said neither yes nor no), and may have counted a wrong PIN each time. Check the PIN and the module, then delete {path} and start again.",
            _ => null,
        };

    private PinMarks Keep(TokenDescription token, Func<PinMarks> write)
    {
        try
        {
            return write();
        }
        catch (IOException exception) when (exception.HResult == PinMarks.HeldByAnother)
        {
            throw new TokenException(
                TokenFault.Unavailable,
                $"The PIN of token {token.Label} is not tried: another process tries one just now, with the same state folder {_folder}. Try again when it has ended.",
                exception
            );
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new TokenException(
                TokenFault.Options,
                $"The PIN of token {token.Label} is not tried: the state folder {_folder} cannot be written, so a refusal could not be remembered. {exception.Message}",
                exception
            );
        }
    }

    private static string FileName(TokenDescription token) =>
        "pin-attempts-" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token.Serial)))[..16];
}
