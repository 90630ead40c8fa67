using System.Security.Cryptography;

namespace SessionSigner.Server;

/// <summary>A new folder open to its owner alone, and the files written into it. Nothing that exists is ever written over.</summary>
internal sealed class PrivateFolder
{
    private const UnixFileMode FolderMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode FileMode600 = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    // 62 letters and digits; about 143 bits in 24 of them.
    private const string PinCharacters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    private const int PinLength = 24;

    private PrivateFolder(string root) => Root = root;

    /// <summary>Absolute path.</summary>
    public string Root { get; }

    /// <summary>Makes the folder.</summary>
    /// <exception cref="StartException">If it exists and is not empty.</exception>
    public static PrivateFolder Create(string path)
    {
        var root = System.IO.Path.GetFullPath(path);
        if (File.Exists(root) || (Directory.Exists(root) && Directory.EnumerateFileSystemEntries(root).Any()))
        {
            throw new StartException(ExitCodes.Found, $"{root} is not an empty folder; name another. Nothing was changed.");
        }
        Directory.CreateDirectory(root, FolderMode);
        File.SetUnixFileMode(root, FolderMode);
        return new PrivateFolder(root);
    }

    /// <summary>Absolute path of something in the folder.</summary>
    public string PathOf(string name) => Path.Combine(Root, name);

    /// <summary>Makes a folder in it.</summary>
    public string MakeFolder(string name) => Directory.CreateDirectory(PathOf(name), FolderMode).FullName;

    /// <summary>Writes a new file of mode 0600.</summary>
    public string Write(string name, string text)
    {
        using var writer = new StreamWriter(Open(name));
        writer.Write(text);
        return PathOf(name);
    }

    /// <summary>Writes a generated PIN into a new file of mode 0600; it is never a string.</summary>
    public string WritePin(string name)
    {
        Span<byte> pin = stackalloc byte[PinLength];
        try
        {
            foreach (ref var character in pin)
            {
                character = (byte)PinCharacters[RandomNumberGenerator.GetInt32(PinCharacters.Length)];
            }
            using var file = Open(name);
            file.Write(pin);
            return PathOf(name);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(pin);
        }
    }

    private FileStream Open(string name) =>
        new(
            PathOf(name),
            new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.Write,
                // No buffer: it would keep a copy of a PIN.
                BufferSize = 0,
                UnixCreateMode = FileMode600,
            }
        );
}
