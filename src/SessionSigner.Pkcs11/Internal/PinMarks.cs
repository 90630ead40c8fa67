using System.Security.Cryptography;
using System.Text;

namespace SessionSigner.Pkcs11;

/// <summary>
/// What is kept of the PINs that one token was asked with: a file of fixed lines, each a word, a salt and a slow hash of PIN and serial number. A line is
/// written in place and is on the disk before the call returns. All lines have one salt, so that a PIN is looked up by one hash.
/// </summary>
internal sealed class PinMarks : IDisposable
{
    /// <summary>Most PINs that are kept.</summary>
    public const int CountMax = 16;

    /// <summary>EWOULDBLOCK of errno.h, the HResult of an <see cref="IOException"/> if another process has the file.</summary>
    public const int HeldByAnother = 11;

    private const int SaltSize = 16;
    private const int HashSize = 32;
    private const int Iterations = 200_000;

    // The word, the salt and the hash in hexadecimal digits, a space behind the first two, a line feed.
    private const int WordSize = 7;
    private const int LineSize = WordSize + 1 + (SaltSize * 2) + 1 + (HashSize * 2) + 1;

    private readonly FileStream _file;
    private readonly byte[]?[] _hashes = new byte[CountMax][];
    private readonly PinMark[] _marks = new PinMark[CountMax];
    private readonly byte[] _salt;

    private PinMarks(FileStream file)
    {
        _file = file;
        _salt = Read() ?? RandomNumberGenerator.GetBytes(SaltSize);
    }

    /// <exception cref="IOException">The file cannot be opened; <see cref="HeldByAnother"/> if another process has it.</exception>
    /// <exception cref="TokenException">The file is not one that this class has written.</exception>
    public static PinMarks Open(string path)
    {
        var file = new FileStream(
            path,
            new FileStreamOptions
            {
                Mode = FileMode.OpenOrCreate,
                Access = FileAccess.ReadWrite,
                // Locked until disposed: two processes that try PINs at once would each overwrite what the other keeps.
                Share = FileShare.None,
                BufferSize = 0,
                UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            }
        );
        try
        {
            return new PinMarks(file);
        }
        catch (FormatException)
        {
            file.Dispose();
            throw new TokenException(
                TokenFault.PinRefused,
                $"{path} does not say which PINs the token has refused: it is damaged. No PIN is tried. Check the PIN, then delete the file and start again."
            );
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    public void Dispose() => _file.Dispose();

    /// <summary>The line of a PIN: its own, or else a free one; -1 if there is neither.</summary>
    public int Find(TokenDescription token, Pin pin, out PinMark mark)
    {
        var hash = new byte[HashSize];
        Rfc2898DeriveBytes.Pbkdf2(
            pin.Bytes,
            [.. _salt, .. Encoding.UTF8.GetBytes(token.Serial)],
            hash,
            Iterations,
            HashAlgorithmName.SHA256
        );
        var line = Array.FindIndex(_hashes, kept => kept is not null && CryptographicOperations.FixedTimeEquals(kept, hash));
        mark = line < 0 ? PinMark.None : _marks[line];
        if (line < 0 && (line = Array.IndexOf(_marks, PinMark.None)) >= 0)
        {
            _hashes[line] = hash;
        }
        return line;
    }

    /// <summary>Keeps a mark in a line that <see cref="Find"/> gave; <see cref="PinMark.None"/> frees it.</summary>
    public void Write(int line, PinMark mark)
    {
        var hash = mark == PinMark.None ? new byte[HashSize] : _hashes[line]!;
        _file.Position = line * LineSize;
        _file.Write(Encoding.ASCII.GetBytes($"{WordOf(mark)} {Convert.ToHexStringLower(_salt)} {Convert.ToHexStringLower(hash)}\n"));
        _marks[line] = mark;
        if (!Array.Exists(_marks, kept => kept != PinMark.None))
        {
            // Not deleted: another process may hold it open, waiting for its turn.
            _file.SetLength(0);
        }
        _file.Flush(flushToDisk: true);
    }

    // Lines are written one behind the other, each before the token is asked: what was cut off is the last one, and the token was not asked with it.
    private byte[]? Read()
    {
        var content = new byte[CountMax * LineSize];
        var size = _file.ReadAtLeast(content, content.Length, throwOnEndOfStream: false);
        if (_file.Length > content.Length)
        {
            throw new FormatException();
        }
        var lines = size / LineSize;
        byte[]? salt = null;
        for (var line = 0; line < lines; line++)
        {
            var text = Encoding.ASCII.GetString(content, line * LineSize, LineSize);
            if (text.Contains('\0', StringComparison.Ordinal) && line == lines - 1)
            {
                break;
            }
            var fields = text.TrimEnd('\n').Split(' ');
            if (fields is not [{ Length: WordSize } word, { Length: SaltSize * 2 } kept, { Length: HashSize * 2 } hash])
            {
                throw new FormatException();
            }
            (_marks[line], salt) = (Parse(word), Convert.FromHexString(kept));
            _hashes[line] = _marks[line] == PinMark.None ? null : Convert.FromHexString(hash);
        }
        return salt;
    }

    private static string WordOf(PinMark mark) =>
        mark switch
        {
            PinMark.Trying => "trying_",
            PinMark.TryingAgain => "again__",
            PinMark.Refused => "refused",
            _ => "free___",
        };

    private static PinMark Parse(string word) =>
        Enum.GetValues<PinMark>().Where(mark => WordOf(mark) == word).Cast<PinMark?>().FirstOrDefault() ?? throw new FormatException();
}

/// <summary>What is kept of one PIN. The zero value: nothing.</summary>
internal enum PinMark
{
    /// <summary>It was never tried, or the token took it.</summary>
    None = 0,

    /// <summary>The token was asked once and said neither yes nor no, or what it said was lost with the process.</summary>
    Trying = 1,

    /// <summary>The same, twice.</summary>
    TryingAgain = 2,

    /// <summary>The token refused it.</summary>
    Refused = 3,
}
