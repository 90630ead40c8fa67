using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace SessionSigner.Pkcs11;

/// <summary>A PIN in native memory, read for one login and wiped after it. Never in a string or on the managed heap.</summary>
internal sealed unsafe class Pin : IDisposable
{
    public const int LengthMax = 255;

    private readonly byte* _bytes = (byte*)NativeMemory.AllocZeroed(Capacity);
    private int _length;

    // One more than the longest PIN and its line end, so that a file that is too long shows.
    private const int Capacity = LengthMax + 3;

    private Pin() { }

    public ReadOnlySpan<byte> Bytes => new(_bytes, _length);

    /// <param name="path">The file.</param>
    /// <param name="groupMayRead">A systemd credential: its folder is the unit's own, and its access list shows as group rights.</param>
    /// <exception cref="TokenException"><see cref="TokenFault.PinFile"/>.</exception>
    public static Pin Read(string path, bool groupMayRead)
    {
        var pin = new Pin();
        try
        {
            pin.Fill(path, groupMayRead);
            return pin;
        }
        catch
        {
            pin.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        if (_length >= 0)
        {
            CryptographicOperations.ZeroMemory(new Span<byte>(_bytes, Capacity));
            NativeMemory.Free(_bytes);
            _length = -1;
        }
    }

    private void Fill(string path, bool groupMayRead)
    {
        try
        {
            using var file = File.OpenHandle(path);
            // The rights of the open file, not of whatever bears the name a moment later.
            var status =
                FileStatus.Read(file) ?? throw new TokenException(TokenFault.PinFile, $"The rights of the PIN file {path} cannot be read.");
            var forbidden = groupMayRead ? 0x1Fu : 0x3Fu;
            if ((status.Mode & forbidden) != 0 || (status.Owner != 0 && status.Owner != FileStatus.EffectiveUser))
            {
                throw new TokenException(
                    TokenFault.PinFile,
                    $"The PIN file {path} may be read by its owner alone, who is root or the daemon's user: chmod 0400 {path}."
                );
            }
            var count = RandomAccess.Read(file, new Span<byte>(_bytes, Capacity), 0);
            if (count > 0 && _bytes[count - 1] == '\n')
            {
                count--;
                if (count > 0 && _bytes[count - 1] == '\r')
                {
                    count--;
                }
            }
            _length = count;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw new TokenException(
                TokenFault.PinFile,
                $"The PIN file {path} cannot be read. Make it exist and belong to the daemon's user, mode 0400.",
                exception
            );
        }
        if (_length is 0 or > LengthMax || Bytes.IndexOfAny((byte)'\n', (byte)0) >= 0)
        {
            throw new TokenException(TokenFault.PinFile, $"The PIN file {path} must hold one line of 1 to {LengthMax} bytes.");
        }
    }
}
