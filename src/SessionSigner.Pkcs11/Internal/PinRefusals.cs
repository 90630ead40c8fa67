using System.Security.Cryptography;
using System.Text;

namespace SessionSigner.Pkcs11;

/// <summary>
/// Remembers, across restarts, which PIN a token has refused, so that no PIN is ever tried twice: a few wrong ones lock a token, and a service that restarts
/// with a wrong PIN would do just that. An attempt that the process did not survive may be repeated once. What is kept is a salted, slow hash of PIN and serial number; a changed PIN is tried again.
/// </summary>
internal sealed class PinRefusals
{
    private const int SaltSize = 16;
    private const int HashSize = 32;
    private const int Iterations = 200_000;

    // Of one length: the first two are overwritten by the third in place.
    private const string Trying = "trying_";
    private const string TryingAgain = "again__";
    private const string Refused = "refused";

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
    /// <exception cref="CryptokiException">The token answered with another error; the PIN was not judged.</exception>
    public void LogInOnce(TokenDescription token, PinSource source, Pin pin, Func<nuint> login)
    {
        var path = Path.Combine(_folder, FileName(token));
        var before = ReadMark(path, token, pin);
        if (before == TryingAgain)
        {
            throw new TokenException(
                TokenFault.PinRefused,
                $"The process ended twice while token {token.Label} (serial {token.Serial}) was asked with the PIN in {source}; the token may have counted a wrong PIN each time. Check the PIN and the module, then delete {path} and start again."
            );
        }
        if (before == Refused)
        {
            throw new TokenException(
                TokenFault.PinRefused,
                $"Token {token.Label} (serial {token.Serial}) has refused the PIN in {source} before; it is not tried again, because wrong PINs lock tokens. Put the right PIN into the file and start again."
            );
        }
        // The mark is on the disk before the token is asked: if it cannot be kept, the PIN is not tried.
        using var mark = Keep(path, before == Trying ? TryingAgain : Trying, token, pin);
        var code = login();
        if (ReturnValue.RefusesPin(code))
        {
            mark.Position = 0;
            mark.Write(Encoding.ASCII.GetBytes(Refused));
            mark.Flush(flushToDisk: true);
            throw new TokenException(
                TokenFault.PinRefused,
                $"Token {token.Label} (serial {token.Serial}) refused the PIN in {source}: {ReturnValue.Describe(code)}. It will not be tried again. Put the right PIN into the file and start again."
            );
        }
        File.Delete(path);
        if (code != ReturnValue.UserAlreadyLoggedIn)
        {
            Cryptoki.Check("C_Login", code);
        }
    }

    private static string FileName(TokenDescription token) =>
        "pin-refused-" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token.Serial)))[..16];

    /// <summary>What is kept of this PIN: one of the three words, or null if nothing is, or another PIN's.</summary>
    private static string? ReadMark(string path, TokenDescription token, Pin pin)
    {
        if (!File.Exists(path))
        {
            return null;
        }
        var fields = File.ReadAllText(path).TrimEnd('\n').Split(' ');
        if (fields is not [Trying or TryingAgain or Refused, { Length: SaltSize * 2 } salt, { Length: HashSize * 2 } kept])
        {
            return null; // cut off while it was written, so before the token was asked
        }
        Span<byte> hash = stackalloc byte[HashSize];
        Hash(pin, Convert.FromHexString(salt), token, hash);
        return CryptographicOperations.FixedTimeEquals(hash, Convert.FromHexString(kept)) ? fields[0] : null;
    }

    private static FileStream Keep(string path, string word, TokenDescription token, Pin pin)
    {
        try
        {
            return Write(path, word, token, pin);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new TokenException(
                TokenFault.Options,
                $"The PIN of token {token.Label} is not tried: the state folder {Path.GetDirectoryName(path)} cannot be written, so a refusal could not be remembered. {exception.Message}",
                exception
            );
        }
    }

    private static FileStream Write(string path, string word, TokenDescription token, Pin pin)
    {
        var salt = RandomNumberGenerator.GetBytes(SaltSize);
        var hash = new byte[HashSize];
        Hash(pin, salt, token, hash);
        var file = new FileStream(
            path,
            new FileStreamOptions
            {
                Mode = FileMode.Create,
                Access = FileAccess.Write,
                Share = FileShare.ReadWrite | FileShare.Delete,
                BufferSize = 0,
                UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            }
        );
        file.Write(Encoding.ASCII.GetBytes($"{word} {Convert.ToHexStringLower(salt)} {Convert.ToHexStringLower(hash)}\n"));
        file.Flush(flushToDisk: true);
        return file;
    }

    private static void Hash(Pin pin, byte[] salt, TokenDescription token, Span<byte> hash) =>
        Rfc2898DeriveBytes.Pbkdf2(
            pin.Bytes,
            [.. salt, .. Encoding.UTF8.GetBytes(token.Serial)],
            hash,
            Iterations,
            HashAlgorithmName.SHA256
        );
}
