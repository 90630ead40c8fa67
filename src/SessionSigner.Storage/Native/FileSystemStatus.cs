using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace SessionSigner.Storage;

/// <summary>What the kernel says of the file system a path is on: statfs(2), which follows links and asks the file system itself.</summary>
/// <param name="Type">Its name, or its number in hexadecimal if it has no name here.</param>
/// <param name="FreeBytes">Bytes that a process without privileges can still write.</param>
public readonly partial record struct FileSystemStatus(string Type, long FreeBytes)
{
    /// <exception cref="IOException">The path cannot be reached.</exception>
    public static unsafe FileSystemStatus Of(string path)
    {
        // struct statfs of 64-bit Linux, of which the first five words are read, is 120 bytes.
        var status = stackalloc long[32];
        fixed (byte* name = Encoding.UTF8.GetBytes(path + '\0'))
        {
            if (StatFs(name, status) != 0)
            {
                throw new IOException($"statfs of {path} failed with errno {Marshal.GetLastPInvokeError()}.");
            }
        }
        // File systems in user space may state any number.
        var free = Math.BigMul(Math.Max(0, status[4]), Math.Max(0, status[1]), out var low) == 0 && low >= 0 ? low : long.MaxValue;
        return new FileSystemStatus(NameOf((uint)status[0]), free);
    }

    // Numbers of linux/magic.h. ext2 and ext3 have the number of ext4.
    internal static string NameOf(uint type) =>
        type switch
        {
            0x0000ef53 => "ext4",
            0x58465342 => "xfs",
            0x9123683e => "btrfs",
            0x2fc12fc1 => "zfs",
            0xf2f52010 => "f2fs",
            0xca451a4e => "bcachefs",
            0x3153464a => "jfs",
            0x794c7630 => "overlay",
            0x01021994 => "tmpfs",
            0x00006969 => "nfs",
            0xff534d42 => "cifs",
            0xfe534d42 => "smb2",
            0x65735546 => "fuse",
            0x00c36400 => "ceph",
            0x01021997 => "9p",
            0x00009fa0 => "proc",
            _ => "0x" + type.ToString("x", CultureInfo.InvariantCulture),
        };

    [LibraryImport("libc", EntryPoint = "statfs", SetLastError = true)]
    private static unsafe partial int StatFs(byte* path, long* status);
}
