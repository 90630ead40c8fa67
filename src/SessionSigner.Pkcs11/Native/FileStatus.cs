using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace SessionSigner.Pkcs11;

/// <summary>Who owns a file and who may touch it. Read with statx, whose structure is the same on every architecture.</summary>
internal readonly unsafe partial record struct FileStatus(uint Owner, uint Group, uint Mode)
{
    private const int CurrentDirectory = -100;
    private const int EmptyPath = 0x1000;
    private const int LinkItself = 0x100;
    private const uint BasicStatistics = 0x7FF;

    /// <summary>The user this process acts as.</summary>
    public static uint EffectiveUser => geteuid();

    public static FileStatus? Read(string path) => Read(CurrentDirectory, path, 0);

    /// <summary>Of a link itself, not of what it leads to.</summary>
    public static FileStatus? ReadEntry(string path) => Read(CurrentDirectory, path, LinkItself);

    public static FileStatus? Read(SafeFileHandle file) => Read((int)file.DangerousGetHandle(), "", EmptyPath);

    public bool IsLink => (Mode & 0xF000) == 0xA000;

    public bool IsFolder => (Mode & 0xF000) == 0x4000;

    public bool IsSticky => (Mode & 0x200) != 0;

    /// <summary>Whether group or others may write it.</summary>
    public bool IsOpenToChange => (Mode & 0x12) != 0;

    /// <summary>Whether nobody but root and this process's user can write it.</summary>
    public bool IsSafeFromOthers
    {
        get
        {
            const uint GroupWrite = 0x10;
            const uint OtherWrite = 0x2;
            var isOwnerTrusted = Owner == 0 || Owner == EffectiveUser;
            var isGroupSafe = (Mode & GroupWrite) == 0 || Group == 0;
            return isOwnerTrusted && isGroupSafe && (Mode & OtherWrite) == 0;
        }
    }

    private static FileStatus? Read(int directory, string path, int flags)
    {
        var buffer = stackalloc byte[256];
        return statx(directory, path, flags, BasicStatistics, buffer) == 0
            ? new FileStatus(*(uint*)(buffer + 20), *(uint*)(buffer + 24), *(ushort*)(buffer + 28))
            : null;
    }

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int statx(int directory, string path, int flags, uint mask, byte* buffer);

    [LibraryImport("libc")]
    private static partial uint geteuid();
}
