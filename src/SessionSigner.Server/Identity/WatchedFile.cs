using System.Security.Cryptography;
using System.Text;

namespace SessionSigner.Server;

/// <summary>What reading a file once more gave.</summary>
/// <param name="Text">Its content.</param>
/// <param name="IsChanged">Whether it is another than the one accepted.</param>
/// <param name="IsAgreed">Whether the reading before gave the same. Who writes a file in place cuts it first: what one reading finds missing may be on its way.</param>
internal readonly record struct FileReading(string Text, bool IsChanged, bool IsAgreed);

/// <summary>A file that is read again and again. Keeps digests, not the content, which may be a key. Not thread safe.</summary>
/// <param name="path">The file.</param>
/// <param name="findFault">What lets others change or read it; null if nothing does.</param>
/// <param name="logger">For what is wrong with the file, said once until something else is.</param>
internal sealed class WatchedFile(string path, Func<string, string?> findFault, ILogger logger)
{
    private byte[] _accepted = [];
    private byte[] _last = [];
    private string _fault = "";

    /// <summary>The file.</summary>
    public string Path => path;

    /// <summary>Reads it for the first time, as what is in force; its rights have been checked with the configuration.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    public string Read()
    {
        var text = File.ReadAllText(path);
        _accepted = _last = Digest(text);
        return text;
    }

    /// <summary>Reads it again.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="InvalidDataException">It has become open to others.</exception>
    public FileReading ReadAgain()
    {
        var before = _last;
        // A reading that fails agrees with none.
        _last = [];
        if (findFault(path) is { } fault)
        {
            throw new InvalidDataException(fault);
        }
        var text = File.ReadAllText(path);
        _last = Digest(text);
        return new FileReading(text, !_last.AsSpan().SequenceEqual(_accepted), _last.AsSpan().SequenceEqual(before));
    }

    /// <summary>What the last reading gave is in force.</summary>
    public void Accept()
    {
        _accepted = _last;
        ForgetFault();
    }

    /// <summary>Neither what was accepted nor what was read last is all that is in force: whatever is read next is a change.</summary>
    public void LeaveOpen() => _accepted = [];

    /// <summary>Logs why what was in force before stays so.</summary>
    public void Report(string fault)
    {
        if (fault != _fault)
        {
            TlsLog.ReadingFailed(logger, path, fault);
        }
        _fault = fault;
    }

    /// <summary>Nothing is wrong now; what goes wrong next is logged again.</summary>
    public void ForgetFault() => _fault = "";

    private static byte[] Digest(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));
}
